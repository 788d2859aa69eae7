"""`Dialog`: what our windows share: the theme, one job at a time, its progress and its errors in place."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout

from bims_desktop.errors import BimsError, Cancelled
from bims_desktop.ui.job_bar import JobBar
from bims_desktop.ui.notice import Notice
from bims_desktop.ui.theme import GRID, dress

if TYPE_CHECKING:
    from bims_desktop.ui import Desktop
    from bims_desktop.ui.jobs import Job

T = TypeVar("T")
_WIDTH, _HEIGHT = GRID * 132, GRID * 80


class Dialog(QDialog):
    """A window beside the main one, never in its way.

    Parameters
    ----------
    desktop : Desktop
        The main window.
    title : str
        Of this one.
    """

    def __init__(self, desktop: Desktop, title: str) -> None:
        super().__init__(desktop.main_window)
        self.desktop = desktop
        self.colours = dress(self, desktop.viewer)
        self.notice, self.job = Notice(), JobBar()
        self._running: Job | None = None
        self.setWindowTitle(title)
        self.setModal(False)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(_WIDTH, _HEIGHT)
        self.page = QVBoxLayout()
        self.page.setSpacing(GRID)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        layout.setSpacing(GRID)
        layout.addLayout(self.page, 1)
        layout.addWidget(self.notice)
        self._footer = QHBoxLayout()
        self._footer.setSpacing(GRID)
        self._footer.addWidget(self.job, 1)
        layout.addLayout(self._footer)
        desktop.viewer.events.theme.connect(self.restyle)

    @property
    def busy(self) -> bool:
        """Whether its job still runs."""
        return self._running is not None

    def start(self, title: str, work: Callable[[], T], on_done: Callable[[T], None]) -> None:
        """Run `work` beside the window; `on_done` takes its result, errors are shown in place."""
        self.notice.clear()
        job = self.desktop.jobs.start(title, work, on_done, self._failed)
        self._running = job
        job.ended.connect(self._ended)
        self.job.follow(job)
        self.settle()

    def settle(self) -> None:
        """Enable what can be done now; windows with such things say how."""

    def restyle(self) -> None:
        """Take the colours of the theme."""
        self.colours = dress(self, self.desktop.viewer)
        self.notice.follow(self.colours)

    def add_footer(self, *buttons: QPushButton) -> None:
        """Put `buttons` at the lower right."""
        self._footer.addStretch(0)
        for button in buttons:
            button.setAutoDefault(False)
            self._footer.addWidget(button)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape stops what runs before it closes the window."""
        if event.key() == Qt.Key.Key_Escape and self.busy:
            self.job.stop()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop what runs; nobody would see what comes of it."""
        self.job.stop()
        self.desktop.viewer.events.theme.disconnect(self.restyle)
        super().closeEvent(event)

    def _ended(self) -> None:
        self._running = None
        self.settle()

    def _failed(self, error: BaseException) -> None:
        if isinstance(error, Cancelled):
            self.notice.say("Cancelled; nothing was changed.")
        elif isinstance(error, BimsError):
            self.notice.fail(error)
        else:
            self.notice.say(f"Something unexpected stopped it. {type(error).__name__}: {error}", "bad")
