"""`ClosingQuestion`: asked when a window with results that no file holds is closed; it closes once they are saved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from napari.layers import Layer
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QAbstractItemView, QListWidget

from bims_desktop.app.data import Data
from bims_desktop.app.table_title import titles
from bims_desktop.app.unsaved import behind_saved, unsaved
from bims_desktop.ui.capture.saving import save_by_napari
from bims_desktop.ui.question import Answer, Question
from bims_desktop.ui.running_question import RunningQuestion, counting
from bims_desktop.ui.save_dialog import open_save_dialog
from bims_desktop.ui.table_dock import open_tables
from bims_desktop.ui.theme import GRID
from bims_desktop.ui.words import several

if TYPE_CHECKING:
    from bims_desktop.ui import Desktop

_MOST_ROWS, _ROW = 8, 18
_KINDS = {"intensity": "image", "rgb": "colour image"}
_TOLD = "in the history of what you saved"
_UNPROVEN = "What you save now is not replayed, as the window closes; Ledger › Attest by Replay makes it up later."


class ClosingQuestion(Question):
    """Which results were not saved, and three answers.

    Those that no saved file was made from come first, and only they are selected; where there are none, nothing is
    asked: the others come again from the records of what was made from them.

    Parameters
    ----------
    desktop : Desktop
        The window.
    missed : sequence of Data or napari layer
        Layers and tables that were not saved; layers that are not recorded as they are in napari.
    close : callable
        Closes the window without asking again.
    """

    def __init__(self, desktop: Desktop, missed: Sequence[Data | Layer], close: Callable[[], None]) -> None:
        behind = behind_saved(desktop.session)
        told = [one for one in missed if isinstance(one, Data) and one.version in behind]
        lost = [one for one in missed if one not in told]
        self._desktop, self._missed, self._close = desktop, (*lost, *told), close
        self.list = QListWidget()
        self.list.setAccessibleName("Not saved")
        self.list.addItems([*map(_named, lost), *(f"{_named(one)}, {_TOLD}" for one in told)])
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        for row in range(len(lost)):
            self.list.item(row).setSelected(True)
        self.list.itemSelectionChanged.connect(self._settle)
        self.list.setFixedHeight(_ROW * min(len(missed), _MOST_ROWS) + GRID // 2)
        leave = Answer("Close without saving", "Close the window; what is listed is in no file.", self._leave)
        save = Answer("Save…", "Save what is selected, then close the window.", self._save)
        text = _sentence(lost, len(told))
        super().__init__(desktop, "Close BIMS Desktop", text, _detail(desktop, missed), (leave, save), self.list)
        self._settle()

    def _settle(self) -> None:
        self.buttons[-1].setEnabled(bool(self.list.selectedIndexes()))

    def _leave(self) -> None:
        """Close; what came since it was asked is asked for as well."""
        if all(one in self._missed for one in _missed(self._desktop)) or not hold(self._desktop, self._close):
            self._close()

    def _save(self) -> None:
        rows = sorted(index.row() for index in self.list.selectedIndexes())
        chosen = [self._missed[row] for row in rows]
        recorded = [one for one in chosen if isinstance(one, Data)]
        desktop, close = self._desktop, self._close
        if loose := [one for one in chosen if isinstance(one, Layer)]:
            save_by_napari(desktop.viewer, loose)
        # What is pressed to save stands above the window that it closes: that ends first.
        then = partial(QTimer.singleShot, 0, desktop.main_window, partial(_go_on, desktop, loose, close))
        if len(recorded) == 1 and recorded[0].table is not None:
            open_tables(desktop, recorded[0].table).ask_where(then)
        elif recorded:
            open_save_dialog(desktop, *recorded).saved.connect(then)
        else:
            then()


def hold(desktop: Desktop, close: Callable[[], None]) -> bool:
    """Ask before `desktop` is closed, where something would be missed; whether it shall stay open for now."""
    asked = (*desktop.main_window.findChildren(RunningQuestion), *desktop.main_window.findChildren(ClosingQuestion))
    if open_ones := [one for one in asked if one.isVisible()]:
        open_ones[0].activateWindow()
        return True
    if running := counting(desktop):
        RunningQuestion(desktop, running, lambda: _go_on(desktop, (), close)).open()
        return True
    missed = _missed(desktop)
    behind = behind_saved(desktop.session)
    if all(isinstance(one, Data) and one.version in behind for one in missed):
        return False
    ClosingQuestion(desktop, missed, close).open()
    return True


def _missed(desktop: Desktop) -> tuple[Data | Layer, ...]:
    return (*unsaved(desktop.session), *desktop.loose.unsaved)


def _go_on(desktop: Desktop, loose: Sequence[Layer], close: Callable[[], None]) -> None:
    """Close what was to be closed before the save, and ask for what is left; who saved nothing after all stays."""
    desktop.settle()
    if not any(layer in desktop.loose.unsaved for layer in loose) and not hold(desktop, close):
        close()


def _sentence(missed: Sequence[Data | Layer], more: int) -> str:
    were = "was" if len(missed) == 1 else "were"
    how = " with provenance" if any(isinstance(one, Data) for one in missed) else ""
    rest = f"; {more} more {'is' if more == 1 else 'are'} {_TOLD}" if more else ""
    return f"{_counted(missed)} {were} not saved{how} since the last change{rest}."


def _counted(missed: Sequence[Data | Layer]) -> str:
    tables = sum(isinstance(one, Data) and one.table is not None for one in missed)
    counts = [several(len(missed) - tables, "layer"), several(tables, "table")]
    return " and ".join(text for text in counts if not text.startswith("0 "))


def _detail(desktop: Desktop, missed: Sequence[Data | Layer]) -> str:
    name = desktop.session.folder.name
    kept = f"Closed without saving, the log of this session stays on this computer; “bims log {name}” shows it."
    if any(isinstance(one, Data) for one in missed):
        kept = f"{kept}\n{_UNPROVEN}"
    if not any(isinstance(one, Layer) for one in missed):
        return kept
    loose = "Points, shapes and the like are not recorded: napari saves them, without provenance, or they are lost."
    return f"{loose}\n{kept}"


def _named(one: Data | Layer) -> str:
    if isinstance(one, Layer):
        return f"{one.name}, {type(one).__name__.lower()}, not recorded"
    if one.table is not None:
        return f"{titles(one.session)[one]}, table"
    return f"{one.name}, {_KINDS.get(one.image.kind, one.image.kind)}"
