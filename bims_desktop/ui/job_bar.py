"""`JobBar`: what is being done, how far it is, and a button that stops it at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QWidget

from bims_desktop.ui.theme import GRID
from bims_desktop.ui.words import tip

if TYPE_CHECKING:
    from bims_desktop.ui.jobs import Job

_FINE = 1000


class _Bar(QProgressBar):
    """Says what is being done also while nobody knows how far it is; Qt's own bar then says nothing."""

    def text(self) -> str:
        """What is being done and how far it is; where room is short, dots stand for the middle of it."""
        return self.fontMetrics().elidedText(super().text(), Qt.TextElideMode.ElideMiddle, self.width() - GRID)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the words over a busy bar."""
        super().paintEvent(event)
        if self.maximum() == 0:
            words = self.fontMetrics().elidedText(self.format(), Qt.TextElideMode.ElideRight, self.width())
            QPainter(self).drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, words)


class JobBar(QWidget):
    """Hidden while nothing runs."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._job: Job | None = None
        self.bar = _Bar()
        self.bar.setAccessibleName("Progress")
        # Else Enter in a line of text would press it.
        self.cancel = QPushButton("Cancel", autoDefault=False)
        self.cancel.setToolTip("Stop it now; nothing is changed.")
        self.cancel.clicked.connect(self.stop)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(self.bar, 1)
        layout.addWidget(self.cancel)
        self.hide()

    @property
    def busy(self) -> bool:
        """Whether a job that it follows still runs."""
        return self._job is not None

    def follow(self, job: Job) -> None:
        """Show `job` until it ends."""
        self.release()
        self._job = job
        # Busy until the job says how far it is: a bar that stands at 0 % looks stuck.
        self.bar.setRange(0, 0)
        self.bar.setFormat(job.label)
        self.bar.setToolTip(tip(job.label))
        self.cancel.setEnabled(True)
        job.progressed.connect(self._progress)
        job.ended.connect(self.release)
        self.show()

    def stop(self) -> None:
        """Cancel the job that runs."""
        if self._job is not None:
            self._job.cancel()
            self.cancel.setEnabled(False)

    def release(self) -> None:
        """Show nothing more of the job, whether it ended or not."""
        if self._job is not None:
            self._job.progressed.disconnect(self._progress)
            self._job.ended.disconnect(self.release)
        self._job = None
        self.hide()

    def _progress(self, fraction: float) -> None:
        if self._job is None:
            return
        self.bar.setRange(0, _FINE)
        self.bar.setValue(round(fraction * _FINE))
        self.bar.setFormat(f"{self._job.label}  %p %")
