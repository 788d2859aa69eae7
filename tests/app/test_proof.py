"""Proofs: a receipt for others, theirs checked offline, and the whole log gone through."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from bims_desktop.app.home import Home
from bims_desktop.app.proof import audit, check_receipt, receipt_of
from bims_desktop.app.save import Report
from bims_desktop.app.transfer import export_home, import_home
from bims_desktop.errors import LedgerError, NoRecord, ProofRefused
from bims_desktop.model.canonical import canonical
from tests.app.forge import saved


@pytest.fixture
def report(home: Home, cells: Path, tmp_path: Path) -> Report:
    return saved(home, cells, tmp_path / "smooth.ome.tif")


@pytest.fixture
def proof(home: Home, report: Report, tmp_path: Path) -> Path:
    path = tmp_path / "proof.json"
    path.write_bytes(receipt_of(home, report.record_digest).to_bytes() + b"\n")
    return path


def test_a_proof_is_checked_by_somebody_else(home: Home, proof: Path, report: Report, tmp_path: Path) -> None:
    assert check_receipt(home, proof).state == "good"
    other = Home(tmp_path / "other")
    found = check_receipt(other, proof)
    assert found.state == "unknown"
    assert found.entry is not None
    assert found.entry.body["record"] == report.record_digest
    assert check_receipt(other, proof, [home.ledger.public_key]).state == "good"


def test_an_altered_proof_is_bad(home: Home, proof: Path) -> None:
    value = json.loads(proof.read_bytes())
    value["since"] = "2000-01-01T00:00:00Z"
    proof.write_bytes(canonical(value))
    assert check_receipt(home, proof).state == "bad"


@pytest.mark.parametrize("data", [b"", b"{}", b"x" * 100_000])
def test_what_is_no_proof(home: Home, tmp_path: Path, data: bytes) -> None:
    (tmp_path / "proof").write_bytes(data)
    with pytest.raises(ProofRefused):
        check_receipt(home, tmp_path / "proof")


def test_no_proof_of_what_is_not_there(home: Home) -> None:
    with pytest.raises(NoRecord):
        receipt_of(home, "sha256:" + 64 * "0")


def test_a_proof_from_a_copy(home: Home, report: Report, tmp_path: Path) -> None:
    export_home(home, tmp_path / "log")
    other = Home(tmp_path / "other")
    import_home(other, tmp_path / "log")
    assert receipt_of(other, report.record_digest) == receipt_of(home, report.record_digest)
    assert [(name, verdict.state) for name, verdict in audit(other)] == [
        (other.ledger.origin, "good"), (home.ledger.origin, "good"),
    ]  # fmt: skip


def test_a_whole_log_is_good_and_says_what_it_cannot_show(home: Home, report: Report) -> None:
    ((name, verdict),) = audit(home)
    assert (name, verdict.state) == (home.ledger.origin, "good")
    assert "rolled back" in verdict.details["limits"]
    assert report.entry == 1
    assert not list(home.ledger.path.parent.glob("bims-audit-*"))


ATTACKS = {
    "an entry edited": "UPDATE entries SET entry = replace(entry, 'sha256:', 'sha256:') || ' '",
    "a time edited": "UPDATE entries SET since = '2000-01-01T00:00:00Z'",
    "an entry deleted": "DELETE FROM entries WHERE position = 1",
    "two renumbered": "UPDATE entries SET position = 1 - position WHERE position < 2",
    "a salt edited": "UPDATE entries SET salt = zeroblob(16) WHERE position = 0",
    "a tree's hash edited": "UPDATE nodes SET hash = zeroblob(32) WHERE level = 1",
    "a record edited": "UPDATE deposits SET envelope = zeroblob(100)",
}


@pytest.mark.parametrize("name", ATTACKS)
def test_what_was_altered_is_found(home: Home, cells: Path, tmp_path: Path, name: str) -> None:
    for number in range(3):
        saved(home, cells, tmp_path / f"{number}.ome.tif", sigma=1.0 + number)
    path = home.ledger.path
    home.close()
    with sqlite3.connect(path) as database:
        statements = ATTACKS[name]
        if "position = 1 - position" in statements:  # positions are unique at every moment
            statements = "UPDATE entries SET position = 100 - position; UPDATE entries SET position = position - 98"
        database.executescript(statements)
    database.close()
    try:
        verdicts = [verdict.state for _, verdict in audit(home)]
    except LedgerError:
        verdicts = ["bad"]
    assert verdicts == ["bad"]
