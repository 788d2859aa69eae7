"""Withdrawing: one's own records only, with a reason, once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bims_desktop.app.home import Home
from bims_desktop.app.verify import verify
from bims_desktop.app.withdraw import LONGEST_REASON, retract, supersede
from bims_desktop.errors import EntryConflict, LedgerError, NotPermitted
from bims_desktop.ledger.base import Entry
from bims_desktop.ledger.receipt import check
from tests.app.forge import saved

FIRST, SECOND, THIRD, FOREIGN = ("sha256:" + 64 * digit for digit in "1234")


@pytest.fixture
def mine(home: Home) -> Home:
    """Three records in the log, and a stranger's that was only attested."""
    for record in (FIRST, SECOND, THIRD):
        home.ledger.append(Entry("record", {"record": record}))
    home.ledger.append(Entry("attestation", {"record": FOREIGN, "verdict": "exact"}))
    return home


def test_a_retracted_file_is_bad_and_says_why(home: Home, cells: Path, tmp_path: Path) -> None:
    report = saved(home, cells, tmp_path / "smooth.ome.tif")
    receipt = retract(home, report.record_digest, " the wrong dye ")
    assert check(receipt, [home.log_signer.public_key]).state == "good"
    verdict = verify(report.path, home=home).ledger
    assert (verdict.state, "the wrong dye" in verdict.text) == ("bad", True)
    assert retract(home, report.record_digest, "the wrong dye") == receipt, "the same again is the same answer"


def test_a_superseded_file_is_bad(home: Home, cells: Path, tmp_path: Path) -> None:
    old = saved(home, cells, tmp_path / "old.ome.tif")
    new = saved(home, cells, tmp_path / "new.ome.tif", sigma=2.0)
    supersede(home, old.record_digest, new.record_digest, "a better sigma")
    ledger = verify(old.path, home=home).ledger
    better = f"replaced by that of new.ome.tif (record {new.record_digest[7:15]}…) on "
    assert (better in ledger.text, "a better sigma" in ledger.text) == (True, True)
    assert ledger.details == {"replaced by": new.record_digest, "in the file": str(new.path)}
    assert verify(new.path, home=home).good


REFUSED: dict[str, tuple[Callable[[Home], object], type[Exception], str]] = {
    "a stranger's record": (lambda home: retract(home, FOREIGN, "no"), NotPermitted, "ask them"),
    "an unknown record": (lambda home: retract(home, "sha256:" + 64 * "9", "no"), NotPermitted, "not saved"),
    "a stranger's replaced": (lambda home: supersede(home, FOREIGN, FIRST, "no"), NotPermitted, "ask them"),
    "by a stranger's": (lambda home: supersede(home, FIRST, FOREIGN, "no"), NotPermitted, "you saved yourself"),
    "by itself": (lambda home: supersede(home, FIRST, FIRST, "no"), EntryConflict, "itself"),
    "no reason": (lambda home: retract(home, FIRST, " "), LedgerError, "reason"),
    "a novel": (lambda home: retract(home, FIRST, "x" * (LONGEST_REASON + 1)), LedgerError, "reason"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_leaves_nothing(mine: Home, name: str) -> None:
    attempt, error, words = REFUSED[name]
    with pytest.raises(error, match=words):
        attempt(mine)
    assert mine.ledger.size == 4


def test_a_record_is_withdrawn_once(mine: Home) -> None:
    retract(mine, FIRST, "one reason")
    with pytest.raises(EntryConflict, match="retracted"):
        retract(mine, FIRST, "another reason")
    with pytest.raises(EntryConflict, match="retracted"):
        supersede(mine, FIRST, SECOND, "replaced after all")


def test_no_circle(mine: Home) -> None:
    supersede(mine, FIRST, SECOND, "newer")
    supersede(mine, SECOND, THIRD, "newer still")
    for last in (FIRST, SECOND):
        with pytest.raises(EntryConflict, match="superseded itself"):
            supersede(mine, THIRD, last, "round")
