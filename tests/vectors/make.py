"""Write the vectors of our own formats: ``python -m tests.vectors.make``. Ed25519 is deterministic, so the files are.

The published vectors (``tree.json``, ``notes.json``) and ``facts.json`` are kept by hand.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from bims_desktop.ledger.checkpoint import Checkpoint, sign_note
from bims_desktop.ledger.entry import Entry
from bims_desktop.ledger.public_key import encode_public
from bims_desktop.ledger.receipt import Receipt, leaf_data
from bims_desktop.ledger.rotation import key_entry
from bims_desktop.ledger.signing import Ed25519Signer
from bims_desktop.model.canonical import canonical
from bims_desktop.model.merkle import consistency_proof, inclusion_proof, leaf_hash, root_hash

FOLDER = Path(__file__).parent
ORIGIN = "lab/1"
SINCE = "2026-01-31T12:00:00Z"
SALT = bytes(range(16))
FIRST, SECOND, THIRD, STRANGER = (Ed25519Signer(bytes([n]) * 32) for n in (0, 1, 2, 9))
ENTRIES = [Entry("record", {"record": f"sha256:{n:064x}"}).to_bytes() for n in range(12)]


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def name_of(signer: Ed25519Signer, origin: str = ORIGIN) -> str:
    return encode_public(signer.public_key, origin)


def leaves_of(entries: list[bytes]) -> list[bytes]:
    return [leaf_hash(leaf_data(SALT, SINCE, entry)) for entry in entries]


def receipt_of(
    index: int,
    entries: list[bytes],
    *signers: Ed25519Signer,
    origin: str = ORIGIN,
) -> Receipt:
    leaves = leaves_of(entries)
    note = Checkpoint(origin, len(entries), root_hash(leaves)).sign(*signers)
    proof = tuple(inclusion_proof(leaves, index))
    return Receipt(origin, signers[0].public_key, entries[index], SALT, SINCE, index, len(entries), proof, note)


GOOD = receipt_of(2, ENTRIES[:5], FIRST)


def text_of(receipt: Receipt) -> str:
    return receipt.to_bytes().decode()


def altered(**values: Any) -> str:
    """The good receipt with some members other, in canonical JSON."""
    return canonical(json.loads(GOOD.to_bytes()) | values).decode()


def without(name: str) -> str:
    value = json.loads(GOOD.to_bytes())
    del value[name]
    return canonical(value).decode()


# --- receipts


def receipts() -> dict[str, Any]:
    own = [name_of(FIRST)]
    cases = [{"name": n, "receipt": r, "pinned": p, "state": s} for n, r, p, s in _standing()]
    cases += [{"name": n, "receipt": r, "pinned": own, "state": "bad"} for n, r in (*_unreadable(), *_forged())]
    return {"cases": cases}


def _standing() -> Iterator[tuple[str, str, list[str], str]]:
    own, other = [name_of(FIRST)], [name_of(STRANGER)]
    yield "good", text_of(GOOD), own, "good"
    yield "good among other pinned keys", text_of(GOOD), other + own, "good"
    yield "padded with spaces", f" {text_of(GOOD)}   ", own, "good"
    yield "nothing is pinned", text_of(GOOD), [], "unknown"
    yield "another key is pinned", text_of(GOOD), other, "unknown"
    yield "the only entry", text_of(receipt_of(0, ENTRIES[:1], FIRST)), own, "good"
    yield "the last of eight", text_of(receipt_of(7, ENTRIES[:8], FIRST)), own, "good"
    yield "the last of seven, alone on its level", text_of(receipt_of(6, ENTRIES[:7], FIRST)), own, "good"
    witness = sign_note(GOOD.checkpoint.rpartition("\n\n")[0] + "\n", "witness.example", STRANGER).rpartition("\n\n")[2]
    yield "countersigned by a witness", text_of(replace(GOOD, checkpoint=GOOD.checkpoint + witness)), own, "good"
    extended = sign_note(GOOD.checkpoint.rpartition("\n\n")[0] + "\nextension\n", ORIGIN, FIRST)
    yield "a checkpoint with an extension line", text_of(replace(GOOD, checkpoint=extended)), own, "good"
    for kind, body in (
        ("attestation", {"record": "sha256:" + 64 * "a", "verdict": "within tolerance", "environment": "Größe 🔬"}),
        ("supersede", {"record": "sha256:" + 64 * "a", "by": "sha256:" + 64 * "b"}),
        ("retract", {"record": "sha256:" + 64 * "a", "reason": ""}),
    ):
        yield kind, text_of(receipt_of(0, [Entry(kind, body).to_bytes()], FIRST)), own, "good"


def _unreadable() -> Iterator[tuple[str, str]]:
    for name in sorted(json.loads(GOOD.to_bytes())):
        yield f"{name} is missing", without(name)
        yield f"{name} is null", altered(**{name: None})
        yield f"{name} is a list", altered(**{name: [1]})
        yield f"{name} is empty", altered(**{name: ""})
    good = text_of(GOOD)
    yield "no JSON", good[:-1]
    yield "a list", f"[{good}]"
    yield "more after it", good + "{}"
    yield "a line feed after it", good + "\n"
    yield "spaces within", good.replace(":", ": ", 1)
    yield "a member twice", good.replace("{", '{"size":5,', 1)
    yield "an unknown member", altered(extra=1)
    yield "another format", altered(format="bims-receipt-2")
    yield "a place that is true", altered(index=True)
    yield "a place as text", altered(index="2")
    yield "a place below 0", altered(index=-1)
    yield "a place with a fraction", altered(index=2.5)
    yield "a size written as 5.0", good.replace('"size":5', '"size":5.0')
    yield "a size of 2^53", good.replace('"size":5', f'"size":{2**53}')
    yield "a salt of 15 bytes", altered(salt=b64(bytes(15)))
    yield "a key of 31 bytes", altered(log_key=b64(bytes(31)))
    yield "base64 without padding", altered(log_key=b64(FIRST.public_key).rstrip("="))
    yield "base64 that is not canonical", altered(salt="AAECAwQFBgcICQoLDA0ODx==")
    yield "base64 for URLs", altered(proof=[node.translate(str.maketrans("+/", "-_")) for node in map(b64, GOOD.proof)])
    yield "a time that is none", altered(since="yesterday")
    yield "a time with a line feed", altered(since=SINCE + "\n")
    yield "a time in other digits", altered(since="٢٠٢٦-01-31T12:00:00Z")
    yield "a proof that is text", altered(proof=b64(GOOD.proof[0]))
    yield "a node of 31 bytes", altered(proof=[b64(bytes(31))])
    yield "more nodes than a log can have", altered(proof=[b64(bytes(32))] * 54)
    yield "more than 4,000 bytes", altered(checkpoint="x" * 4000)


def _forged() -> Iterator[tuple[str, str]]:
    note, proof = GOOD.checkpoint, GOOD.proof
    yield "ledger", text_of(replace(GOOD, ledger="lab/2"))
    yield "ledger with a space", text_of(replace(GOOD, ledger="lab 1"))
    yield "log_key", text_of(replace(GOOD, log_key=STRANGER.public_key))
    yield "entry of another place", text_of(replace(GOOD, entry=ENTRIES[3]))
    for what, entry in _no_entries():
        yield f"entry, rightly hashed and signed: {what}", text_of(receipt_of(0, [entry], FIRST))
    yield "salt", text_of(replace(GOOD, salt=bytes(16)))
    yield "since", text_of(replace(GOOD, since="2025-01-31T12:00:00Z"))
    for index in (0, 1, 3, 4, 5, 2**53 - 1):
        yield f"index {index}", text_of(replace(GOOD, index=index))
    for size in (0, 2, 3, 4, 6, 8, 2**53 - 1):
        yield f"size {size}", text_of(replace(GOOD, size=size))
        yield (
            f"size {size}, in the checkpoint too",
            text_of(replace(GOOD, size=size, checkpoint=note.replace("\n5\n", f"\n{size}\n"))),
        )
    for at in range(len(proof)):
        yield f"proof without node {at}", text_of(replace(GOOD, proof=proof[:at] + proof[at + 1 :]))
        yield f"proof with another node {at}", text_of(replace(GOOD, proof=(*proof[:at], bytes(32), *proof[at + 1 :])))
        yield f"proof with node {at} twice", text_of(replace(GOOD, proof=(*proof[: at + 1], *proof[at:])))
    yield "proof backwards", text_of(replace(GOOD, proof=proof[::-1]))
    yield "no proof", text_of(replace(GOOD, proof=()))
    yield "checkpoint of another log", text_of(replace(GOOD, checkpoint=note.replace("lab/1", "lab/2")))
    yield (
        "checkpoint of another log, rightly signed",
        text_of(replace(GOOD, checkpoint=receipt_of(2, ENTRIES[:5], FIRST, origin="lab/2").checkpoint)),
    )
    yield (
        "checkpoint of another tree, rightly signed",
        text_of(replace(GOOD, checkpoint=Checkpoint(ORIGIN, 5, bytes(32)).sign(FIRST))),
    )
    yield (
        "checkpoint signed by a stranger",
        text_of(replace(GOOD, checkpoint=receipt_of(2, ENTRIES[:5], STRANGER).checkpoint)),
    )
    text = note.rpartition("\n\n")[0] + "\n"
    yield "signed in another name", text_of(replace(GOOD, checkpoint=sign_note(text, "lab/2", FIRST)))
    yield "signature", text_of(replace(GOOD, checkpoint=note[:-8] + "AAAAAA=\n"))
    yield "no signature", text_of(replace(GOOD, checkpoint=text + "\n"))
    yield (
        "a size with a leading zero",
        text_of(replace(GOOD, checkpoint=sign_note(text.replace("\n5\n", "\n05\n"), ORIGIN, FIRST))),
    )
    yield "a control character", text_of(replace(GOOD, checkpoint=note.replace("lab/1\n5", "lab/1\r\n5")))
    shown_backwards = "lab\u202e1"
    forged = sign_note(text.replace(ORIGIN, shown_backwards), ORIGIN, FIRST)
    yield "a name that cannot be printed", text_of(replace(GOOD, ledger=shown_backwards, checkpoint=forged))


def _no_entries() -> Iterator[tuple[str, bytes]]:
    good = ENTRIES[0]
    yield "no JSON", good[:-1]
    yield "a space after it", good + b" "
    yield "a space within", good.replace(b":", b": ", 1)
    yield "members in another order", b'{"kind":"record",' + good[1:].replace(b',"kind":"record"', b"")
    yield "a member twice", good.replace(b'"v":1', b'"v":1,"v":1')
    yield "version 2", good.replace(b'"v":1', b'"v":2')
    yield "version true", good.replace(b'"v":1', b'"v":true')
    yield "version 1.0", good.replace(b'"v":1', b'"v":1.0')
    yield "an unknown kind", good.replace(b'"kind":"record"', b'"kind":"note"')
    yield "an unknown member", good.replace(b'"v":1', b'"v":1,"w":1')
    yield "a digest in capitals", good.replace(64 * b"0", 64 * b"A")
    yield "a digest of another hash", good.replace(b"sha256:", b"sha512:")
    yield "no record", b'{"body":{},"kind":"record","v":1}'
    yield "pixels that are no digest", good.replace(b'"record":"', b'"pixels":null,"record":"', 1)
    yield (
        "a verdict that nobody knows",
        b'{"body":{"record":"sha256:%b","verdict":"fine"},"kind":"attestation","v":1}' % (64 * b"0"),
    )
    yield (
        "more than 1,200 bytes",
        canonical({"body": {"note": "x" * 1200, "record": "sha256:" + 64 * "0"}, "kind": "record", "v": 1}),
    )
    yield "not UTF-8", good.replace(b"sha256", b"sha\xff56")


# --- consistency of two checkpoints


def histories() -> dict[str, Any]:
    """Two checkpoints and the proof between them."""
    leaves = leaves_of(ENTRIES)
    sizes = [(1, 1), (1, 2), (2, 3), (3, 7), (4, 8), (6, 8), (7, 12), (12, 12), (11, 12)]
    cases = [_history(f"{old} to {new}", leaves, old, leaves, new, True) for old, new in sizes]
    other = [*leaves[:2], leaf_hash(b"other"), *leaves[3:]]
    cases += [_history(f"a fork: {old} to {new}", leaves, old, other, new, False) for old, new in sizes if old > 2]
    last = _history("7 to 12", leaves, 7, leaves, 12, True)
    cases += [
        last | {"name": f"without node {at}", "proof": _dropped(last["proof"], at), "good": False} for at in range(3)
    ]
    cases.append(last | {"name": "the newer is older", "old": last["new"], "new": last["old"], "good": False})
    cases.append(last | {"name": "a node too many", "proof": [*last["proof"], last["proof"][0]], "good": False})
    stranger = Checkpoint(ORIGIN, 12, root_hash(leaves)).sign(STRANGER)
    cases.append(last | {"name": "signed by a stranger", "new": stranger, "good": False})
    elsewhere = Checkpoint("lab/2", 12, root_hash(leaves)).sign(FIRST)
    cases.append(last | {"name": "of another log", "new": elsewhere, "good": False})
    return {"key": name_of(FIRST), "cases": cases}


def _history(name: str, one: list[bytes], old: int, two: list[bytes], new: int, good: bool) -> dict[str, Any]:
    return {
        "name": name,
        "old": Checkpoint(ORIGIN, old, root_hash(one[:old])).sign(FIRST),
        "new": Checkpoint(ORIGIN, new, root_hash(two[:new])).sign(FIRST),
        "proof": [b64(node) for node in consistency_proof(two[:new], old)],
        "good": good,
    }


def _dropped(proof: list[str], at: int) -> list[str]:
    return proof[:at] + proof[at + 1 :]


# --- rotation

TO_SECOND = key_entry(ORIGIN, FIRST.public_key, SECOND.public_key).to_bytes()
TO_THIRD = key_entry(ORIGIN, SECOND.public_key, THIRD.public_key).to_bytes()
ROTATED = [*ENTRIES[:3], TO_SECOND, *ENTRIES[3:5], TO_THIRD, *ENTRIES[5:8]]
ONE, TWO = receipt_of(3, ROTATED[:4], FIRST, SECOND), receipt_of(6, ROTATED[:7], SECOND, THIRD)


def rotations() -> dict[str, Any]:
    chain = [[name_of(FIRST), 0, 4], [name_of(SECOND), 4, 7], [name_of(THIRD), 7, None]]
    chains = [
        {"name": "no rotation", "rotations": [], "tenures": [[name_of(FIRST), 0, None]]},
        {"name": "one rotation", "rotations": [text_of(ONE)], "tenures": [*chain[:1], [name_of(SECOND), 4, None]]},
        {"name": "two rotations", "rotations": [text_of(ONE), text_of(TWO)], "tenures": chain},
        *({"name": n, "rotations": [text_of(r) for r in told], "tenures": None} for n, told in _broken_chains()),
    ]
    later = [{"name": n, "receipt": text_of(r), "state": s} for n, r, s in _after_two()]
    return {"origin": ORIGIN, "first": name_of(FIRST), "chains": chains, "receipts": later}


def _broken_chains() -> Iterator[tuple[str, list[Receipt]]]:
    yield "in the wrong order", [TWO, ONE]
    yield "the first is missing", [TWO]
    yield "the same twice", [ONE, ONE]
    yield "not signed by the new key", [receipt_of(3, ROTATED[:4], FIRST)]
    yield "not signed by the old key", [replace(receipt_of(3, ROTATED[:4], SECOND), log_key=FIRST.public_key)]
    yield "signed by a stranger for the new key", [receipt_of(3, ROTATED[:4], FIRST, STRANGER)]
    yield "not the last entry of its checkpoint", [receipt_of(3, ROTATED[:5], FIRST, SECOND)]
    yield "of another log", [receipt_of(3, ROTATED[:4], FIRST, SECOND, origin="lab/2")]
    yield (
        "replaces a key that is not the log's",
        [receipt_of(0, [key_entry(ORIGIN, STRANGER.public_key, SECOND.public_key).to_bytes()], FIRST, SECOND)],
    )
    back = key_entry(ORIGIN, SECOND.public_key, FIRST.public_key).to_bytes()
    yield "takes back a key that was replaced", [ONE, receipt_of(4, [*ROTATED[:4], back], SECOND, FIRST)]
    yield (
        "does not say which key it replaces",
        [receipt_of(0, [Entry("key", {"key": name_of(SECOND)}).to_bytes()], FIRST, SECOND)],
    )
    yield (
        "a key in the name of another log",
        [receipt_of(0, [key_entry("lab/2", FIRST.public_key, SECOND.public_key).to_bytes()], FIRST, SECOND)],
    )
    yield "no rotation at all", [receipt_of(0, ENTRIES[:1], FIRST, SECOND)]
    yield "an altered entry", [replace(ONE, entry=TO_THIRD)]


def _after_two() -> Iterator[tuple[str, Receipt, str]]:
    """Receipts beside both rotations, with the first key pinned only."""
    yield "the old key, before it was replaced", receipt_of(1, ROTATED[:3], FIRST), "good"
    yield "the old key, in the checkpoint of both", ONE, "good"
    yield "the second key, in the checkpoint of both", replace(ONE, log_key=SECOND.public_key), "good"
    yield "the second key", receipt_of(4, ROTATED[:6], SECOND), "good"
    yield "the third key", receipt_of(9, ROTATED, THIRD), "good"
    yield "the old key, after it was replaced", receipt_of(4, ROTATED[:6], FIRST), "bad"
    yield "the old key on a fork of its own", receipt_of(4, ENTRIES[:6], FIRST), "bad"
    yield "the second key, after it was replaced", receipt_of(9, ROTATED, SECOND), "bad"
    yield "the third key, before its time", receipt_of(1, ROTATED[:3], THIRD), "bad"
    yield "a stranger in the name of the log", receipt_of(1, ROTATED[:3], STRANGER), "bad"
    yield "a stranger's own log", receipt_of(1, ROTATED[:3], STRANGER, origin="lab/9"), "unknown"
    yield "the first key in another log", receipt_of(1, ROTATED[:3], FIRST, origin="lab/2"), "good"


def files() -> dict[str, str]:
    """Contents of each file by name."""
    made = {"receipts.json": receipts(), "histories.json": histories(), "rotations.json": rotations()}
    return {name: _lines(value) for name, value in made.items()}


def _lines(value: dict[str, Any]) -> str:
    """JSON with one case a line."""
    members = []
    for name, member in value.items():
        text = ",\n".join("  " + json.dumps(case) for case in member) if isinstance(member, list) else ""
        members.append(f"{json.dumps(name)}: " + (f"[\n{text}\n]" if text else json.dumps(member)))
    return "{\n" + ",\n".join(members) + "\n}\n"


if __name__ == "__main__":
    for name, text in files().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
