"""`label_for`: the text beside an editor, bound to it for the mouse, the keyboard and screen readers."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from bims_desktop.ui.theme import GRID


def label_for(editor: QWidget, text: str, help: str) -> QLabel:
    """A label that names `editor`; `help` is the tool tip of both."""
    label = QLabel(text, indent=0)
    label.setBuddy(editor)
    label.setContentsMargins(0, 0, GRID // 4, 0)  # else the last letter is cut where the style makes the text wider
    label.setAlignment(Qt.AlignmentFlag.AlignVCenter)
    for widget in (label, editor):
        widget.setToolTip(help)
    editor.setAccessibleName(text)
    return label
