"""`AttestDialog`: replay a saved image, and give word in the ledger for what comes of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QVBoxLayout

from bims_desktop.ui.dialog import Dialog
from bims_desktop.ui.file_box import FileBox
from bims_desktop.ui.labelled import label_for
from bims_desktop.ui.ledger.deeds import attest
from bims_desktop.ui.ledger.work import file_of
from bims_desktop.ui.pane import quiet
from bims_desktop.ui.theme import GRID, assign
from bims_desktop.ui.words import only_first

if TYPE_CHECKING:
    from bims_desktop.app.data import Data
    from bims_desktop.ui import Desktop

_EMPTY = """Choose an image that was saved with provenance, by you or by somebody else, or drop it here.

Its macro is run again in a fresh process and the pixels are compared.

What comes of it is signed with your key and kept in the ledger, for all who verify the image later."""


class AttestDialog(Dialog):
    """The image on top, the verdict below, large.

    Parameters
    ----------
    desktop : Desktop
        The window.
    """

    def __init__(self, desktop: Desktop) -> None:
        super().__init__(desktop, "Attest by replay")
        self._home = desktop.session.home
        self.file = FileBox("Image", "Images (*.tif *.tiff);;All files (*)", "The saved image; drop it here")
        self.verdict, self.words = QLabel(wordWrap=True), QLabel(wordWrap=True)
        self.empty = quiet(_EMPTY, Qt.AlignmentFlag.AlignCenter)
        self.attest_button, self.close_button = QPushButton("Replay and attest"), QPushButton("Close")
        self._lay_out()
        self._connect()
        self.restyle()
        self.settle()

    def begin_with(self, data: Data) -> None:
        """Take the file that an image of the session came from, or was saved as."""
        home = self._home
        self.start(f"Looking for the file of {data.name}", lambda: file_of(data, home), self.file.choose)

    def attest(self) -> None:
        """Replay, beside the window."""
        path, home = self.file.path, self._home
        if path is not None:
            self._forget()
            self.start(f"Replaying {path.name}", lambda: attest(home, path), self._show)

    def settle(self) -> None:
        """Enable what can be done now, and say why the rest cannot."""
        problem = self.file.problem()
        self.attest_button.setEnabled(not problem and not self.busy)
        self.attest_button.setToolTip(problem or "Run its macro again, compare, and sign what came of it.")
        self.empty.setVisible(self.verdict.isHidden())

    def restyle(self) -> None:
        """Take the colours of the theme."""
        super().restyle()
        self.file.restyle(self.colours)

    def drop(self, paths: list[Path]) -> None:
        """Take the image."""
        if paths:
            self.file.choose(paths[0])
        if told := only_first([path.name for path in paths]):
            self.notice.say(told)

    def _lay_out(self) -> None:
        self.resize(GRID * 88, GRID * 40)
        self.setAcceptDrops(True)
        said = QVBoxLayout()
        said.setSpacing(GRID)
        said.addStretch(1)
        for label in (self.verdict, self.words):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.hide()
            said.addWidget(label)
        said.addStretch(1)
        grid = QGridLayout()
        grid.setSpacing(GRID)
        grid.addWidget(label_for(self.file.line, "Image", "A saved image that carries its record."), 0, 0)
        grid.addWidget(self.file, 0, 1)
        grid.addWidget(self.empty, 1, 0, 1, 2)
        grid.addLayout(said, 1, 0, 1, 2)
        grid.setRowStretch(1, 1)
        self.page.addLayout(grid, 1)
        assign(self.attest_button, "primary")
        self.add_footer(self.close_button, self.attest_button)
        self.attest_button.setDefault(True)

    def _connect(self) -> None:
        self.file.changed.connect(self._changed)
        self.attest_button.clicked.connect(self.attest)
        self.close_button.clicked.connect(self.close)

    def _changed(self) -> None:
        self._forget()
        self.notice.clear()
        if self.file.path is not None and (problem := self.file.problem()):
            self.notice.say(problem)
        self.settle()

    def _show(self, outcome: tuple[str, str]) -> None:
        state, said = outcome
        verdict, _, words = said.partition("\n")
        self.verdict.setText(verdict)
        self.words.setText(words)
        assign(self.verdict, f"verdict-{state}")
        self.verdict.show()
        self.words.show()

    def _forget(self) -> None:
        self.verdict.hide()
        self.words.hide()


def open_attest_dialog(desktop: Desktop) -> AttestDialog:
    """Show the dialog, beginning with the file of the selected layer."""
    dialog = AttestDialog(desktop)
    dialog.show()
    layer = desktop.viewer.layers.selection.active
    data = None if layer is None else desktop.data_of(layer)
    if data is not None and data.table is None:
        dialog.begin_with(data)
    return dialog
