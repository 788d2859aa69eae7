"""Tables with provenance: CSV, its record beside it, and what a verification says of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bims_desktop.app.home import Home
from bims_desktop.app.pending import begin, settle
from bims_desktop.app.replay import replay
from bims_desktop.app.restore import find, restore
from bims_desktop.app.save import Report
from bims_desktop.app.session import Session
from bims_desktop.app.source import read_record
from bims_desktop.app.verify import verify
from bims_desktop.errors import BadParameter, NoRecord, SaveRefused, UnreadableFile
from bims_desktop.files.csv_table import columns_of, headings, read_csv, write_csv
from bims_desktop.files.sidecar import sidecar_of
from bims_desktop.ledger.base import Entry
from bims_desktop.model.table import Table, table_digest

ODD = Table(
    {
        "label": np.array([1, -2, 2**40]),
        "area": np.array([0.1, -np.inf, np.nan]),
        "other": np.array([-np.nan, -0.0, 1e-310]),
        "half": np.array([0.1, 1e-8, 3.4e38], np.float32),
        "touches": np.array([True, False, True]),
        "=cmd|' /C calc'!A0": np.array([1, 2, 3], np.uint8),
    },
    {"area": "µm²"},
)


@pytest.fixture
def session(home: Home, nuclei: Path, tmp_path: Path) -> Iterator[Session]:
    with Session(tmp_path / "session", home=home) as session:
        cells = session.open(nuclei)
        session.run("regionprops_table", session.run("label", session.run("threshold_otsu", cells)), cells)
        yield session


@pytest.fixture
def saved(session: Session, tmp_path: Path) -> Report:
    return session.save_table(session.tables[0], tmp_path / "nuclei.csv")


def test_every_bit_comes_back_and_no_heading_is_a_formula(tmp_path: Path) -> None:
    write_csv(tmp_path / "odd.csv", ODD)
    assert table_digest(read_csv(tmp_path / "odd.csv", columns_of(ODD))) == table_digest(ODD)
    assert headings(columns_of(ODD))[-1].startswith("'=cmd")


@pytest.mark.parametrize("columns", [{}, {"label": np.array([], np.int32)}])
def test_an_empty_table_comes_back(tmp_path: Path, columns: dict[str, Any]) -> None:
    write_csv(tmp_path / "empty.csv", Table(columns))
    assert read_csv(tmp_path / "empty.csv", columns_of(Table(columns))).rows == 0


def test_a_saved_table_verifies_and_replays(session: Session, saved: Report, home: Home) -> None:
    verdicts = verify(saved.path, home=home)
    assert verdicts.good
    assert "These are the values that were saved" in verdicts.summary
    assert (verdicts.kind, verdicts.title("pixels"), verdicts.title("macro")) == ("table", "values", "macro")
    assert verify(sidecar_of(saved.path), home=home) == verdicts
    assert {name: verdict.state for name, verdict in verdicts if name != "reproduced"} == dict.fromkeys(
        ("pixels", "macro", "signature", "ledger", "lineage"), "good"
    )
    assert replay(saved.path, home=home).verdict == "identical"
    said = session.actions[-1].sentence
    assert said == "Saved the table “Measured 166 objects of label_1” with provenance as nuclei.csv"


def test_its_record_is_in_the_ledger_under_the_digest_of_its_values(session: Session, saved: Report) -> None:
    (entry,) = session.ledger.find(kind="record", subject=session.tables[0].digest)
    assert entry.entry.body["record"] == saved.record_digest == read_record(saved.path).digest
    assert saved.pixel_digest == session.tables[0].digest


def test_a_proof_is_attested(session: Session, saved: Report, home: Home) -> None:
    assert session.prove(saved).verdict == "identical"
    assert verify(saved.path, home=home).reproduced.state == "good"


def with_value(text: str) -> str:
    first, second, rest = text.split("\n", 2)
    return "\n".join((first, second.replace(",", ",9", 1), rest))


@pytest.mark.parametrize(
    "rewrite",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace(",", ";"),
        lambda text: text.replace(",", "\t"),
        lambda text: "\n".join(",".join(f'"{cell}"' for cell in line.split(",")) for line in text.split("\n") if line),
        lambda text: text + "\n\n",
    ],
)
def test_how_a_program_writes_the_values_makes_no_difference(
    saved: Report, home: Home, rewrite: Callable[[str], str]
) -> None:
    saved.path.write_text(rewrite(saved.path.read_text("utf-8-sig")), "utf-8", newline="")
    assert verify(saved.path, home=home).good


@pytest.mark.parametrize(
    ("rewrite", "words"),
    [
        (with_value, "not those that were saved"),
        (lambda text: text.replace("µm²", "px"), "other columns"),
        (lambda text: text.rsplit("\n", 2)[0] + "\n", "not those that were saved"),
        (lambda text: text.replace("\n1,", "\n=1+1,", 1), "no value of its column"),
        (lambda text: text + "1,2\n", "no value of its column"),
        (lambda text: "", "other columns"),
    ],
)
def test_a_changed_value_is_bad(saved: Report, home: Home, rewrite: Callable[[str], str], words: str) -> None:
    saved.path.write_text(rewrite(saved.path.read_text("utf-8-sig")), "utf-8")
    verdicts = verify(saved.path, home=home)
    assert not verdicts.good
    assert words in verdicts.pixels.text


def edited(path: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    told = json.loads(path.read_text())
    change(told)
    path.write_text(json.dumps(told))


@pytest.mark.parametrize(
    ("change", "answer", "words"),
    [
        (lambda told: told.pop("envelope"), "pixels", "no record lies beside"),
        (lambda told: told.pop("receipt"), "ledger", "lost its receipt"),
        (lambda told: told["envelope"].update(payload="e30="), "pixels", "does not fit the schema"),
        (lambda told: told["envelope"].update(payload=2**70), "pixels", "damaged"),
        (lambda told: told["envelope"]["signatures"].clear(), "signature", "does not hold"),
        (lambda told: told.update(v=2), "pixels", "no record of version 1"),
    ],
)
def test_a_damaged_record_is_said_to_be(
    saved: Report, home: Home, change: Callable[[dict[str, Any]], Any], answer: str, words: str
) -> None:
    edited(sidecar_of(saved.path), change)
    verdicts = verify(saved.path, home=home)
    assert words in getattr(verdicts, answer).text


def test_a_table_alone_has_no_record(saved: Report, home: Home) -> None:
    sidecar_of(saved.path).unlink()
    assert verify(saved.path, home=home).pixels.text == "no record lies beside the table"
    with pytest.raises(NoRecord):
        read_record(saved.path)
    saved.path.unlink()
    with pytest.raises(UnreadableFile):
        verify(saved.path, home=home)


def test_another_tables_record_does_not_pass(session: Session, saved: Report, home: Home, tmp_path: Path) -> None:
    label = session.data(session.layers[-1].version)
    session.run("regionprops_table", label, properties=("label", "num_pixels"))
    other = session.save_table(session.tables[1], tmp_path / "other.csv")
    sidecar_of(saved.path).write_bytes(sidecar_of(other.path).read_bytes())
    assert not verify(saved.path, home=home).good


def test_refusals(session: Session, saved: Report, tmp_path: Path) -> None:
    before = session.actions
    nowhere = tmp_path / "nowhere" / "t.csv"
    refused = (
        (tmp_path / "t.txt", "does not end"),
        (saved.path, "exists already"),
        (nowhere, "There is no folder"),
        (tmp_path / f"{300 * 'x'}.csv", "File name too long"),
    )
    for target, words in refused:
        with pytest.raises(SaveRefused, match=words):
            session.save_table(session.tables[0], target, overwrite=False)
    with pytest.raises(BadParameter, match="is an image"):
        session.save_table(session.data(1), tmp_path / "t.csv")
    with pytest.raises(BadParameter, match="does not belong"):
        session.save_table(ODD, tmp_path / "t.csv")
    assert session.actions == before
    assert sorted(path.name for path in tmp_path.glob("*.csv*")) == ["nuclei.csv", "nuclei.csv.bims.json"]


def test_a_record_whose_table_never_came_is_retracted(session: Session, saved: Report, home: Home) -> None:
    lost = "sha256:" + 64 * "a"
    for record in (saved.record_digest, lost):
        if record == lost:
            session.ledger.append(Entry("record", {"record": lost}))
        begin(home.folder, record, saved.path).file.close()
    assert settle(home.folder, session.ledger) == (lost,)
    assert verify(saved.path, home=home).good


def test_no_path_and_no_vendor_text_stand_in_the_record(saved: Report, tmp_path: Path) -> None:
    payload = read_record(saved.path).payload
    assert str(tmp_path).encode() not in payload
    assert read_record(saved.path).content["inputs"][0]["vendor"] is None
    assert read_record(saved.path).content["inputs"][0]["vendor_digest"].startswith("sha256:")


def test_a_recovery_says_where_the_record_of_a_table_lies(saved: Report, home: Home) -> None:
    for path in (saved.path, sidecar_of(saved.path)):
        with pytest.raises(NoRecord, match=r"beside it in nuclei.csv.bims.json, which is there. Nothing is to be reco"):
            restore(path, home)
    sidecar_of(saved.path).unlink()
    with pytest.raises(NoRecord, match=r"which is gone. Bring a copy of that file back, or measure and save again"):
        find(saved.path, home)
