"""The ledger verdict of a laboratory in a consortium: what two organisations say, and the block kept here."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import zstandard

from bims_desktop.app import testimony as testimony_module
from bims_desktop.app import witness
from bims_desktop.app.home import Home
from bims_desktop.app.verdicts import Verdicts
from bims_desktop.app.verify import verify
from bims_desktop.ledger.base import Entry
from tests.app.fabric_home import carrier_of, fabric_of, home_of
from tests.app.forge import saved
from tests.ledger.fabric.fake_contract import FakeContract
from tests.ledger.fabric.fake_gateway import FakeNetwork

SYNC_S = 30.0


@dataclass
class Scene:
    """A saved file of a laboratory of Org1, carried to the network, and somebody of Org2 who looks at it."""

    network: FakeNetwork
    path: Path
    record: str
    home: Home
    other: Home

    def carry(self, home: Home, *entries: Entry) -> None:
        for entry in entries:
            home.ledger.append(entry)
        carrier = carrier_of(home)
        status = carrier.sync(SYNC_S)
        assert (status.waiting, status.conflicts, status.error) == (0, (), "")
        carrier.close()

    def verify(self, home: Home) -> Verdicts:
        return verify(self.path, home=home)


@pytest.fixture
def network() -> Iterator[FakeNetwork]:
    network = FakeNetwork(FakeContract())
    yield network
    network.close()


@pytest.fixture
def scene(network: FakeNetwork, cells: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    monkeypatch.setattr(witness, "DEADLINE_S", 1.0)
    home = home_of(tmp_path / "home", fabric_of(network, tmp_path / "lab1"))
    other = home_of(tmp_path / "other", fabric_of(network, tmp_path / "lab2", "Org2MSP"))
    report = saved(home, cells, tmp_path / "smooth.ome.tif")
    scene = Scene(network, report.path, report.record_digest, home, other)
    yield scene
    home.close()
    other.close()


def tamper(network: FakeNetwork, msp: str, change: Callable[[bytes], bytes]) -> None:
    """From now on the peer of `msp` answers something else than it should."""
    peer = network.peers[msp]
    honest = peer._evaluate
    peer._evaluate = lambda proposal, context: change(honest(proposal, context))  # type: ignore[method-assign]


def test_both_agree(scene: Scene) -> None:
    scene.carry(scene.home)
    for home in (scene.home, scene.other):
        verdict = scene.verify(home).ledger
        assert verdict.state == "good"
        assert "in the consortium's ledger since" in verdict.text
        assert "MSP agree" in verdict.text
        assert len(verdict.details["transaction"]) == 64
        assert "limits" not in verdict.details


def test_not_yet_carried(scene: Scene) -> None:
    verdict = scene.verify(scene.home).ledger
    assert verdict.state == "good"
    assert "not yet in the consortium's ledger" in verdict.text
    assert "limits" in verdict.details
    assert scene.verify(scene.other).ledger.state == "unknown"


def test_without_a_receipt_the_consortium_still_knows_it(scene: Scene) -> None:
    from bims_desktop.files.embedding import extract
    from tests.app.forge import put

    scene.carry(scene.home)
    envelope = extract(scene.path).envelope
    assert envelope
    put(scene.path, envelope, None)
    verdict = scene.verify(scene.other).ledger
    assert verdict.state == "good"
    assert verdict.text.startswith("in the consortium's ledger")
    assert "lost its receipt" in verdict.text


def test_one_that_differs(scene: Scene) -> None:
    scene.carry(scene.home)
    tamper(scene.network, "Org2MSP", lambda answer: answer.replace(b'"owner":"Org1MSP"', b'"owner":"Org9MSP"'))
    verdict = scene.verify(scene.home).ledger
    assert verdict.state == "bad"
    assert "Org1MSP and Org2MSP hold different things" in verdict.text


def _nothing(answer: bytes) -> bytes:
    return b"null" if b'"envelope"' in answer else answer


def test_one_that_hides_it(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.carry(scene.home)
    tamper(scene.network, "Org2MSP", _nothing)
    verdict = scene.verify(scene.home).ledger
    assert (verdict.state, "does not yet" in verdict.text) == ("good", True)
    monkeypatch.setattr(testimony_module, "LAG_S", 0.0)
    time.sleep(1.1)
    verdict = scene.verify(scene.home).ledger
    assert verdict.state == "bad"
    assert "Org1MSP holds this record and Org2MSP does not" in verdict.text


def test_both_hide_it(scene: Scene) -> None:
    scene.carry(scene.home)
    for msp in scene.network.peers:
        tamper(scene.network, msp, _nothing)
    verdict = scene.verify(scene.home).ledger
    assert verdict.state == "bad"
    assert "no longer hold this record, but block 0, kept here, shows" in verdict.text


def test_another_entry_in_its_place(scene: Scene) -> None:
    scene.carry(scene.home)
    for msp in scene.network.peers:
        tamper(scene.network, msp, lambda answer: answer.replace(scene.record[7:].encode(), 64 * b"0"))
    verdict = scene.verify(scene.home).ledger
    assert verdict.state == "bad"
    assert "another entry in the place of this record" in verdict.text


def test_only_one_answers(scene: Scene) -> None:
    scene.carry(scene.home)
    scene.network.stop("Org2MSP")
    verdict = scene.verify(scene.home).ledger
    assert verdict.state == "good"
    assert "by the word of Org1MSP alone, and block 0, kept here, shows that Org1MSP and Org2MSP agreed" in verdict.text
    assert "Org2MSP" in verdict.details
    scene.network.start("Org2MSP")
    scene.network.stop("Org1MSP")
    verdict = scene.verify(scene.other).ledger
    assert (verdict.state, "by the word of Org2MSP alone" in verdict.text) == ("unknown", True)


def test_nobody_answers(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.carry(scene.home)
    for msp in scene.network.peers:
        scene.network.stop(msp)
    began = time.monotonic()
    verdict = scene.verify(scene.home).ledger
    assert time.monotonic() - began < 4
    assert verdict.state == "good"
    assert "block 0, kept here, shows that Org1MSP and Org2MSP agreed to it" in verdict.text
    assert "cannot be reached now" in verdict.text
    verdict = scene.verify(scene.other).ledger
    assert (verdict.state, "cannot be reached" in verdict.text) == ("unknown", True)


def test_who_looked_once_can_look_again_without_the_network(scene: Scene) -> None:
    scene.carry(scene.home)
    assert scene.verify(scene.other).ledger.state == "good"
    for msp in scene.network.peers:
        scene.network.stop(msp)
    verdict = scene.verify(scene.other).ledger
    assert verdict.state == "good"
    assert "kept here" in verdict.text


def test_a_kept_block_that_was_altered(scene: Scene) -> None:
    scene.carry(scene.home)
    assert scene.home.carrier is not None
    (kept,) = scene.home.carrier.outbox.evidence(scene.record)
    other = bytearray(kept.block)
    other[other.index(scene.record[7:].encode())] ^= 1
    database = sqlite3.connect(str(scene.home.carrier.outbox.path))
    packed = zstandard.ZstdCompressor(write_content_size=True).compress(bytes(other))
    database.execute("UPDATE blocks SET data = ?", (packed,))
    database.commit()
    verdict = scene.verify(scene.home).ledger
    assert verdict.state == "bad"
    assert "the block that was kept here" in verdict.text


@pytest.mark.parametrize(
    ("kind", "words", "better"),
    [
        ("retract", "was retracted in", None),
        ("supersede", "was replaced by the record 11111111… in", "sha256:" + 64 * "1"),
    ],
)
def test_withdrawn_there(scene: Scene, kind: Any, words: str, better: str | None) -> None:
    body: dict[str, Any] = {"record": scene.record, "reason": "wrong sample"}
    newer = Entry("record", {"record": "sha256:" + 64 * "1"})
    scene.carry(scene.home, newer, Entry(kind, body if kind == "retract" else {**body, "by": newer.body["record"]}))
    verdict = scene.verify(scene.other).ledger
    assert verdict.state == "bad"
    assert words in verdict.text
    assert "wrong sample" in verdict.text
    assert verdict.details.get("replaced by") == better


@pytest.mark.parametrize(
    ("verdict", "state"),
    [("exact", "good"), ("within tolerance", "good"), ("different", "bad"), ("not replayable", "unknown")],
)
def test_replays_of_others_count(scene: Scene, verdict: str, state: str) -> None:
    scene.carry(scene.home)
    body = {"agent": "SHA256:grace", "environment": "Python 3.13", "record": scene.record, "verdict": verdict}
    scene.carry(scene.other, Entry("attestation", body))
    found = scene.verify(scene.home).reproduced
    assert found.state == state
    assert "SHA256:grace of Org2MSP" in found.text


def test_a_replay_that_one_organisation_alone_knows_does_not_count(scene: Scene) -> None:
    scene.carry(scene.home)
    body = {"agent": "SHA256:grace", "environment": "", "record": scene.record, "verdict": "exact"}
    scene.carry(scene.other, Entry("attestation", body))
    tamper(scene.network, "Org1MSP", lambda a: b'{"bookmark":"","entries":[]}' if b'"bookmark"' in a else a)
    assert scene.verify(scene.home).reproduced.state == "unknown"


def test_under_an_anchor(network: FakeNetwork, cells: Path, tmp_path: Path) -> None:
    home = home_of(tmp_path / "home", fabric_of(network, tmp_path / "lab", carry="anchors"))
    report = saved(home, cells, tmp_path / "smooth.ome.tif")
    assert "not yet" in verify(report.path, home=home).ledger.text
    carrier_of(home).sync(SYNC_S)
    saved(home, cells, tmp_path / "later.ome.tif", sigma=3.0)
    verdict = verify(report.path, home=home).ledger
    assert verdict.state == "good"
    assert "under a checkpoint of 1 entries that the consortium holds" in verdict.text
    assert "limits" not in verdict.details
    later = verify(tmp_path / "later.ome.tif", home=home).ledger
    assert "not yet under a checkpoint" in later.text
    assert "limits" in later.details
    home.close()


def test_files_of_the_consortium_that_are_missing(scene: Scene) -> None:
    scene.carry(scene.home)
    assert scene.home.settings.fabric is not None
    Path(scene.home.settings.fabric.certificate).unlink()
    verdict = scene.verify(scene.home).ledger
    assert verdict.state == "good"
    assert "the consortium cannot be asked" in verdict.text
