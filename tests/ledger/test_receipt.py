from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bims_desktop.errors import LedgerError, ProofRefused
from bims_desktop.ledger.base import Entry, Receipt
from bims_desktop.ledger.checkpoint import Checkpoint, sign_note
from bims_desktop.ledger.receipt import check, leaf_data
from bims_desktop.ledger.signing import Ed25519Signer, decode_public, fingerprint
from bims_desktop.model.merkle import inclusion_proof, leaf_hash, root_hash

LOG, OTHER = Ed25519Signer(bytes(32)), Ed25519Signer(bytes(range(32)))
SINCE = "2026-01-31T12:00:00Z"
SALT = bytes(range(16))


def entry_of(number: int) -> bytes:
    return Entry("record", {"record": f"sha256:{number:064x}"}).to_bytes()


def receipt_of(index: int = 2, size: int = 5, signer: Ed25519Signer = LOG, origin: str = "lab/1") -> Receipt:
    leaves = [leaf_hash(leaf_data(SALT, SINCE, entry_of(i))) for i in range(size)]
    note = Checkpoint(origin, size, root_hash(leaves)).sign(signer)
    proof = tuple(inclusion_proof(leaves, index))
    return Receipt(origin, signer.public_key, entry_of(index), SALT, SINCE, index, size, proof, note)


@given(st.integers(1, 40), st.data())
def test_every_place_of_every_size_is_proven(size: int, data: st.DataObject) -> None:
    receipt = receipt_of(data.draw(st.integers(0, size - 1)), size)
    result = check(Receipt.from_bytes(receipt.to_bytes()), [LOG.public_key])
    assert (result.state, result.entry) == ("good", Entry.from_bytes(receipt.entry))
    assert "lab/1 since 2026-01-31T12:00:00Z by its own clock" in result.text


def test_a_key_that_is_not_pinned_is_unknown_and_named() -> None:
    result = check(receipt_of(signer=OTHER), [LOG.public_key])
    assert (result.state, result.log) == ("unknown", fingerprint(OTHER.public_key))
    assert fingerprint(OTHER.public_key) in result.text
    assert check(receipt_of(), []).state == "unknown"


GOOD = receipt_of()
TAMPERED = {
    "ledger": replace(GOOD, ledger="lab/2"),
    "log_key": replace(GOOD, log_key=OTHER.public_key),
    "entry": replace(GOOD, entry=entry_of(9)),
    "entry form": replace(GOOD, entry=GOOD.entry + b" "),
    "salt": replace(GOOD, salt=bytes(16)),
    "since": replace(GOOD, since="2020-01-31T12:00:00Z"),
    "index": replace(GOOD, index=3),
    "index beyond": replace(GOOD, index=5),
    "size": replace(GOOD, size=6),
    "proof node": replace(GOOD, proof=(bytes(32), *GOOD.proof[1:])),
    "proof shorter": replace(GOOD, proof=GOOD.proof[1:]),
    "proof longer": replace(GOOD, proof=(*GOOD.proof, bytes(32))),
    "proof reversed": replace(GOOD, proof=GOOD.proof[::-1]),
    "checkpoint size": replace(GOOD, size=6, checkpoint=GOOD.checkpoint.replace("\n5\n", "\n6\n")),
    "checkpoint origin": replace(GOOD, ledger="lab/2", checkpoint=GOOD.checkpoint.replace("lab/1", "lab/2")),
    "checkpoint of another log": replace(GOOD, checkpoint=receipt_of(origin="lab/2").checkpoint),
    "checkpoint of another tree": replace(GOOD, checkpoint=Checkpoint("lab/1", 5, bytes(32)).sign(LOG)),
    "checkpoint of another key": replace(GOOD, checkpoint=receipt_of(signer=OTHER).checkpoint),
    "signature": replace(GOOD, checkpoint=GOOD.checkpoint[:-8] + "AAAAAA=\n"),
    "no signature": replace(GOOD, checkpoint=GOOD.checkpoint.split("—")[0]),
    "no checkpoint": replace(GOOD, checkpoint=""),
}


@pytest.mark.parametrize("what", TAMPERED)
@pytest.mark.parametrize("pinned", [(LOG.public_key,), (LOG.public_key, OTHER.public_key), ()])
def test_whatever_was_altered_is_bad(what: str, pinned: tuple[bytes, ...]) -> None:
    result = check(TAMPERED[what], pinned)
    assert (result.state, result.entry) == ("bad", None)


