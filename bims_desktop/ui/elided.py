"""`Elided`: a line of text with dots in its middle where room is short."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel

from bims_desktop.ui.theme import GRID
from bims_desktop.ui.words import tip

_NARROWEST = 8 * GRID


class Elided(QLabel):
    """Such as the name of a file, whose beginning and end tell it apart; the tool tip is the whole of it."""

    def __init__(self, text: str) -> None:
        super().__init__(text, indent=0)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setToolTip(tip(text))

    def minimumSizeHint(self) -> QSize:
        """A few letters."""
        whole = super().minimumSizeHint()
        return QSize(min(whole.width(), _NARROWEST), whole.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw as much as there is room for."""
        room = self.contentsRect()
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideMiddle, room.width())
        painter = QPainter(self)
        self.style().drawItemText(
            painter, room, self.alignment(), self.palette(), self.isEnabled(), shown, self.foregroundRole()
        )
