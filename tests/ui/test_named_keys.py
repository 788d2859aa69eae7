"""Every key and every menu that a text of ours names, in the window or in the documentation, is there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QMenu

from bims_desktop.ui import Desktop
from bims_desktop.ui.capture.napari_menus import application

ROOT = Path(__file__).parents[2]
KEY = re.compile(r"\b(?:Ctrl|Cmd|Alt|Shift|Meta)(?:\+(?:Ctrl|Cmd|Alt|Shift|Meta))*\+(?:[A-Za-z0-9]+|[^\s\w])")
MENU = re.compile(r"\b(?:File|View|Layers|Operations|Macro|Ledger|Plugins|Window|Help) › ")
PALETTE = re.compile(r"palette[^.]{0,20}\((Ctrl[^)]*)\)")


def texts() -> dict[str, str]:
    paths = [*(ROOT / "bims_desktop").rglob("*.py"), *(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md")]
    return {str(path.relative_to(ROOT)): path.read_text() for path in paths}


def bound(desktop: Desktop) -> set[str]:
    main = desktop.main_window
    keys = {str(binding.keybinding) for binding in application().keybindings}
    keys |= {shortcut.key().toString() for shortcut in main.findChildren(QShortcut)}
    keys |= {key.toString() for action in main.findChildren(QAction) for key in action.shortcuts()}
    return keys | {QKeySequence(QKeySequence.StandardKey.Copy).toString()}


def paths(actions: Iterable[QAction], above: str = "") -> Iterator[str]:
    """What stands in these menus and below, as ``File › Open Recent``, without dots at the end."""
    for action in actions:
        path = above + action.text().replace("&", "").rstrip(".…")
        menu = action.menu()
        if isinstance(menu, QMenu):
            menu.aboutToShow.emit()
            yield from paths(menu.actions(), f"{path} › ")
        if above and action.text():
            yield path


def named(text: str) -> Iterator[str]:
    """Where `text` names a path through the menus, and what follows."""
    flat = " ".join(text.split())
    yield from (flat[match.start() : match.start() + 100] for match in MENU.finditer(flat))


def leads(text: str, known: Iterable[str]) -> bool:
    """Whether `text` begins with one of the `known` paths, whole."""
    return any(text.startswith(path) and not re.match(r"\w| ›", text[len(path) :]) for path in known)


def test_named_keys_and_menus_are_there(desktop: Desktop) -> None:
    found = {(key, name) for name, text in texts().items() for key in KEY.findall(text)}
    assert len({key for key, _ in found}) >= 10
    keys = bound(desktop)
    assert [(key, name) for key, name in sorted(found) if key not in keys] == []
    ways = {(way, name) for name, text in texts().items() for way in named(text)}
    known = set(paths(desktop.main_window.menuBar().actions()))
    assert {"docs/window.md", "bims_desktop/ui/draft_tabs.py"} <= {name for _, name in ways}
    assert [(way, name) for way, name in sorted(ways) if not leads(way, known)] == []
    assert not leads("File › Open Lately has them", known)


@pytest.mark.usefixtures("desktop")
def test_the_palette_is_named_with_its_own_key() -> None:
    named = {key for text in texts().values() for key in PALETTE.findall(text)}
    own = {
        str(binding.keybinding) for binding in application().keybindings if "palette" in str(binding.command_id).lower()
    }
    assert named
    assert named <= own
