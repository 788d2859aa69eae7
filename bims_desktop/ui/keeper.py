"""`Keeper`: the buttons by which what a replay made is kept: as layers, or in a file with its record."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QPushButton

from bims_desktop.app.keeping import Keeping
from bims_desktop.files.csv_table import ENDING
from bims_desktop.ui.destination_form import SUFFIX, saved_in, with_ending
from bims_desktop.ui.file_dialog import ask_to_save
from bims_desktop.ui.icons import icon
from bims_desktop.ui.proving import announce_proof
from bims_desktop.ui.table_dock import open_tables
from bims_desktop.ui.theme import Palette
from bims_desktop.ui.words import homely, several

if TYPE_CHECKING:
    from bims_desktop.app.data import Data
    from bims_desktop.app.save import Report
    from bims_desktop.ui import Desktop
    from bims_desktop.ui.dialog import Dialog
    from bims_desktop.ui.performance import Performance
    from bims_desktop.ui.rehearsal import Rehearsal

_TEXTS = (".py", ".txt")


class Keeper:
    """Keep as layers, Save…; enabled once a run came to its end.

    Parameters
    ----------
    dialog : Dialog
        Runs the work, and says what came of it.
    """

    def __init__(self, dialog: Dialog) -> None:
        self._dialog = dialog
        self._keeping: Keeping | None = None
        self._suggestion, self._ending = Path(), SUFFIX
        self.busy = False
        self.keep, self.save = QPushButton("Keep as layers"), QPushButton("Save…")
        self.keep.clicked.connect(self.keep_as_layers)
        self.save.clicked.connect(self._choose)

    def take(self, keeping: Keeping, source: Path, table: bool) -> None:
        """What a run of the macro of `source` made, a `table` or an image, can be kept."""
        self._keeping = keeping
        name = source.stem if source.suffix.lower() in _TEXTS else source.name
        self._ending = ENDING if table else SUFFIX
        self._suggestion = source.absolute().with_name(with_ending(name, f"-replayed{self._ending}"))

    def drop(self) -> None:
        """There is nothing to keep any more."""
        self._keeping = None

    def allow(self, problem: str) -> None:
        """Enable what can be pressed now; a `problem` says why nothing can be kept."""
        kept = self._keeping is not None and self._keeping.on_layers
        twice = "They are layers of the main window already; run it again to keep them once more." if kept else ""
        tips = {
            self.keep: (problem or twice, "Put the results into the main window, as if the steps had been done there."),
            self.save: (problem, "Write the result with its record into a file; no layers are made."),
        }
        for button, (wrong, tip) in tips.items():
            button.setEnabled(not wrong)
            button.setToolTip(wrong or tip)

    def restyle(self, palette: Palette) -> None:
        """Take the colours of another theme."""
        self.keep.setIcon(icon("picture", palette.icon))
        self.save.setIcon(icon("save", palette.icon))

    def keep_as_layers(self) -> None:
        """Put what the steps made into the main window, beside this one."""
        if (keeping := self._keeping) is not None:
            self.busy = True
            self._dialog.start("Keeping the results as layers", keeping.as_layers, self._show_kept)

    def save_as(self, path: Path, overwrite: bool = True) -> None:
        """Write the result and its record to `path`, beside the window."""
        if (keeping := self._keeping) is not None:
            self.busy = True
            self._suggestion = path
            work = partial(keeping.as_file, path, overwrite=overwrite)
            self._dialog.start(f"Saving {path.name}", work, self._show_saved)

    def _choose(self) -> None:
        kinds = f"{'Table' if self._ending == ENDING else 'OME-TIFF'} (*{self._ending})"
        chosen = ask_to_save(self._dialog, "Save the result", self._suggestion, kinds)
        if chosen:
            # The dialog asked before it replaces the file of the name that was chosen, and of no other.
            path = Path(with_ending(chosen, self._ending))
            self.save_as(path, overwrite=path == Path(chosen))

    def _show_kept(self, made: Sequence[Data]) -> None:
        self.busy = False
        desktop = self._dialog.desktop
        self._dialog.notice.say(kept(desktop, made), "good")
        for one in made:
            if one.table is not None:
                open_tables(desktop, one.table)

    def _show_saved(self, report: Report) -> None:
        self.busy = False
        where = f"{report.path.name} in {homely(report.path.parent)}"
        self._dialog.notice.say(f"Saved {where} as record {report.number}.", "good")
        saved_in(self._dialog.desktop.session, report.path.parent)
        self._dialog.desktop.consortium.expect(report)
        announce_proof(self._dialog.desktop, report)


def kept(desktop: Desktop, made: Sequence[Data]) -> str:
    """What is in the main window now, by the names that stand there: napari numbers those that are there already."""
    layers = dict.fromkeys(desktop.layer_of(one) for one in made if one.table is None)
    names = [layer.name for layer in layers if layer is not None]
    tables = [one.name for one in made if one.table is not None]
    parts = [several(len(names), "layer")] * bool(names) + [several(len(tables), "table")] * bool(tables)
    made_of = f"{' and '.join(parts)} in the main window: {', '.join(names + tables)}"
    return f"Made {made_of}. Undo takes them back."


def unkept(rehearsal: Rehearsal | None, performance: Performance | None) -> str:
    """Why nothing can be kept now; empty where it can."""
    if rehearsal is None:
        return "Open a saved image or a macro first."
    if rehearsal.packages:
        return f"Nothing was run: functions of {', '.join(rehearsal.packages)} have to be trusted first."
    if performance is None or not performance.done:
        return "Run it first; what it makes can then be kept."
    if not performance.finished:
        left = len(rehearsal.plan.steps) - len(rehearsal.skips()) - performance.done
        return f"It stopped midway: {several(left, 'step')} still to run."
    return "A step was left out, and the result with it; tick it and run again." if rehearsal.loses_result else ""
