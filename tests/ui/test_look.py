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
from bims_desktop.ui.closing_question import ClosingQuestion
from bims_desktop.ui.ledger.attest_dialog import open_attest_dialog
from bims_desktop.ui.ledger.browser import LedgerBrowser, open_ledger_browser
from bims_desktop.ui.ledger.recover_dialog import open_recover_dialog
from bims_desktop.ui.ledger.settings import open_ledger_settings
from bims_desktop.ui.macro_player import open_macro_player
from bims_desktop.ui.menu_icons import ICONS
from bims_desktop.ui.save_dialog import open_save_dialog
from bims_desktop.ui.table_dock import open_tables
from bims_desktop.ui.verify_dialog import open_verify_dialog

INNER = ("qt_", "ScrollLeftButton", "ScrollRightButton")


@pytest.fixture
def faces(desktop: Desktop, nuclei: Path, tmp_path: Path, pump: Callable[..., None]) -> list[QWidget]:
    """All our docks and windows, with something in them."""
    session = desktop.session
    cells = session.open(nuclei)
    labels = session.run("label", session.run("threshold_otsu", session.run("gaussian", cells)))
    session.run("regionprops_table", labels, cells)
    saved = session.save(labels, tmp_path / "labels.ome.tif").path
    desktop.choose("gaussian")
    windows = [
        open_tables(desktop),
        open_acquisition(desktop),
        open_save_dialog(desktop, labels),
        open_verify_dialog(desktop, [saved, nuclei]),
        open_macro_player(desktop, saved),
        open_ledger_browser(desktop),
        open_recover_dialog(desktop),
        open_attest_dialog(desktop),
        open_ledger_settings(desktop),
        ClosingQuestion(desktop, [cells], lambda: None),
    ]
    for _ in range(3):
        desktop.wait()
        pump(20)
    browser = next(window for window in windows if isinstance(window, LedgerBrowser))
    browser.entries.table.selectRow(0)
    browser.ask("retract")
    return [desktop.panel, desktop.log, *windows]


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
    assert {id for id in ids if not id.startswith(("bims.operation.", "bims.recent."))} <= set(ICONS)
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
