"""Verdicts over a table of what somebody might do to a saved file."""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile

from bims_desktop.app.home import Home
from bims_desktop.app.prove import attest
from bims_desktop.app.save import Report
from bims_desktop.app.session import Session
from bims_desktop.app.source import read_record
from bims_desktop.app.verdicts import Verdicts
from bims_desktop.app.verify import verify
from bims_desktop.errors import UnreadableFile
from bims_desktop.files.embedding import RECORD_ID, extract, set_receipt
from bims_desktop.ledger import keeper
from bims_desktop.ledger.base import Entry
from bims_desktop.ledger.local import LocalLog
from tests.app.forge import (
    STRANGER,
    edit_bytes,
    edit_envelope,
    edit_pixel,
    edit_record,
    new_macro,
    put,
    saved,
)

GOOD = {"pixels": "good", "macro": "good", "signature": "good", "ledger": "good", "lineage": "good"}


@dataclass
class Scene:
    """A saved file, another one, and their home."""

    path: Path
    other: Path
    home: Home
    report: Report


@pytest.fixture
def scene(home: Home, cells: Path, tmp_path: Path) -> Scene:
    report = saved(home, cells, tmp_path / "smooth.ome.tif")
    other = saved(home, cells, tmp_path / "other.ome.tif", sigma=2.0)
    return Scene(report.path, other.path, home, report)


def states(verdicts: Verdicts) -> dict[str, str]:
    return {name: verdict.state for name, verdict in verdicts}


def test_an_untouched_file_is_good(scene: Scene) -> None:
    verdicts = verify(scene.path, home=scene.home)
    assert states(verdicts) == {**GOOD, "reproduced": "unknown"}
    assert verdicts.good
    assert all(verdict.text for _, verdict in verdicts)
    told = read_record(scene.path).content["created"]
    assert verdicts.when == told
    assert verdicts.summary == (
        f"These are the pixels that were saved by you on {told}; the macro of 2 steps is intact; "
        "not yet reproduced by anyone this computer knows of."
    )


def _recompress(scene: Scene) -> None:
    pixels = tifffile.imread(scene.path)
    with tifffile.TiffFile(scene.path) as tiff:
        page = tiff.pages.first
        description, resolution = page.description, page.resolution
    tifffile.imwrite(
        scene.path, pixels, description=description.encode(), metadata=None, compression="zlib", byteorder=">",
        resolution=resolution, resolutionunit="centimeter", photometric="minisblack", software=False,
    )  # fmt: skip


def test_another_compression_and_byte_order_change_nothing(scene: Scene) -> None:
    _recompress(scene)
    assert verify(scene.path, home=scene.home).good


def _append_page(scene: Scene) -> None:
    tifffile.imwrite(scene.path, np.zeros((24, 28), np.uint8), append="force", metadata=None)


def _macro_text(content: dict[str, Any]) -> None:
    content["macro"]["text"] = content["macro"]["text"].replace("sigma=1.0", "sigma=5.0")


def _macro_and_digest(content: dict[str, Any]) -> None:
    new_macro(content, "sigma=1.0", "sigma=5.0")


def _macro_comment(content: dict[str, Any]) -> None:
    new_macro(content, "# 2. ", "# 2. Nothing was done here: ")


def _hostile_macro(content: dict[str, Any]) -> None:
    new_macro(content, "gaussian_1 = ", "import os; gaussian_1 = ")


def _steps(content: dict[str, Any]) -> None:
    content["steps"][1]["entry"]["parameters"]["sigma"] = 5


def _steps_and_macro(content: dict[str, Any]) -> None:
    _macro_and_digest(content)
    _steps(content)


def _step_gone(content: dict[str, Any]) -> None:
    del content["steps"][1]


def _found(content: dict[str, Any]) -> None:
    content["steps"][1]["entry"]["found"]["threshold"] = 1


def _pixels_of_the_record(content: dict[str, Any]) -> None:
    content["image"]["pixels"] = "sha256:" + 64 * "0"


def _name(content: dict[str, Any]) -> None:
    content["agent"]["name"] = "Somebody Else"


def _nothing(content: dict[str, Any]) -> None:
    assert content["v"] == 1


