"""`HistoryLine`: a line above the image after a file with a record was opened: how it was made so far."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QListWidgetItem

from bims_desktop.app.history import History, history_of
from bims_desktop.app.inputs import Input
from bims_desktop.errors import BimsError
from bims_desktop.ui.unfolding import Unfolding
from bims_desktop.ui.words import moment, several

if TYPE_CHECKING:
    from bims_desktop.ui import Desktop


class HistoryLine(Unfolding):
    """The steps that lie before the first one of the log; what is done now continues them.

    Parameters
    ----------
    desktop : Desktop
        The window.
    history : History
        What the record says; whether it is right is for Verify to say.
    """

    def __init__(self, desktop: Desktop, history: History) -> None:
        super().__init__(desktop, f"Steps before {history.path.name}")
        self._path = history.path
        by = f" by {history.agent}" if history.agent else ""
        self.notice.ask(
            f"{history.path.name}, saved {moment(history.created)}{by}, says that it was made in "
            f"{several(len(history.steps), 'step')}. What you do now continues them.",
            "Close",
            "good",
        )
        self.show_steps = self.notice.add("Show the steps", "How it was made, from the raw files on.")
        self.show_steps.setCheckable(True)
        self.show_steps.toggled.connect(self.unfold)
        self.verify = self.notice.add("Verify…", "Check the pixels, the steps, the signature and the ledger.")
        self.verify.clicked.connect(lambda: desktop.verify([self._path]))
        for number, sentence in enumerate(history.steps, 1):
            QListWidgetItem(f"{number}  {sentence}", self.rows)
        self.rows.setSelectionMode(self.rows.SelectionMode.NoSelection)


def show_history(desktop: Desktop, opened: Sequence[Input]) -> None:
    """Say how the last of `opened` that carries a record was made, in a line above the image."""
    told = [source.path for source in opened if source.parent]
    if told:
        path = told[-1]
        desktop.jobs.start("Reading its history", lambda: _read(path), lambda found: _show(desktop, found), silent=True)


def _read(path: Path) -> History | BimsError:
    try:
        return history_of(path)
    except BimsError as error:
        return error


def _show(desktop: Desktop, found: History | BimsError) -> None:
    for old in desktop.main_window.findChildren(HistoryLine):
        old.leave()
    if isinstance(found, BimsError):
        desktop.notifier.show_warning(f"The file carries a record that cannot be shown: {found.what}")
    else:
        HistoryLine(desktop, found).put_above()
