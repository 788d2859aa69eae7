"""`WholeLine`: a line of text whose words give way as a whole to what is typed next."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent, QMouseEvent
from PySide6.QtWidgets import QLineEdit, QWidget


class WholeLine(QLineEdit):
    """The click that comes to the line selects all of it; the next click does not.

    Parameters
    ----------
    text : str, optional
        What stands there first.
    always : function() -> bool, optional
        Whether every click selects all, just now.
    """

    def __init__(
        self, text: str = "", parent: QWidget | None = None, *, always: Callable[[], bool] = lambda: False
    ) -> None:
        super().__init__(text, parent)
        self._always = always
        self._arrived = False

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Know a click that comes from somewhere else."""
        super().focusInEvent(event)
        self._arrived = event.reason() == Qt.FocusReason.MouseFocusReason

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Select all, unless the mouse selected a part."""
        super().mouseReleaseEvent(event)
        if (self._arrived or self._always()) and not self.hasSelectedText():
            self.selectAll()
        self._arrived = False
