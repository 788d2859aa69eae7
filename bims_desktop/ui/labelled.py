"""`label_for`: the text beside an editor, bound to it for the mouse, the keyboard and screen readers."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget


def label_for(editor: QWidget, text: str, help: str) -> QLabel:
    """A label that names `editor`; `help` is the tool tip of both."""
    label = QLabel(text)
    label.setBuddy(editor)
    label.setAlignment(Qt.AlignmentFlag.AlignVCenter)
    for widget in (label, editor):
        widget.setToolTip(help)
    editor.setAccessibleName(text)
    return label
