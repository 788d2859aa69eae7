"""The album of screenshots: nothing that has a face is forgotten, both themes are there, and it stays small."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ALBUM = ROOT / "docs" / "screenshots"
FACES = {"Dialog", "QDialog", "QDockWidget", "Question", "Notice", "Unfolding"}
"""What derives from these has a face of its own; so has every dock, whose name says so."""
BASES = {"Dialog", "Unfolding"}
MOST_BYTES = 6_000_000
ROW = re.compile(r"^\| !\[[^]]*\]\(dark/([\w-]+)\.png\) \| !\[[^]]*\]\(light/([\w-]+)\.png\) \| (.+) \|$", re.MULTILINE)
ROWS = ROW.findall((ALBUM / "README.md").read_text())


def classes() -> dict[str, set[str]]:
    """Every class of the window's package, with the names of its bases."""
    found: dict[str, set[str]] = {}
    for path in (ROOT / "bims_desktop" / "ui").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef):
                found[node.name] = {base.id for base in node.bases if isinstance(base, ast.Name)}
    return found


def faces() -> set[str]:
    known, wanted = classes(), set(FACES)
    while more := {name for name, bases in known.items() if bases & wanted} - wanted:
        wanted |= more
    docks = {name for name in known if name.endswith(("Dock", "Panel"))}
    return (wanted & set(known) | docks) - BASES


def test_every_dialog_and_dock_has_its_picture() -> None:
    shown = {name for _, _, words in ROWS for name in re.findall(r"`(\w+)`", words)}
    assert len(faces()) > 12
    assert faces() - shown == set(), "add it to docs/screenshots/make_screenshots.py, and run that"


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_index_shows_every_picture_in_both_themes(theme: str) -> None:
    named = [row[0 if theme == "dark" else 1] for row in ROWS]
    assert len(named) > 50
    assert sorted(named) == sorted(path.stem for path in (ALBUM / theme).glob("*.png"))


def test_the_album_is_small() -> None:
    assert sum(path.stat().st_size for path in ALBUM.rglob("*.png")) <= MOST_BYTES