def _lacking(*keys: str) -> Callable[[dict[str, Any]], None]:
    def remove(content: dict[str, Any]) -> None:
        for key in keys[:-1]:
            content = content[key]
        del content[keys[-1]]

    return remove


def _swap_receipts(scene: Scene) -> None:
    receipt = extract(scene.other).receipt
    assert receipt
    set_receipt(scene.path, receipt)


def _swap_envelopes(scene: Scene) -> None:
    other, mine = extract(scene.other), extract(scene.path)
    assert other.envelope
    put(scene.path, other.envelope, mine.receipt)


def _damaged_receipt(scene: Scene) -> None:
    receipt = extract(scene.path).receipt
    assert receipt
    value = json.loads(receipt)
    value["proof"] = [base64.b64encode(bytes(32)).decode()]
    set_receipt(scene.path, json.dumps(value).encode())


def _receipt_of(kind: Any) -> Callable[[Scene], None]:
    def change(scene: Scene) -> None:
        body: dict[str, Any] = {"record": scene.report.record_digest}
        if kind == "attestation":
            body["verdict"] = "exact"
        if kind == "supersede":
            body["by"] = scene.report.record_digest
        stranger = Home(scene.path.parent / "stranger")
        set_receipt(scene.path, stranger.ledger.append(Entry(kind, body)).to_bytes())

    return change


def _no_receipt(scene: Scene) -> None:
    envelope = extract(scene.path).envelope
    assert envelope
    put(scene.path, envelope, None)


def _record(change: Callable[[dict[str, Any]], None], **options: Any) -> Callable[[Scene], None]:
    def edit(scene: Scene) -> None:
        edit_record(scene.path, change, **options)

    return edit


def _signature(change: Callable[[dict[str, Any]], None]) -> Callable[[Scene], None]:
    return lambda scene: edit_envelope(scene.path, change)


def _no_signatures(envelope: dict[str, Any]) -> None:
    envelope["signatures"] = []


def _other_keyid(envelope: dict[str, Any]) -> None:
    envelope["signatures"][0]["keyid"] = STRANGER.public_key.hex()


def _flip_signature(envelope: dict[str, Any]) -> None:
    signature = bytearray(base64.b64decode(envelope["signatures"][0]["sig"]))
    signature[0] ^= 1
    envelope["signatures"][0]["sig"] = base64.b64encode(signature).decode()


def _payload_type(envelope: dict[str, Any]) -> None:
    envelope["payloadType"] = "application/json"


def _no_payload(envelope: dict[str, Any]) -> None:
    del envelope["payload"]


def _bytes(old: bytes, new: bytes) -> Callable[[Scene], None]:
    return lambda scene: edit_bytes(scene.path, old, new)


def _description(old: str, new: str) -> Callable[[Scene], None]:
    def edit(scene: Scene) -> None:
        with tifffile.TiffFile(scene.path) as tiff:
            text = tiff.pages.first.description
        assert text.count(old) == 1
        tifffile.tiffcomment(scene.path, text.replace(old, new).encode())

    return edit