def test_a_name_that_could_mislead_a_reader_is_bad() -> None:
    leaf = leaf_hash(leaf_data(SALT, SINCE, entry_of(0)))
    root = base64.b64encode(leaf).decode()
    text = f"lab \u202egood\n1\n{root}\n"
    forged = Receipt("lab \u202egood", LOG.public_key, entry_of(0), SALT, SINCE, 0, 1, (), sign_note(text, "lab", LOG))
    assert check(forged, [LOG.public_key]).state == "bad"


def test_the_padding_of_its_slot_is_not_part_of_it() -> None:
    assert Receipt.from_bytes(GOOD.to_bytes().ljust(4096)) == GOOD


def altered(**values: object) -> bytes:
    text = json.dumps(json.loads(GOOD.to_bytes()) | values, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


def test_only_what_is_altered_makes_it_unreadable() -> None:
    assert Receipt.from_bytes(altered()) == GOOD


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[]",
        GOOD.to_bytes()[:-1],
        GOOD.to_bytes() + b"\n{}",
        GOOD.to_bytes().replace(b":", b": ", 1),
        GOOD.to_bytes().replace(b"{", b'{"size":5,', 1),
        altered(format="bims-receipt-2"),
        altered(extra=1),
        altered(index=-1),
        altered(index=2**53),
        altered(index=True),
        altered(index="2"),
        altered(size=5.0),
        altered(salt=""),
        altered(salt=base64.b64encode(bytes(15)).decode()),
        altered(log_key=None),
        altered(entry="not base64!"),
        altered(since="yesterday"),
        altered(since="2026-01-31T12:00:00Z\n"),
        altered(since="٢٠٢٦-01-31T12:00:00Z"),
        altered(proof="abc"),
        altered(proof=[1]),
        altered(proof=[base64.b64encode(bytes(32)).decode()] * 54),
        altered(checkpoint=None),
        altered(checkpoint="x" * 5000),
    ],
)
def test_bytes_that_are_not_a_receipt_are_refused(data: bytes) -> None:
    with pytest.raises(ProofRefused, match="not a receipt"):
        Receipt.from_bytes(data)


def test_text_that_is_not_unicode_is_bad_and_never_a_crash() -> None:
    with pytest.raises(ProofRefused, match="not a receipt"):
        Receipt.from_bytes(altered(checkpoint="\ud800\n" + GOOD.checkpoint, ledger="\ud800"))
    receipt = replace(GOOD, checkpoint="\ud800\n" + GOOD.checkpoint, ledger="\ud800")
    assert check(receipt, [LOG.public_key]).state == "bad"


@given(st.integers(0, len(GOOD.to_bytes()) - 1), st.integers(0, 255))
def test_no_byte_can_be_changed_unnoticed(at: int, value: int) -> None:
    data = bytearray(GOOD.to_bytes())
    data[at] = value
    try:
        receipt = Receipt.from_bytes(bytes(data))
    except ProofRefused:
        return
    assert receipt == GOOD or check(receipt, [LOG.public_key]).state == "bad"


def largest(proof_nodes: int) -> Receipt:
    body = {"record": "sha256:" + 64 * "0", "note": ""}
    room = 1200 - len(Entry("record", body).to_bytes())
    entry = Entry("record", body | {"note": "x" * room}).to_bytes()
    note = Checkpoint("a-name-of-40-characters-which-is-a-lot/" + 16 * "f", 2**32, bytes(32)).sign(LOG)
    proof = (bytes(32),) * proof_nodes
    return Receipt(note.split("\n")[0], LOG.public_key, entry, SALT, SINCE, 2**32 - 1, 2**32, proof, note)


def test_the_largest_entry_of_four_billion_has_room_in_a_file() -> None:
    assert len(largest(32).to_bytes()) <= 4000


def test_a_receipt_that_has_no_room_is_refused() -> None:
    with pytest.raises(LedgerError, match="more than a file has room for"):
        largest(45).to_bytes()


def test_the_vector_in_the_documentation_holds() -> None:
    text = (Path(__file__).parents[2] / "docs/formats/ledger.md").read_text(encoding="utf-8")
    (key,) = re.findall(r"```text\n(.+)\n```", text)
    (vector,) = re.findall(r"```json\n(.+bims-receipt-1.+)\n```", text)
    assert vector.encode() == GOOD.to_bytes()
    assert check(Receipt.from_bytes(vector.encode()), [decode_public(key)]).state == "good"


def test_the_verifier_needs_neither_keyring_nor_database() -> None:
    script = "import sys, bims_desktop.ledger.receipt; print({'keyring', 'sqlite3'} & set(sys.modules) or 'pure')"
    assert subprocess.check_output([sys.executable, "-c", script], text=True) == "pure\n"
