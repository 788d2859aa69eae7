"""The album of screenshots: nothing that has a face is forgotten, both themes are there, and it stays small."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ALBUM = ROOT / "docs" / "screenshots"
FACES = runpy.run_path(str(ALBUM / "faces.py"))
WIDGETS: frozenset[str] = FACES["widgets"]()
EMPTY_PLACES: frozenset[str] = FACES["empty_states"]()
MOST_BYTES = 6_000_000
ROW = re.compile(r"^\| !\[[^]]*\]\(dark/([\w-]+)\.png\) \| !\[[^]]*\]\(light/([\w-]+)\.png\) \| (.+) \|$", re.MULTILINE)
INDEX = (ALBUM / "README.md").read_text()
ROWS = ROW.findall(INDEX)
SEEN = dict(re.findall(r"^- `(\w+)`: (.+)$", INDEX, re.MULTILINE))
SAID = dict(re.findall(r"^- “(.+)”: (.+)$", INDEX, re.MULTILINE))
AGAIN = "take its picture in docs/screenshots, and run make_screenshots.py"


def test_every_widget_has_its_picture() -> None:
    assert len(WIDGETS) > 60
    assert WIDGETS - SEEN.keys() == set(), AGAIN


def test_every_empty_place_has_its_picture() -> None:
    assert len(EMPTY_PLACES) > 20
    assert EMPTY_PLACES - SAID.keys() == set(), AGAIN


def test_what_the_index_names_is_there() -> None:
    named = {name for names in (*SEEN.values(), *SAID.values()) for name in names.split(", ")}
    assert named <= {row[0] for row in ROWS}


def test_a_widget_is_known_by_what_it_derives_from() -> None:
    assert {"Dialog", "VerifyDialog", "RecoveryBar", "EntryTree"} <= WIDGETS
    assert not {"RowModel", "Jobs", "NoteDelegate", "GarbageCollector"} & WIDGETS


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_index_shows_every_picture_in_both_themes(theme: str) -> None:
    named = [row[0 if theme == "dark" else 1] for row in ROWS]
    assert len(named) > 50
    assert sorted(named) == sorted(path.stem for path in (ALBUM / theme).glob("*.png"))


def test_the_album_is_small() -> None:
    assert sum(path.stat().st_size for path in ALBUM.rglob("*.png")) <= MOST_BYTES
