"""`Notifier`: one line at the window's bottom, or napari's own notification for what must be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari.utils.notifications import show_error, show_info, show_warning

from bims_desktop.errors import BimsError

if TYPE_CHECKING:
    from bims_desktop.ui import Desktop


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
        """A line in the status bar and a notification that fades."""
        self.show_info(text)
        show_info(text)

    def show_warning(self, text: str) -> None:
        """Something to mind."""
        show_warning(text)

    def show_error(self, error: BimsError) -> None:
        """What happened, to what, and what to do now."""
        self.show_info(error.what)
        show_error(str(error))
