"""`DropLine`: a line of text that takes a file dropped on it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from bims_desktop.ui.whole_line import WholeLine


class DropLine(WholeLine):
    """Typed or pasted into like any line; a dropped file is told, not typed.

    Several at once are for the window around it, which says what becomes of them.

    Signals
    -------
    dropped : Path
        A file was dropped on it.
    """

    dropped = Signal(object)

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setAcceptDrops(True)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A file is welcome."""
        self._judge(event)
        if not event.mimeData().hasUrls():
            super().dragEnterEvent(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Anywhere on the line."""
        self._judge(event)
        if not event.mimeData().hasUrls():
            super().dragMoveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Tell of the file; text is put where it falls."""
        files = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if len(files) == 1:
            event.acceptProposedAction()
            self.dropped.emit(Path(files[0]))
        elif files:
            event.ignore()
        else:
            super().dropEvent(event)

    def _judge(self, event: QDragMoveEvent) -> None:
        if len(event.mimeData().urls()) == 1:
            event.acceptProposedAction()
        else:
            event.ignore()