STRANGE = {"signer": STRANGER}
TAMPERED: dict[str, tuple[Callable[[Scene], None], dict[str, str], str]] = {
    "a pixel": (lambda scene: edit_pixel(scene.path), {"pixels": "bad"}, "stale"),
    "the pixel size": (_bytes(b'PhysicalSizeX="0.5"', b'PhysicalSizeX="0.7"'), {"pixels": "bad"}, "physical sizes"),
    "the unit": (
        _description('PhysicalSizeX="0.5"', 'PhysicalSizeX="0.5" PhysicalSizeXUnit="nm"'), {"pixels": "bad"},
        "physical sizes",
    ),
    "the kind": (_description(">intensity<", ">labels<"), {"pixels": "bad"}, "kind"),
    "a channel's name": (_description("SamplesPerPixel", 'Name="DAPI" SamplesPerPixel'), {"pixels": "bad"}, "channels"),
    "a page added": (_append_page, {"pixels": "bad"}, "pages"),
    "the macro's text": (_record(_macro_text), {"macro": "bad", "signature": "bad"}, "not the one that was recorded"),
    "the macro and its digest": (_record(_macro_and_digest), {"macro": "bad", "signature": "bad"}, "step 2"),
    "a comment of the macro": (_record(_macro_comment), {"signature": "bad"}, "changed after it was signed"),
    "a macro with an import": (_record(_hostile_macro), {"macro": "bad", "signature": "bad"}, "cannot be used"),
    "a step": (_record(_steps), {"macro": "bad", "signature": "bad"}, "step 2"),
    "a step and the macro": (_record(_steps_and_macro), {"macro": "bad", "signature": "bad"}, "belong to the"),
    "a step removed": (_record(_step_gone), {"macro": "bad", "signature": "bad"}, "other steps"),
    "a found value": (_record(_found), {"macro": "bad", "signature": "bad"}, "belong to the"),
    "the name": (_record(_name), {"signature": "bad"}, "changed after it was signed"),
    "the digest in the record": (_record(_pixels_of_the_record), {"pixels": "bad", "signature": "bad"}, "stale"),
    "another's key named": (
        _record(_nothing, signer=STRANGER, sign_as=False), {"signature": "bad"}, "does not hold",
    ),
    "no signature": (_signature(_no_signatures), {"signature": "bad"}, "does not hold"),
    "a signature of somebody else": (_signature(_other_keyid), {"signature": "bad"}, "does not hold"),
    "a bit of the signature": (_signature(_flip_signature), {"signature": "bad"}, "does not hold"),
    "the kind of payload": (_signature(_payload_type), {"pixels": "bad"}, "something else than a record"),
    "no payload": (_signature(_no_payload), {"pixels": "bad"}, "damaged"),
    "a record of another file": (_swap_envelopes, {"pixels": "bad", "ledger": "bad"}, "stale"),
    "a receipt of another file": (_swap_receipts, {"ledger": "bad"}, "another entry"),
    "a receipt of an attestation": (_receipt_of("attestation"), {"ledger": "bad"}, "another"),
    "a receipt of a retraction": (_receipt_of("retract"), {"ledger": "bad"}, "another"),
    "a damaged receipt": (_damaged_receipt, {"ledger": "bad"}, ""),
    "no steps": (_record(_lacking("steps")), {"pixels": "bad"}, "lacks"),
    "no agent": (_record(_lacking("agent", "name"), **STRANGE), {"pixels": "bad"}, "lacks"),
    "no log": (_record(_lacking("redacted", "log")), {"pixels": "bad"}, "lacks"),
    "no macro": (_record(_lacking("macro")), {"pixels": "bad"}, "lacks"),
    "no macro's text": (_record(_lacking("macro", "text")), {"pixels": "bad"}, "no macro"),
    "another result": (_record(lambda content: content["macro"].update(result="cells")), {"macro": "bad"}, "not about"),
    "no version": (_record(_lacking("v")), {"pixels": "bad"}, "version 1"),
}  # fmt: skip


@pytest.mark.parametrize("name", TAMPERED)
def test_tampering_is_seen_and_named(scene: Scene, name: str) -> None:
    tamper, expected, words = TAMPERED[name]
    tamper(scene)
    verdicts = verify(scene.path, home=scene.home)
    found = states(verdicts)
    assert {key: found[key] for key in expected} == expected, dict(verdicts)
    assert not verdicts.good
    assert "Do not rely" in verdicts.summary
    assert words in " | ".join(verdict.text for _, verdict in verdicts)


UNCERTAIN: dict[str, tuple[Callable[[Scene], None], str, str]] = {
    "no receipt": (_no_receipt, "ledger", "lost its receipt"),
    "signed anew by somebody else": (_record(_nothing, **STRANGE), "signature", "not known here"),
    "edited and signed anew": (_record(_macro_comment, **STRANGE), "signature", "not known here"),
}


@pytest.mark.parametrize("name", UNCERTAIN)
def test_what_cannot_be_known_is_unknown(scene: Scene, name: str) -> None:
    tamper, verdict, words = UNCERTAIN[name]
    tamper(scene)
    verdicts = verify(scene.path, home=scene.home)
    assert getattr(verdicts, verdict).state == "unknown"
    assert words in getattr(verdicts, verdict).text


