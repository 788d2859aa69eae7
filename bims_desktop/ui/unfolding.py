"""`Unfolding`: a line above the image with a list below it, which one button unfolds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QListWidget, QVBoxLayout

from bims_desktop.ui.notice import Notice
from bims_desktop.ui.offer import put_above, take_away
from bims_desktop.ui.theme import GRID, dress

if TYPE_CHECKING:
    from bims_desktop.ui import Desktop

_FOLDED, _MOST_ROWS = 6 * GRID, 8
_INDENT = 4 * GRID + GRID // 2
"""Of the rows: they begin where the words above them do."""


class Unfolding(QFrame):
    """Base of such lines; they stand in nobody's way, and leave with one click.

    Parameters
    ----------
    desktop : Desktop
        The window.
    name : str
        Of the dock, and of the list for screen readers.
    """

    def __init__(self, desktop: Desktop, name: str) -> None:
        super().__init__()
        self.desktop, self._name = desktop, name
        self.notice, self.rows = Notice(), QListWidget()
        self.rows.setAccessibleName(name)
        self.rows.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.notice)
        layout.addWidget(self.rows, 1)
        self.rows.setViewportMargins(_INDENT, 0, 0, 0)
        self.notice.answer.clicked.connect(self.leave)
        self.setMaximumHeight(_FOLDED)
        self._restyle()
        desktop.viewer.events.theme.connect(self._restyle)

    def put_above(self) -> None:
        """Show it above the image."""
        put_above(self.desktop, self, self._name)

    def unfold(self, unfolded: bool = True) -> None:
        """Show or hide the list."""
        self.rows.setVisible(unfolded)
        rows = min(max(self.rows.count(), 1), _MOST_ROWS)
        height = self.rows.sizeHintForRow(0) * rows + 2 * GRID if unfolded else 0
        self.rows.setFixedHeight(height)
        self.setMaximumHeight(_FOLDED + height)

    def leave(self) -> None:
        """Take the line away."""
        self.desktop.viewer.events.theme.disconnect(self._restyle)
        take_away(self.desktop, self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape takes the line away."""
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)

    def _restyle(self) -> None:
        self.notice.follow(dress(self, self.desktop.viewer))
