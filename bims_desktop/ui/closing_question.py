"""`ClosingQuestion`: asked once, when a window with results that no file holds is closed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QListWidget

from bims_desktop.app.unsaved import unsaved
from bims_desktop.ui.question import Answer, Question
from bims_desktop.ui.save_dialog import open_save_dialog
from bims_desktop.ui.table_dock import open_tables
from bims_desktop.ui.words import several

if TYPE_CHECKING:
    from bims_desktop.app.data import Data
    from bims_desktop.ui import Desktop

_KEPT = "Closed without saving, the log of this session stays on this computer; “bims recover” runs it again."


class ClosingQuestion(Question):
    """Which results were not saved, and three answers.

    Parameters
    ----------
    desktop : Desktop
        The window.
    missed : sequence of Data
        Layers and tables that were not saved.
    close : callable
        Closes the window without asking again.
    """

    def __init__(self, desktop: Desktop, missed: Sequence[Data], close: Callable[[], None]) -> None:
        self._desktop, self._missed = desktop, tuple(missed)
        self.list = QListWidget()
        self.list.setAccessibleName("Not saved")
        self.list.addItems([_named(data) for data in missed])
        self.list.setCurrentRow(0)
        leave = Answer("Close without saving", "Close the window; what is listed is in no file.", close)
        save = Answer("Save…", "Save the selected one with provenance; the window stays open.", self._save)
        super().__init__(desktop, "Close BIMS Desktop", _sentence(missed), _KEPT, (leave, save), self.list)

    def _save(self) -> None:
        data = self._missed[max(0, self.list.currentRow())]
        if data.table is not None:
            open_tables(self._desktop, data.table).ask_where()
        else:
            open_save_dialog(self._desktop, data)


def hold(desktop: Desktop, close: Callable[[], None]) -> bool:
    """Ask before `desktop` is closed, where something would be missed; whether it shall stay open for now."""
    if (open_one := desktop.main_window.findChild(ClosingQuestion)) is not None:
        open_one.activateWindow()
        return True
    desktop.settle()
    missed = unsaved(desktop.session)
    if missed:
        ClosingQuestion(desktop, missed, close).open()
    return bool(missed)


def _sentence(missed: Sequence[Data]) -> str:
    tables = sum(data.table is not None for data in missed)
    counts = [several(len(missed) - tables, "layer"), several(tables, "table")]
    told = " and ".join(text for text in counts if not text.startswith("0 "))
    were = "was" if len(missed) == 1 else "were"
    return f"{told} {were} not saved with provenance since the last change."


def _named(data: Data) -> str:
    return f"{data.name}, {'table' if data.table is not None else data.image.kind}"
