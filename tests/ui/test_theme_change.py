"""A change of the theme changes colours, and no word that is shown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from bims_desktop.operations import registry
from bims_desktop.ui import Desktop
from bims_desktop.ui.operation_help import OperationHelp
from bims_desktop.ui.table_dock import open_tables
from tests.ui.dialogs import open_dialogs
from tests.ui.palette import PALETTE


def shown(faces: list[QWidget]) -> list[tuple[str, bool, int]]:
    """Every text that is seen, whether it goes on in a second line, and how high it stands."""
    labels = [label for face in faces for label in face.findChildren(QLabel) if label.isVisible()]
    # Not the text that a label gives but the one that is painted.
    return [(QLabel.text(label), label.wordWrap(), label.height()) for label in labels]


def test_every_dock_and_dialog(desktop: Desktop, nuclei: Path, tmp_path: Path, pump: Callable[..., None]) -> None:
    dialogs = open_dialogs(desktop, nuclei, tmp_path, pump)
    faces: list[QWidget] = [desktop.panel, desktop.log, open_tables(desktop), *dialogs]
    desktop.panel.chooser.setEditText("no operation is called like this")
    desktop.panel.chooser.lineEdit().textEdited.emit(desktop.panel.chooser.currentText())  # type: ignore[union-attr]
    desktop.log.filters.text.setText("no action is called like this")
    pump(50)
    before = shown(faces)
    assert any("Try another word, or open the list" in text for text, _, _ in before)
    for theme in ("light", "dark"):
        desktop.viewer.theme = theme
        pump(50)
        assert shown(faces) == before, theme


def test_a_message_is_folded_by_no_theme_and_a_help_stays_folded(qtbot: QtBot) -> None:
    help = OperationHelp(PALETTE)
    qtbot.addWidget(help)
    help.resize(120, 80)
    help.say("No operation is about “zzzz”. Try another word, or open the list.")
    help.restyle(PALETTE)
    assert help.line.wordWrap()
    assert QLabel.text(help.line) == help.line.text()
    help.show_operation(registry.get("gaussian"))
    help.restyle(PALETTE)
    assert not help.line.wordWrap()
