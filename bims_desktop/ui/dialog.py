"""`Dialog`: what our windows share: the theme, one job at a time, its progress and its errors in place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout

from bims_desktop.errors import BimsError, Cancelled
from bims_desktop.ui.job_bar import JobBar
from bims_desktop.ui.keys import press_focused
from bims_desktop.ui.mnemonics import give_mnemonics
from bims_desktop.ui.notice import Notice
from bims_desktop.ui.theme import GRID, dress

if TYPE_CHECKING:
    from bims_desktop.ui import Desktop
    from bims_desktop.ui.jobs import Job

T = TypeVar("T")
_CLOSE = "Close this window; what runs in it is stopped. Esc"
_WIDTH, _HEIGHT = GRID * 144, GRID * 80
_TITLE_BAR = GRID * 5


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
        self.setWindowIcon(desktop.main_window.windowIcon())
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

    def start(
        self, title: str, work: Callable[[], T], on_done: Callable[[T], None], *, dispensable: bool = False
    ) -> None:
        """Run `work` beside the window, see `Jobs.start`; `on_done` takes its result, errors are shown in place."""
        self.notice.clear()
        job: Job = self.desktop.jobs.start(
            title,
            work,
            lambda result: self._settled(job, on_done, result),
            lambda error: self._settled(job, self.fail, error),
            dispensable=dispensable,
        )
        self._running = job
        self.job.follow(job)
        self.settle()

    def abandon(self) -> None:
        """Stop what runs at once: it is told to end, and nothing of it is shown any more."""
        self.job.stop()
        self.job.release()
        self._running = None

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
            button.setToolTip(button.toolTip() or _CLOSE)
            self._footer.addWidget(button)

    def drop(self, paths: list[Path]) -> None:
        """Take files that were dropped; windows that accept drops say how."""

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files may be dropped anywhere on the window."""
        if event.mimeData().hasUrls() and not self.busy:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Take what was dropped."""
        event.acceptProposedAction()
        self.drop([Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape stops what runs before it closes the window."""
        if event.key() == Qt.Key.Key_Escape and self.busy:
            self.job.stop()
        elif not press_focused(self, event):
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        """Everything that was put into it can now be reached by Alt and a letter; it fits the screen."""
        give_mnemonics(self)
        self.resize(self.size().boundedTo(self.screen().availableSize() - QSize(0, _TITLE_BAR)))
        super().showEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop what runs; nobody would see what comes of it."""
        self.abandon()
        self.desktop.viewer.events.theme.disconnect(self.restyle)
        super().closeEvent(event)

    def fail(self, error: BaseException) -> None:
        """Say in place what went wrong."""
        if isinstance(error, Cancelled):
            self.notice.say("Cancelled; nothing was changed.")
        elif isinstance(error, BimsError):
            self.notice.fail(error)
        else:
            self.notice.say(f"Something unexpected stopped it. {type(error).__name__}: {error}", "bad")

    def _settled(self, job: Job, take: Callable[[Any], None], value: Any) -> None:
        if job is self._running:
            self._running = None
            take(value)
            self.settle()
