"""The action log as Python, Markdown and CSV."""

from __future__ import annotations

import ast
import csv
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile

from bims_desktop.app.home import Home
from bims_desktop.app.log_export import COLUMNS, as_csv, as_markdown, as_python, as_text, export_log
from bims_desktop.app.session import Session
from bims_desktop.errors import SaveFailed
from bims_desktop.provenance.action import Action

HOSTILE = ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "＝1", "'=1"]


def logged(tmp_path: Path) -> Session:
    tifffile.imwrite(tmp_path / "cells.tif", np.eye(8, dtype=np.uint8))
    session = Session(tmp_path / "session", home=Home(tmp_path / "home"))
    cells = session.open(tmp_path / "cells.tif")
    session.run("gaussian", cells, sigma=2.0)
    session.run("invert", cells)
    session.undo()
    session.rename(cells, "µ <b>*nuclei*</b>\nimport os")
    return session


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_the_python_runs_and_gives_the_same_pixels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with logged(tmp_path) as session:
        text = as_python(session.actions, session.undone)
        expected = session.data(2).image.array()
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    exec(compile(text, "log.py", "exec"), names)
    np.testing.assert_array_equal(names["gaussian_1"].array(), expected)
    assert "invert_1" not in names


def test_a_name_cannot_leave_its_comment(tmp_path: Path) -> None:
    with logged(tmp_path) as session:
        tree = ast.parse(as_python(session.actions, session.undone))
    assert [type(node).__name__ for node in tree.body] == ["ImportFrom", "Assign", "Assign"]


@pytest.mark.parametrize("character", ["\n", "\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\u202e"])
def test_no_line_ends_within_a_sentence(character: str) -> None:
    action = Action(1, "rename", sentence=f"Renamed a{character}import os", code=f"session.rename({character})")
    for text in (as_python([action]), as_markdown([action]), as_text([action])):
        assert character not in text.replace("\n", "") if character != "\n" else "\nimport" not in text


def test_markdown_shows_names_as_they_are(tmp_path: Path) -> None:
    with logged(tmp_path) as session:
        text = as_markdown(session.actions, session.undone)
    assert r"µ \<b\>\*nuclei\*\</b\> import os" in text
    assert "~~Inverted cells.tif~~ · undone" in text


def test_code_cannot_leave_its_block() -> None:
    text = as_markdown([Action(1, "call", sentence="Ran it", code='x = op.call("```\\n# Owned")')])
    assert "  ````python" in text


def test_csv_holds_every_action_with_its_values(tmp_path: Path) -> None:
    with logged(tmp_path) as session:
        actions, undone = session.actions, session.undone
    table = rows(as_csv(actions, undone))
    assert tuple(table[0]) == COLUMNS
    assert [row["operation"] for row in table] == ["load", "gaussian", "invert", "undo", "rename"]
    assert [row["undone"] for row in table] == ["no", "no", "yes", "no", "no"]
    assert '"sigma": 2.0' in table[1]["parameters"]
    assert "µ <b>*nuclei*</b>\nimport os" in table[4]["sentence"]


@pytest.mark.parametrize("text", HOSTILE)
def test_csv_holds_no_formula(text: str) -> None:
    action = Action(1, "rename", sentence=text, code=text, package=text)
    (row,) = rows(as_csv([action]))
    assert [row[name] for name in ("sentence", "code", "package")] == [f"'{text}"] * 3


@pytest.mark.parametrize(
    ("suffix", "start"), [(".py", b"from bims"), (".MD", b"# Action"), (".csv", b"\xef\xbb\xbfnum")]
)
def test_the_suffix_names_the_format(tmp_path: Path, suffix: str, start: bytes) -> None:
    path = export_log(tmp_path / f"log{suffix}", [Action(1, "load", sentence="Opened a.tif")])
    assert path.read_bytes().startswith(start)


@pytest.mark.parametrize("name", ["log.txt", "log", "missing/log.csv"])
def test_what_cannot_be_written_is_said(tmp_path: Path, name: str) -> None:
    with pytest.raises(SaveFailed, match="log"):
        export_log(tmp_path / name, [])
