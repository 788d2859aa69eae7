"""Proofs and attestations."""

from __future__ import annotations

from pathlib import Path

import pytest

from bims_desktop.app.home import Home
from bims_desktop.app.prove import prove
from bims_desktop.app.replay import Replay
from bims_desktop.app.session import Session
from bims_desktop.app.source import read_record
from bims_desktop.app.verify import verify
from bims_desktop.errors import NoRecord, RecordError
from bims_desktop.macro.replay import StepResult
from tests.app.forge import edit_record, saved
from tests.conftest import put
from tests.images import textured


@pytest.fixture
def session(home: Home, tmp_path: Path) -> Session:
    return Session(tmp_path / "session", home=home)


def attested(home: Home, record: str) -> list[str]:
    return [str(stored.entry.body["verdict"]) for stored in home.ledger.find(kind="attestation", record=record)]


def test_a_proof_is_attested(session: Session, home: Home, cells: Path, tmp_path: Path) -> None:
    with session:
        report = session.save(session.run("gaussian", session.open(cells)), tmp_path / "out.tif")
        proof = session.prove(report)
        assert (proof.verdict, proof.digest, proof.reason) == ("identical", report.pixel_digest, "")
        assert attested(home, report.record_digest) == ["exact"]
        assert (proof.place, proof.stood) == ("entry 2", False)
        again = session.prove(report)
        assert (again.verdict, again.place, again.stood) == ("identical", "entry 2", True)
        assert home.ledger.size == 2
    found = verify(report.path, home=home).reproduced
    assert found.state == "good"
    assert "exactly" in found.text


def test_what_cannot_be_replayed_is_attested_too(session: Session, home: Home, cells: Path, tmp_path: Path) -> None:
    with session:
        report = session.save(session.run("gaussian", session.open(cells)), tmp_path / "out.tif")
        cells.unlink()
        proof = session.prove(report)
        assert proof.verdict == "not replayable"
        assert proof.reason == "The input cells.tif cannot be found."
        assert (proof.problem, "--" in proof.todo) == ("MissingInput", False)
        assert attested(home, report.record_digest) == ["not replayable"]
    assert verify(report.path, home=home).reproduced.state == "unknown"


def test_other_pixels_are_attested_as_different(home: Home, cells: Path, tmp_path: Path) -> None:
    report = saved(home, cells, tmp_path / "out.tif")
    edit_record(report.path, lambda content: content["image"].update(pixels="sha256:" + 64 * "1"), home.agent)
    with Session(tmp_path / "another", home=home) as session:
        assert session.prove(report).verdict == "different"
    verdicts = verify(report.path, home=home)
    assert (verdicts.reproduced.state, verdicts.good) == ("bad", False)
    assert attested(home, read_record(report.path).digest) == ["different"]


def test_a_file_without_record(session: Session, home: Home, cells: Path, tmp_path: Path) -> None:
    report = saved(home, cells, tmp_path / "out.tif")
    put(report.path, textured("YX"))
    with session, pytest.raises(NoRecord):
        session.prove(report)


def test_a_file_with_another_record_is_refused_before_its_replay(home: Home, cells: Path, tmp_path: Path) -> None:
    asked, other = (saved(home, cells, tmp_path / f"{sigma}.ome.tif", sigma) for sigma in (1.0, 2.0))
    with pytest.raises(RecordError) as refused:
        prove(other.path, home, home.ledger, expected=asked.record_digest)
    names = (other.record_digest[7:15], asked.record_digest[7:15])
    assert (
        "2.0.ome.tif carries the record {}…, not that of 1.0.ome.tif (record {}…).".format(*names) == refused.value.what
    )
    assert home.ledger.size == 2, "nothing was written"


def test_the_second_result_of_a_call_is_the_one_that_is_compared(
    session: Session, home: Home, cells: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A function of another package gave two images, and the second was saved."""
    from bims_desktop.macro import plugin
    from bims_desktop.operations.execute import Outcome

    with session:
        data = session.open(cells)
        other = data.image.with_pixels(255 - data.image.array())
        _, second = session.call("p.split", {"image": data}, [(data.image, "a"), (other, "b")], package="p 1")
        report = session.save(second, tmp_path / "second.tif")
    assert verify(report.path, home=home).macro.state == "good"
    monkeypatch.setattr(plugin, "call", lambda step, images: Outcome((data.image, other), {}))
    prepared = Replay(report.path, home)
    prepared.trust = frozenset({"p"})
    done: tuple[StepResult, ...] = tuple(prepared.steps())
    assert prepared.result(done).verdict == "identical"
