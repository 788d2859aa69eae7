"""Each tutorial does what it says: its steps and its script give the same pixels and table, and print what it shows."""

from __future__ import annotations

import runpy
import textwrap
from pathlib import Path

import pytest

import bims_desktop as bims
from tests.docs.walkthrough import DOCS, ROOT, SAMPLES, TUTORIALS, as_told, blocks, in_record, perform, steps_of


@pytest.mark.parametrize(("page", "example"), TUTORIALS.items())
def test_a_tutorial_and_its_script_agree(
    page: str, example: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = DOCS / "tutorials" / f"{page}.md"
    script = ROOT / "examples" / f"{example}.py"
    steps = steps_of(document)
    with bims.Session(tmp_path / "session") as session:
        made = perform(session, SAMPLES / f"{example}.tif", steps)
        assert [action.sentence for action in session.actions[1:]] == [step.sentence for step in steps]

    runpy.run_path(str(script))["main"](SAMPLES / f"{example}.tif", tmp_path)
    assert as_told(blocks(document, "text")[0], capsys.readouterr().out)
    assert textwrap.indent(blocks(document, "python")[0], "    ") in script.read_text()
    assert in_record(tmp_path, ".ome.tif") == made[-2].digest
    assert in_record(tmp_path, ".csv") == session.tables[-1].digest
