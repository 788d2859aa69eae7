"""`UnopenedLine`: a line above the image that names the files that could not be opened, until a person took note."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bims_desktop.errors import FileError
from bims_desktop.ui.unfolding import Unfolding
from bims_desktop.ui.words import homely

if TYPE_CHECKING:
    from bims_desktop.ui import Desktop


class UnopenedLine(Unfolding):
    """The last of what could not be opened, and a list of all where that was said several times.

    Parameters
    ----------
    desktop : Desktop
        The window.
    """

    def __init__(self, desktop: Desktop) -> None:
        super().__init__(desktop, "Not opened")
        self.rows.setSelectionMode(self.rows.SelectionMode.NoSelection)
        self.show_all = self.notice.add("Show all", "All that could not be opened.")
        self.show_all.setCheckable(True)
        self.show_all.toggled.connect(self.unfold)

    def add(self, error: FileError) -> None:
        """Say one more."""
        text = homely(f"{error.what} {error.todo}".strip())
        self.rows.insertItem(0, text)
        self.notice.ask(text, "Close", "bad")
        self.show_all.setVisible(self.rows.count() > 1)
        self.unfold(self.show_all.isChecked())


def tell_unopened(desktop: Desktop, error: FileError) -> None:
    """Say above the image that a file could not be opened; what was said before and is not closed is kept."""
    shown = desktop.main_window.findChildren(UnopenedLine)
    line = shown[0] if shown else UnopenedLine(desktop)
    line.add(error)
    if not shown:
        line.put_above()
