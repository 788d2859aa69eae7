"""`Notifier`: one line at the window's bottom, or napari's own notification for what must be seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from napari._qt.dialogs.qt_notification import NapariQtNotification
from napari.utils.notifications import show_error, show_info, show_warning
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from bims_desktop.errors import BimsError

if TYPE_CHECKING:
    from bims_desktop.ui import Desktop

READING_MS = 8000
_DONE = "done"


class Notifier:
    """Says what happened, never in a box that must be clicked away.

    Parameters
    ----------
    desktop : Desktop
        The window.
    """

    def __init__(self, desktop: Desktop) -> None:
        self._desktop = desktop

    def show_info(self, text: str) -> None:
        """A line in the status bar."""
        self._desktop.viewer.status = text

    def show_done(self, text: str) -> None:
        """A line in the status bar and a notification with all of it, which gives way to the next one or to time."""
        for last in self._notifications():
            if last.property(_DONE):
                _put_away(last)
        self.show_info(text)
        for notification in self._show(show_info, text):
            _put_away_in_time(notification)

    def show_last(self, text: str) -> None:
        """The same once nothing runs any more, so that the news of no job take its place; a line says it at once."""
        jobs = self._desktop.jobs
        self.show_info(text)

        def tell() -> None:
            if not jobs.running:
                jobs.changed.disconnect(tell)
                self.show_done(text)

        jobs.changed.connect(tell)
        tell()

    def show_warning(self, text: str) -> None:
        """Something to mind."""
        self._show(show_warning, text)

    def show_error(self, error: BimsError) -> None:
        """What happened, to what, and what to do now."""
        self.show_info(error.what)
        self._show(show_error, str(error))

    def _show(self, show: Callable[[str], None], text: str) -> list[NapariQtNotification]:
        """Let napari show `text`, and all lines of it."""
        before = self._notifications()
        show(text)
        new = [notification for notification in self._notifications() if notification not in before]
        for notification in new:
            _unfold(notification)
        return new

    def _notifications(self) -> list[NapariQtNotification]:
        return self._desktop.main_window.findChildren(NapariQtNotification)


def _unfold(notification: NapariQtNotification) -> None:
    """All lines of it: napari shows one, and cuts it."""
    notification.setProperty("expanded", True)
    notification.geom_anim.stop()
    notification.resize(notification.width(), max(notification.height(), notification.sizeHint().height()))
    notification.move_to_bottom_right()


def _put_away_in_time(notification: NapariQtNotification) -> None:
    """After a while of reading: napari leaves it for ever where another window had the focus."""
    notification.setProperty(_DONE, True)
    notification.timer.stop()
    QTimer.singleShot(READING_MS, notification, lambda: _put_away(notification))


def _put_away(notification: NapariQtNotification) -> None:
    """Close it; the focus, which napari then gives to the image, stays where the person types."""
    focus = QApplication.focusWidget()
    notification.close()
    if focus is not None:
        focus.setFocus()
