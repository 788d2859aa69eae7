"""Favourites and what was last used, in a small file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bims_desktop.app.preferences import FILE, MAX_FAVOURITES, MAX_QUANTITIES, MAX_RECENT, Preferences
from bims_desktop.app.small_file import MAX_BYTES


def test_they_come_back(tmp_path: Path) -> None:
    chosen = Preferences().star("gaussian", True).star("label", True).star("gaussian", False).ran("invert")
    chosen = chosen.measure("length", True).measure("area", True).measure("area", False)
    chosen.save(tmp_path / "home")
    assert Preferences.load(tmp_path / "home") == Preferences(("label",), ("invert",), ("length",)) == chosen


def test_they_stay_few() -> None:
    chosen = Preferences()
    for number in range(200):
        chosen = chosen.star(f"a{number}", True).ran(f"a{number}").measure(f"a{number}", True)
    assert (len(chosen.favourites), len(chosen.recent)) == (MAX_FAVOURITES, MAX_RECENT)
    assert len(chosen.physical) == MAX_QUANTITIES
    assert chosen.recent[0] == "a199"


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{", b"\xff\xfe", b"[]", b"[" * 100_000, b'{"favourites": 1, "recent": {"a": 1}}', b"null",
        b'{"favourites": [1, null, "", "' + b"x" * 101 + b'"]}', b" " * (MAX_BYTES + 1),
    ],
)  # fmt: skip
def test_a_damaged_file_counts_as_nothing_chosen(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    assert Preferences.load(tmp_path) == Preferences()


def test_a_list_is_cut_and_its_repeats_dropped(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(json.dumps({"favourites": ["a", "a", "b"], "recent": list("cdefghijklmn")}))
    assert Preferences.load(tmp_path) == Preferences(("a", "b"), tuple("cdefghij"))
