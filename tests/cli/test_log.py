"""`bims log`."""

from __future__ import annotations

import json
from pathlib import Path

from bims_desktop.provenance.action import Action
from bims_desktop.provenance.journal import Journal
from tests.cli.conftest import Bims, run


def keep(folder: Path, *sentences: str) -> None:
    """A journal in `folder` with one action a sentence."""
    journal = Journal(folder)
    for number, sentence in enumerate(sentences, 1):
        action = Action(number, "gaussian", sentence=sentence, started="2026-01-31T12:00:00.000Z")
        journal.append(("action", {"action": action.to_json(), "private": None}))
    journal.close()


def test_lists_the_actions_of_a_session(bims: Bims, saved: Path) -> None:
    session = json.loads(bims("log", "--json").out)[0]
    lines = bims("log", session["session"]).out.splitlines()
    assert len(lines) == session["actions"] == 5
    assert session["images"] == ["nuclei.tif"]
    assert bims("log").out.splitlines()[0] == f"{session['session']}  5 actions  nuclei.tif"
    assert "Opened nuclei.tif" in lines[0]
    assert "sigma 2 px" in lines[1]
    assert saved.name in lines[4]
    facts = json.loads(bims("log", session["folder"], "--json").out)
    assert [fact["operation"] for fact in facts] == ["load", "gaussian", "threshold_otsu", "label", "save"]


def test_lists_the_sessions_of_the_user(tmp_path: Path) -> None:
    assert "No session" in run(tmp_path, "log").out
    keep(tmp_path / "sessions" / "monday", "one", "two")
    keep(tmp_path / "sessions" / "tuesday", "three")
    assert run(tmp_path, "log").out.splitlines() == ["monday  2 actions", "tuesday  1 action"]
    assert "two" in run(tmp_path, "log", "monday").out
    assert [fact["actions"] for fact in json.loads(run(tmp_path, "log", "--json").out)] == [2, 1]


def test_what_could_steer_a_terminal_is_printed_as_escapes(bims: Bims, tmp_path: Path) -> None:
    keep(tmp_path, "Opened \x1b[2J\u202egpj.tif")
    out = bims("log", tmp_path).out
    assert "\\x1b[2J\\u202egpj.tif" in out
    assert "\x1b" not in out


def test_an_edited_journal_is_refused(bims: Bims, tmp_path: Path) -> None:
    keep(tmp_path, "one", "two")
    path = tmp_path / "journal.jsonl"
    path.write_text(path.read_text().replace("one", "eno"))
    ran = bims("log", tmp_path)
    assert (ran.code, ran.out) == (2, "")
    assert "line 2" in ran.err


def test_a_damaged_session_does_not_hide_the_others(tmp_path: Path) -> None:
    keep(tmp_path / "sessions" / "monday", "one", "two")
    keep(tmp_path / "sessions" / "tuesday", "three")
    path = tmp_path / "sessions" / "monday" / "journal.jsonl"
    path.write_text(path.read_text().replace("one", "eno"))
    monday, tuesday = run(tmp_path, "log").out.splitlines()
    assert "line 2" in monday
    assert tuesday == "tuesday  1 action"