def _complete_forgery(scene: Scene) -> Path:
    """Other pixels, a consistent record, signed and in a ledger: all by somebody else."""
    stranger = Home(scene.path.parent / "stranger")
    fake = scene.path.parent / "raw.tif"
    tifffile.imwrite(fake, np.random.default_rng(5).integers(0, 255, (24, 28), np.uint8))
    return saved(stranger, fake, scene.path.parent / "forged.ome.tif").path


def test_a_complete_forgery_never_passes(scene: Scene) -> None:
    path = _complete_forgery(scene)
    verdicts = verify(path, home=scene.home)
    assert states(verdicts) == {
        "pixels": "good", "macro": "good", "signature": "unknown", "ledger": "unknown", "lineage": "good",
        "reproduced": "unknown",
    }  # fmt: skip
    assert not verdicts.good
    assert "not known here" in verdicts.summary


def test_the_forgers_name_is_only_his_word(scene: Scene) -> None:
    """A record that takes the first one's name is still signed by another key."""
    edit_record(scene.path, _name, STRANGER)
    verdicts = verify(scene.path, home=scene.home)
    assert not verdicts.good
    assert "by its own word" in verdicts.signature.text


@pytest.mark.parametrize("as_bytes", [True, False])
def test_pinned_keys_are_believed(scene: Scene, as_bytes: bool) -> None:
    other = Home(scene.path.parent / "colleague")
    assert not verify(scene.path, home=other).good
    agent, log = scene.home.agent.public_key, scene.home.log_signer.public_key
    assert as_bytes or len(agent) == 32
    verdicts = verify(scene.path, keys=(agent, log), home=other)
    assert states(verdicts) == {**GOOD, "reproduced": "unknown"}
    assert verdicts.good
    one = verify(scene.path, keys=(agent,), home=other)
    assert (one.signature.state, one.ledger.state) == ("good", "unknown")
    wrong = verify(scene.path, keys=(STRANGER.public_key,), home=other)
    assert (wrong.signature.state, wrong.good) == ("unknown", False)


def test_a_stripped_record_is_no_record(scene: Scene) -> None:
    tifffile.imwrite(scene.path, tifffile.imread(scene.path))
    verdicts = verify(scene.path, home=scene.home)
    assert set(states(verdicts).values()) == {"unknown"}
    assert not verdicts.good
    assert "no record" in verdicts.pixels.text


def test_a_record_that_stands_twice_is_refused(scene: Scene) -> None:
    """A second annotation could be shown by one reader and checked by another."""
    with tifffile.TiffFile(scene.path) as tiff:
        text = tiff.pages.first.description
    start = text.index(f'<CommentAnnotation ID="{RECORD_ID}"')
    end = text.index("</CommentAnnotation>", start) + len("</CommentAnnotation>")
    doubled = text[:end] + text[start:end].replace(RECORD_ID, f"{RECORD_ID}:2") + text[end:]
    tifffile.tiffcomment(scene.path, doubled.encode())
    verdicts = verify(scene.path, home=scene.home)
    assert verdicts.pixels.state == "bad"
    assert not verdicts.good


def test_attestations_are_heard(scene: Scene) -> None:
    digest = scene.report.record_digest
    with Session(scene.path.parent / "another", home=scene.home) as session:
        assert session.prove(scene.report).verdict == "identical"
    assert verify(scene.path, home=scene.home).reproduced.state == "good"
    assert " by you with " in verify(scene.path, home=scene.home).reproduced.text
    attest(scene.home.ledger, digest, "different", "somebody")
    verdicts = verify(scene.path, home=scene.home)
    assert (verdicts.reproduced.state, verdicts.good) == ("bad", False)


@pytest.mark.parametrize("kind", ["retract", "supersede"])
def test_a_withdrawn_record_is_bad(scene: Scene, kind: Any) -> None:
    body = {"record": scene.report.record_digest, "reason": "wrong dye"}
    scene.home.ledger.append(Entry(kind, {**body, "by": body["record"]} if kind == "supersede" else body))
    verdicts = verify(scene.path, home=scene.home)
    assert verdicts.ledger.state == "bad"
    assert "wrong dye" in verdicts.ledger.text


