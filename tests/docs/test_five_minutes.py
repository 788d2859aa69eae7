"""The five-minute tutorial does what it says: its steps, its commands and its Python, each with what comes of it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

import bims_desktop as bims
from bims_desktop.cli.main import main
from tests.docs.walkthrough import DOCS, SAMPLES, as_told, perform, steps_of

DOCUMENT = DOCS / "tutorial.md"


def test_it_does_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(SAMPLES / "nuclei.tif", tmp_path)
    monkeypatch.chdir(tmp_path)
    steps = steps_of(DOCUMENT)
    with bims.Session() as session:
        made = perform(session, tmp_path / "nuclei.tif", steps)
        assert [action.sentence for action in session.actions[1:]] == [step.sentence for step in steps]
        session.save(made[-2], tmp_path / "nuclei.ome.tif")

    pairs = re.findall(r"^```(sh|python)\n([^`]*)```\n\n```text\n([^`]*)```$", DOCUMENT.read_text(), re.MULTILINE)
    assert [language for language, _, _ in pairs] == ["sh"] * 4 + ["python"]
    for language, code, told in pairs:
        capsys.readouterr()
        do = command if language == "sh" else python
        do(code)
        seen = capsys.readouterr().out
        assert as_told(told, seen), f"{code}\n{seen}"


def command(line: str) -> None:
    """Run one command line, in this process."""
    main(lambda files: None, line.split()[1:])


def python(code: str) -> None:
    """Run a piece of Python."""
    exec(compile(code, str(DOCUMENT), "exec"), {})
