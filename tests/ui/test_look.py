"""What every widget of ours owes a person: a name for screen readers, a tool tip, a key, an icon that can be seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QScrollArea,
    QSplitter,
    QTabBar,
    QTabWidget,
    QToolButton,
    QWidget,
)

from bims_desktop.ui import Desktop
from bims_desktop.ui.acquisition.dock import open_acquisition
from bims_desktop.ui.capture.napari_menus import application
from bims_desktop.ui.menu_icons import ICONS
from bims_desktop.ui.table_dock import open_tables
from tests.ui.dialogs import open_dialogs

INNER = ("qt_", "ScrollLeftButton", "ScrollRightButton")


@pytest.fixture
def faces(desktop: Desktop, nuclei: Path, tmp_path: Path, pump: Callable[..., None]) -> list[QWidget]:
    """All our docks and windows, with something in them."""
    dialogs = open_dialogs(desktop, nuclei, tmp_path, pump)
    desktop.choose("gaussian")
    docks = [desktop.panel, desktop.log, open_tables(desktop), open_acquisition(desktop)]
    for _ in range(3):
        desktop.wait()
        pump(20)
    return [*docks, *dialogs]


def focusable(face: QWidget) -> Iterator[QWidget]:
    for widget in [face, *face.findChildren(QWidget)]:
        inner = widget.objectName().startswith(INNER) or isinstance(widget, QTabBar)
        inner |= widget.window() is not face.window()  # the list of a box, which is named after it
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and not inner and not widget.isHidden():
            yield widget


def named(widget: QWidget, face: QWidget) -> bool:
    """Whether a screen reader has words for it: its own, its text, or the label beside it."""
    words = widget.accessibleName() or (widget.text() if isinstance(widget, (QAbstractButton, QLabel)) else "")
    return bool(words) or any(label.buddy() is widget for label in face.findChildren(QLabel))


def path_of(widget: QWidget, face: QWidget) -> str:
    names = []
    while widget is not None and widget is not face:
        names.append(type(widget).__name__)
        widget = widget.parentWidget()
    return " < ".join([*names, type(face).__name__])


def test_every_widget_has_a_name_and_every_button_a_tool_tip(faces: list[QWidget]) -> None:
    silent, untold = [], []
    for face in faces:
        for widget in focusable(face):
            if not (named(widget, face) or passes_on(widget)):
                silent.append(path_of(widget, face))
        for button in face.findChildren(QAbstractButton):
            if ours(button) and not button.isHidden() and not button.toolTip():
                untold.append(f"{button.text()!r} in {path_of(button, face)}")
    assert not silent, "\n".join(silent)
    assert not untold, "\n".join(untold)


def passes_on(widget: QWidget) -> bool:
    """A part of an editor that is named itself, a text, or a frame that only scrolls."""
    parent = widget.parentWidget()
    inside = parent is not None and bool(parent.accessibleName())
    return inside or isinstance(widget, (QLabel, QScrollArea, QSplitter, QTabWidget))


def ours(button: QAbstractButton) -> bool:
    """Not a part that Qt made, such as what clears a line."""
    made = isinstance(button.parentWidget(), (QLineEdit, QTabBar)) or button.objectName().startswith(INNER)
    return isinstance(button, (QPushButton, QToolButton, QCheckBox)) and not made


def test_our_commands_have_icons_that_follow_the_theme(desktop: Desktop) -> None:
    ids = {id for id in map(str, dict(application().commands).keys()) if id.startswith("bims.")}
    assert {id for id in ids if not id.startswith(("bims.operation.", "bims.recent.", "bims.window."))} <= set(ICONS)
    menu = desktop.viewer.window.file_menu
    drawn = {theme: saved_icon(desktop, menu, theme) for theme in ("dark", "light")}
    assert not drawn["dark"].isNull()
    assert drawn["dark"].toImage() != drawn["light"].toImage()


def saved_icon(desktop: Desktop, menu: QMenu, theme: str) -> QPixmap:
    desktop.viewer.theme = theme
    menu.aboutToShow.emit()
    (action,) = [action for action in menu.actions() if action.objectName() == "bims.save"]
    return action.icon().pixmap(16, 16)


def test_our_shortcuts_take_none_of_naparis(desktop: Desktop) -> None:
    keys: dict[str, set[str]] = {}
    for binding in application().keybindings:
        keys.setdefault(str(binding.keybinding), set()).add(binding.command_id)
    shared = {key: ids for key, ids in keys.items() if len(ids) > 1 and any(id.startswith("bims.") for id in ids)}
    assert shared == {}
