"""Searching, and what is taken along: tables that a spreadsheet can open without harm."""

from __future__ import annotations

import csv
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from bims_desktop.app.harvest import COLUMNS, MOST, PAGE, search, to_pandas, write_csv
from bims_desktop.app.home import Home
from bims_desktop.app.prove import attest
from bims_desktop.app.settings import Settings
from bims_desktop.app.submit import submit
from bims_desktop.app.withdraw import retract
from bims_desktop.errors import Cancelled, LedgerUnavailable, ProofRefused
from bims_desktop.ledger.base import Entry
from bims_desktop.ledger.reader import LogReader
from tests.app.forge import saved

EVIL = '=HYPERLINK("http://evil","click")'
RAW = "sha256:" + 64 * "1"
RESULT = "sha256:" + 64 * "2"


@pytest.fixture
def lab(home: Home, cells: Path, tmp_path: Path) -> dict[str, str]:
    """Two saved images, one of them attested and one retracted, and a table of another science."""
    Settings("Ada", "Lab").save(home.folder)
    one = saved(home, cells, tmp_path / "one.ome.tif")
    two = saved(home, cells, tmp_path / "two.ome.tif", sigma=2.0)
    attest(home.ledger, one.record_digest, "exact", "somebody")
    retract(home, two.record_digest, "blurred")
    table = submit(
        {
            "subject": [{"kind": "table", "name": "counts.csv", "digest": RESULT}],
            "inputs": [{"name": "reads.fastq", "digest": RAW}],
            "steps": [{"operation": EVIL}],
            "instrument": "+1 Sequencer",
        },
        home,
    )
    return {"one": one.record_digest, "two": two.record_digest, "table": table.record, "pixels": one.pixel_digest}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"kind": "record"}, ["one", "two", "table"]),
        ({"operation": "gaussian"}, ["one", "two"]),
        ({"instrument": "+1 Sequencer"}, ["table"]),
        ({"uses": RAW}, ["table"]),
        ({"subject": RESULT}, ["table"]),
        ({"kind": "record", "agent": "Ada"}, ["one", "two", "table"]),
        ({"kind": "record", "agent": "Eve"}, []),
        ({"kind": "record", "limit": 1}, ["one"]),
        ({"kind": "record", "limit": 1, "offset": 1}, ["two"]),
        ({"kind": "record", "since": "2999-01-01T00:00:00Z"}, []),
        ({"kind": "record", "until": "2000-01-01T00:00:00Z"}, []),
        ({"kind": "record", "newest": True}, ["table", "two", "one"]),
        ({"kind": "record", "newest": True, "limit": 1}, ["table"]),
        ({"kind": "record", "newest": True, "limit": 1, "offset": 1}, ["two"]),
        ({"kind": "attestation"}, ["one"]),
        ({"kind": "retract"}, ["two"]),
    ],
)
def test_a_search(home: Home, lab: dict[str, str], query: Any, expected: list[str]) -> None:
    assert [found.record for found in search(home, **query)] == [lab[name] for name in expected]


def test_what_is_known_of_an_entry(home: Home, lab: dict[str, str]) -> None:
    one, two, table = search(home, kind="record")
    assert (one.state, one.attested, two.state, table.state) == ("stands", ("exact",), "retracted", "stands")
    assert (one.subject, one.operations, one.agent, one.organisation) == (
        lab["pixels"], ("gaussian", "load"), "Ada", "Lab",
    )  # fmt: skip
    assert one.steps == ("load", "gaussian"), "in the order in which they were done"
    assert (one.reason, two.reason) == ("", "blurred")
    assert one.macro.startswith("sha256:")
    assert one.created.endswith("Z")
    assert (table.subject, table.instruments, table.macro) == (RESULT, ("+1 Sequencer",), "")
    assert one.place
    assert one.where == home.ledger.name


def test_a_record_of_which_the_log_holds_only_the_digest(home: Home) -> None:
    home.ledger.append(Entry("record", {"record": RAW, "pixels": RESULT, "agent": "SHA256:x"}))
    (found,) = search(home)
    assert (found.subject, found.agent, found.operations, found.state) == (RESULT, "SHA256:x", (), "stands")


def test_many_entries_are_asked_for_a_page_at_a_time(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    records = [f"sha256:{number:064x}" for number in range(2 * PAGE + 1)]
    home.ledger.append_many([Entry("record", {"record": record}) for record in records])
    home.ledger.append_many([Entry("retract", {"record": record}) for record in records[::2]])
    pages, about = [], LogReader.about

    def count(log: LogReader, asked: Any) -> Any:
        pages.append(len(asked))
        return about(log, asked)

    monkeypatch.setattr(LogReader, "about", count)
    monkeypatch.setattr(LogReader, "deposit", None)  # stored edits may be large, and nothing is shown of them
    found = search(home, kind="record")
    assert [one.record for one in found] == records
    assert [one.state for one in found[:3]] == ["retracted", "stands", "retracted"]
    assert pages == [PAGE, PAGE, 1]


def test_a_search_tells_how_far_it_is_and_can_be_stopped(home: Home) -> None:
    home.ledger.append_many([Entry("record", {"record": f"sha256:{number:064x}"}) for number in range(3 * PAGE)])
    shares: list[float] = []
    assert len(search(home, on_progress=shares.append)) == 3 * PAGE
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert 0.5 < shares[-1] < 1

    def stop(share: float) -> None:
        if share > 0.3:
            raise Cancelled("The search was cancelled.")

    with pytest.raises(Cancelled):
        search(home, on_progress=stop)


def test_a_deposit_that_was_changed_is_refused(home: Home, lab: dict[str, str]) -> None:
    with sqlite3.connect(home.log_file) as database:
        other = database.execute("SELECT envelope FROM deposits WHERE record = ?", (lab["two"],)).fetchone()
        database.execute("UPDATE deposits SET envelope = ? WHERE record = ?", (*other, lab["one"]))
    with pytest.raises(ProofRefused, match="not the one that was deposited"):
        search(home)


def test_no_consortium(home: Home, lab: dict[str, str]) -> None:
    with pytest.raises(LedgerUnavailable, match="No consortium"):
        search(home, where="fabric")
    assert search(home, where="all") == search(home, where="local")
    assert len(lab) < MOST


def test_a_spreadsheet_runs_nothing(home: Home, lab: dict[str, str], tmp_path: Path) -> None:
    write_csv(search(home), tmp_path / "found.csv")
    with (tmp_path / "found.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    (row,) = [row for row in rows if row["record"] == lab["table"]]
    assert row["operations"] == f"'{EVIL}"
    assert row["instruments"] == "'+1 Sequencer"
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_a_table_for_pandas(home: Home, lab: dict[str, str]) -> None:
    table = to_pandas(search(home, kind="record"))
    assert list(table.columns) == list(COLUMNS)
    assert list(table["record"]) == [lab["one"], lab["two"], lab["table"]]
    assert str(table["since"].dt.tz) == "UTC"
    assert table["created"].notna().all()
    assert table["operations"][0] == ("gaussian", "load")
    assert list(to_pandas(()).columns) == list(COLUMNS)
