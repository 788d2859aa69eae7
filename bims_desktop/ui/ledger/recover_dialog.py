"""`RecoverDialog`: find the record of an image that lost it, and put it back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLineEdit, QPushButton, QStackedWidget, QTableView

from bims_desktop.app import restore
from bims_desktop.ui.destination_form import SUFFIX, suggested
from bims_desktop.ui.dialog import Dialog
from bims_desktop.ui.file_box import FileBox
from bims_desktop.ui.labelled import label_for
from bims_desktop.ui.ledger.candidate_table import CandidateTable
from bims_desktop.ui.ledger.work import file_of
from bims_desktop.ui.pane import quiet
from bims_desktop.ui.rows import as_rows
from bims_desktop.ui.theme import GRID, assign
from bims_desktop.ui.words import only_first, typed_path

if TYPE_CHECKING:
    from bims_desktop.app.candidates import Candidate, Found
    from bims_desktop.app.data import Data
    from bims_desktop.app.restore import Restored
    from bims_desktop.ui import Desktop

_EMPTY = """An image loses its record when another program saves it, or when it is sent through a messenger.

Choose the image, or drop it here: its record is found by the pixels, in the ledgers that you use."""
_UNKNOWN = """No ledger that was asked knows the pixels of {name}.
Take the image as it was saved, neither cropped nor converted; or name the ledger of the consortium that knows it \
under Ledger › Ledger Settings."""
_KINDS = "Images (*.tif *.tiff *.png *.jpg);;All files (*)"


class RecoverDialog(Dialog):
    """The image on top, the records found of it below, the new file at the bottom.

    Parameters
    ----------
    desktop : Desktop
        The window.
    """

    def __init__(self, desktop: Desktop) -> None:
        super().__init__(desktop, "Recover record")
        self._home = desktop.session.home
        self._restored: Restored | None = None
        self._replace = False
        self.file, self.target = FileBox("Image", _KINDS, "The image that lost its record; drop it here"), QLineEdit()
        self.model, self.table = CandidateTable(self.colours, self), QTableView()
        self.empty = quiet(_EMPTY, Qt.AlignmentFlag.AlignCenter)
        self.restore_button, self.close_button = QPushButton("Put the record back"), QPushButton("Close")
        self._stack = QStackedWidget()
        self._lay_out()
        self._connect()
        self.restyle()
        self.settle()

    def look_for(self, path: Path) -> None:
        """Look for the records of the image in `path`, beside the window."""
        home = self._home
        self.model.show_candidates(())
        self.start(f"Looking for the record of {path.name}", lambda: restore.find(path, home), self._show)

    def look_for_data(self, data: Data) -> None:
        """Begin with the file that an image of the session came from."""
        home = self._home
        self.start(f"Looking for the file of {data.name}", lambda: file_of(data, home), self.file.choose)

    def restore(self) -> None:
        """Write the new file, beside the window."""
        path, candidate, home = self.file.path, self._candidate(), self._home
        if path is None or candidate is None:
            return
        out, record, replace = typed_path(self.target.text().strip()), candidate.record.digest, self._replace
        self._restored = None
        if out == path.absolute():
            self.notice.say("The image itself stays as it is. Give the new file another name.")
            return
        if out.exists() and not replace:
            self.notice.ask(f"{out.name} exists already in {out.parent}.", "Replace it")
            return
        work = lambda: restore.restore(path, home, out=out, record=record, overwrite=replace)  # noqa: E731
        self.start(f"Writing {out.name}", work, self._done)

    def settle(self) -> None:
        """Enable what can be done now, and say why the rest cannot."""
        problem = self.file.problem() or ("" if self._candidate() else "Select the record to put back.")
        if self._restored is not None:
            problem = f"{self._restored.path.name} carries it. Name another file to put it back once more."
        self.restore_button.setEnabled(not problem and not self.busy)
        assign(self.restore_button, "" if self._restored else "primary")
        assign(self.notice.answer, "primary" if self._restored else "")
        self.restore_button.setToolTip(problem or "Write a new file that carries the record; the image stays as it is.")
        self._stack.setCurrentIndex(1 if self.model.rowCount() else 0)
        self.target.setEnabled(self.model.rowCount() > 0)

    def restyle(self) -> None:
        """Take the colours of the theme."""
        super().restyle()
        self.file.restyle(self.colours)
        self.model.restyle(self.colours)

    def drop(self, paths: list[Path]) -> None:
        """Take the image."""
        if paths:
            self.file.choose(paths[0])
        if told := only_first([path.name for path in paths]):
            self.notice.say(told)

    def _lay_out(self) -> None:
        self.resize(GRID * 104, GRID * 56)
        self.setAcceptDrops(True)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.table)
        grid = QGridLayout()
        grid.setSpacing(GRID)
        grid.addWidget(label_for(self.file.line, "Image", "Any format that holds the pixels unchanged."), 0, 0)
        grid.addWidget(self.file, 0, 1)
        grid.addWidget(self._stack, 1, 0, 1, 2)
        help = "The image with its record; the one above stays as it is."
        grid.addWidget(label_for(self.target, "New file", help), 2, 0)
        self.target.setPlaceholderText("Named after the image, once its record is found")
        grid.addWidget(self.target, 2, 1)
        grid.setRowStretch(1, 1)
        self.page.addLayout(grid, 1)
        self.table.setModel(self.model)
        as_rows(self.table, "Records of this image", stretch=4, widths={0: 14, 1: 16, 2: 26, 3: 11})
        self.add_footer(self.close_button, self.restore_button)
        self.restore_button.setDefault(True)

    def _connect(self) -> None:
        self.file.changed.connect(self._changed)
        self.table.selectionModel().selectionChanged.connect(self._moved)
        self.restore_button.clicked.connect(self.restore)
        self.close_button.clicked.connect(self.close)
        self.target.textChanged.connect(self._moved)
        self.notice.answer.clicked.connect(self._answer)

    def _changed(self) -> None:
        self.abandon()
        self._moved()
        self.model.show_candidates(())
        self.target.clear()
        path = self.file.path
        if path is not None and path.is_file():
            self.look_for(path)
        self.settle()

    def _show(self, found: Found) -> None:
        path = self.file.path
        assert path is not None
        self.model.show_candidates(found.candidates)
        if found.candidates:
            self.table.selectRow(0)
            self.target.setText(str(_beside(path)))
        else:
            self.notice.say("\n".join(found.problems) or _UNKNOWN.format(name=path.name))

    def _candidate(self) -> Candidate | None:
        rows = self.table.selectionModel().selectedRows()
        return self.model.rows[rows[0].row()] if rows else None

    def _done(self, restored: Restored) -> None:
        self._restored = restored
        said = [f"{restored.path.name} carries its record again.", *restored.notes]
        if restored.changed:
            said.append(f"Changed since it was saved: {', '.join(restored.changed)}.")
        state = "unknown" if restored.changed or restored.notes else "good"
        self.notice.ask("\n".join(said), "Open it", state)

    def _moved(self) -> None:
        """Another place, or another record: nobody has agreed to replace what is there."""
        self._replace, self._restored = False, None
        self.notice.clear()
        self.settle()

    def _answer(self) -> None:
        """Open what was written; before it is, agree to replace what is there."""
        if self._restored is not None:
            self.desktop.open([self._restored.path])
            self.close()
        else:
            self._replace = True
            self.restore()


def _beside(path: Path) -> Path:
    """Where the new file goes unless somebody says otherwise."""
    stem = suggested(path.parent, path.name).name.removesuffix(SUFFIX)
    return path.with_name(f"{stem}-recovered{SUFFIX}")


def open_recover_dialog(desktop: Desktop) -> RecoverDialog:
    """Show the dialog, beginning with the file of the selected layer."""
    dialog = RecoverDialog(desktop)
    dialog.show()
    layer = desktop.viewer.layers.selection.active
    data = None if layer is None else desktop.data_of(layer)
    if data is not None and data.table is None:
        dialog.look_for_data(data)
    return dialog
