"""`press_focused`: Return presses the button that has the focus, as Space does."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QPushButton, QToolButton, QWidget


def press_focused(face: QWidget, event: QKeyEvent) -> bool:
    """Press the button within `face` that has the focus, if `event` is Return; whether it was so.

    Qt leaves it to the platform whether Return does that, and a button passes on what it does not take.
    """
    button = QApplication.focusWidget()
    if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
        return False
    if not isinstance(button, (QPushButton, QToolButton)) or not face.isAncestorOf(button):
        return False
    button.click()
    return True
