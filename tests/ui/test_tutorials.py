"""The tutorials, followed in the real window, end in the same pixels and tables as their scripts."""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from typing import TYPE_CHECKING

import bims_desktop as bims
from tests.docs.walkthrough import DOCS, ROOT, SAMPLES, TUTORIALS, in_record, steps_of
from tests.ui.walk import Walk

if TYPE_CHECKING:
    from bims_desktop.ui import Desktop


def test_the_window_gives_what_the_scripts_give(desktop: Desktop, tmp_path: Path) -> None:
    walk = Walk(desktop)
    for page, example in TUTORIALS.items():
        by_hand, by_script = tmp_path / page / "window", tmp_path / page / "script"
        by_hand.mkdir(parents=True)
        by_script.mkdir()
        steps = steps_of(DOCS / "tutorials" / f"{page}.md")

        walk.open(SAMPLES / f"{example}.tif")
        assert [unnumbered(walk.follow(step)) for step in steps] == [unnumbered(step.sentence) for step in steps]
        assert walk.show_table().data == desktop.session.tables[-1]
        walk.save(desktop.viewer.layers[-1].name, by_hand / f"{page}.ome.tif")
        assert "replay proven identical" in str(desktop.viewer.status)
        assert bims.verify(by_hand / f"{page}.ome.tif", home=desktop.session.home).good
        walk.clear()

        runpy.run_path(str(ROOT / "examples" / f"{example}.py"))["main"](SAMPLES / f"{example}.tif", by_script)
        assert in_record(by_hand, ".ome.tif") == in_record(by_script, ".ome.tif")
        assert desktop.session.tables[-1].digest == in_record(by_script, ".csv")


def unnumbered(sentence: str) -> str:
    """Without the numbers of layers, which go on from tutorial to tutorial."""
    return re.sub(r"_\d+\b", "", sentence)