@pytest.mark.parametrize("length", [0, 3, 8, 500, 3000])
def test_a_truncated_file_is_bad_or_unreadable(scene: Scene, length: int) -> None:
    scene.path.write_bytes(scene.path.read_bytes()[:length])
    try:
        good = verify(scene.path, home=scene.home).good
    except UnreadableFile:
        good = False
    assert not good


def test_a_copy_elsewhere_is_as_good(scene: Scene, tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    copy = shutil.move(scene.path, tmp_path / "far" / "renamed.tif")
    assert verify(copy, home=scene.home).good


def put_back(home: Home, backup: Path) -> None:
    """The database of an older day in the place of the newer one, and nothing beside it that tells."""
    home.close()
    for path in home.log_file.parent.glob("log.sqlite*"):
        path.unlink()
    shutil.copy(backup, home.log_file)


@pytest.fixture
def backup(scene: Scene, tmp_path: Path) -> Path:
    """A copy of the log of two entries; the file `later.ome.tif` is saved as the third."""
    scene.home.close()
    copy = Path(shutil.copy(scene.home.log_file, tmp_path / "backup.sqlite"))
    saved(scene.home, scene.path.parent / "cells.tif", tmp_path / "later.ome.tif", sigma=3.0)
    return copy


def test_a_file_witnesses_that_the_log_was_put_back(scene: Scene, backup: Path, tmp_path: Path) -> None:
    assert verify(tmp_path / "later.ome.tif", home=scene.home).good
    put_back(scene.home, backup)
    verdict = verify(tmp_path / "later.ome.tif", home=scene.home).ledger
    assert verdict.state == "bad"
    assert "put back to an older state: it holds 2 entries, and had 3" in verdict.text
    assert "restore the newest copy or import your export" in verdict.text
    assert verify(scene.path, home=scene.home).good, "what it still holds is as good as before"


def test_a_file_witnesses_that_the_log_was_forked(scene: Scene, backup: Path, tmp_path: Path) -> None:
    put_back(scene.home, backup)
    for number in range(2):
        scene.home.ledger.append(Entry("record", {"record": f"sha256:{number:064}"}))
    verdict = verify(tmp_path / "later.ome.tif", home=scene.home).ledger
    assert verdict.state == "bad"
    assert "its first 3 of 4 entries are not those" in verdict.text
    assert verify(scene.path, home=scene.home).good


def test_a_rotated_log_stands_behind_its_older_receipts(scene: Scene, tmp_path: Path) -> None:
    keeper.rotate(scene.home.ledger, scene.home.folder / "keys")
    saved(scene.home, scene.path.parent / "cells.tif", tmp_path / "later.ome.tif", sigma=3.0)
    for home in (scene.home, Home(scene.home.folder)):
        assert verify(scene.path, home=home).good
        assert verify(tmp_path / "later.ome.tif", home=home).good
        home.close()


def test_a_replaced_key_proves_nothing_later(scene: Scene, tmp_path: Path) -> None:
    """A thief of the old key goes on with a copy of the log, and makes a receipt for a file of this home."""
    home, stolen = scene.home, scene.home.log_signer
    home.close()
    copy = Path(shutil.copy(home.log_file, tmp_path / "copy.sqlite"))
    keeper.rotate(home.ledger, home.folder / "keys")
    log = LocalLog(copy, stolen)
    record = read_record(scene.path).digest
    for text in ("one", "another"):
        receipt = log.append(Entry("record", {"record": record, "text": text}))
    set_receipt(scene.path, receipt.to_bytes())
    log.close()
    verdict = verify(scene.path, home=home).ledger
    assert (verdict.state, "was replaced before" in verdict.text) == ("bad", True)


def test_a_log_that_cannot_be_asked_is_said(scene: Scene) -> None:
    scene.home.close()
    for path in scene.home.log_file.parent.glob("log.sqlite*"):
        path.write_bytes(b"no log" * 1000)
    verdict = verify(scene.path, home=scene.home).ledger
    assert (verdict.state, "cannot be asked" in verdict.text) == ("unknown", True)
