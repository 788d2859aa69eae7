"""`DeedForm`: one deed on a record, with its reason, asked for in place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFormLayout, QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from bims_desktop.ui.file_box import FileBox
from bims_desktop.ui.labelled import label_for
from bims_desktop.ui.theme import GRID, Palette, assign
from bims_desktop.ui.words import breakable


@dataclass(frozen=True, slots=True)
class Deed:
    """What can be done with a record, ``{it}`` in the lead; `needs` are the editors that have to be filled for it."""

    lead: str
    button: str
    needs: tuple[str, ...]


DEEDS = {
    "retract": Deed(
        "Take back {it}? It stays readable for ever; whoever asks for it is told so, with your reason.",
        "Retract it",
        ("reason",),
    ),
    "supersede": Deed(
        "Replace {it} by a better one? Both stay readable; whoever asks for this one is led to the other.",
        "Supersede it",
        ("by", "reason"),
    ),
    "attest": Deed(
        "Replay the macro of {it} in a fresh process, and give your word in the ledger for what comes of it.",
        "Replay and attest",
        ("file",),
    ),
}


_SAVED = "Images and tables (*.tif *.tiff *.csv);;All files (*)"


class DeedForm(QFrame):
    """Hidden until a deed is asked for; Escape takes it away again.

    Signals
    -------
    agreed : str
        Name of the deed that shall be done.
    left : no value
        It is hidden again.
    """

    agreed = Signal(str)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        assign(self, "card")
        self.name = ""
        self.lead = QLabel(wordWrap=True, indent=0)
        self.reason, self.by = QLineEdit(), FileBox("Better image", _SAVED, "Image or digest; drop it here")
        self.file = FileBox("Image", "Images (*.tif *.tiff);;All files (*)", "The saved image; drop it here")
        self.do_button, self.cancel_button = QPushButton(), QPushButton("Cancel")
        self._editors: dict[str, QWidget] = {"by": self.by, "file": self.file, "reason": self.reason}
        self._lay_out()
        self._connect()
        self.hide()

    def ask(self, name: str, files: Sequence[Path] = ()) -> None:
        """Show the deed on the record that `files` are known to carry, nothing filled in."""
        self.name, deed = name, DEEDS[name]
        it = f"the record of {files[0].name}" if files else "this record"
        self.lead.setText(breakable(deed.lead.format(it=it)))
        self.do_button.setText(deed.button)
        for editor, widget in self._editors.items():
            self._rows.setRowVisible(widget, editor in deed.needs)
        self.reason.clear()
        self.by.choose(None)
        self.show()
        self._settle()
        self._editors[deed.needs[0]].setFocus()

    def leave(self) -> None:
        """Take the question away."""
        self.hide()
        self.left.emit()

    def problem(self) -> str:
        """What is still missing; empty where nothing is."""
        needs = DEEDS[self.name].needs if self.name else ()
        if "file" in needs:
            return self.file.problem()
        if "by" in needs and self.by.path is None:
            return "Choose the image whose record takes its place, or paste the digest of that record."
        return "" if self.reason.text().strip() else "Give the reason; others will read it."

    def restyle(self, palette: Palette) -> None:
        """Take the colours of another theme."""
        self.by.restyle(palette)
        self.file.restyle(palette)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape cancels, Enter agrees."""
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._agree()
        else:
            super().keyPressEvent(event)

    def _lay_out(self) -> None:
        self._rows = QFormLayout()
        self._rows.setSpacing(GRID)
        self._rows.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.reason.setPlaceholderText("Such as: wrong channel was segmented")
        texts = (
            ("by", "Better", "The image whose record takes its place; that must stand in the ledger."),
            ("file", "Image", "The saved image that carries the record."),
            ("reason", "Reason", "Stands in the ledger for everyone to read."),
        )
        for name, text, help in texts:
            self._rows.addRow(label_for(self._editors[name], text, help), self._editors[name])
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        buttons.addStretch(1)
        for button in (self.cancel_button, self.do_button):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        self.lead.setTextFormat(Qt.TextFormat.PlainText)
        assign(self.do_button, "primary")
        self.cancel_button.setToolTip("Leave the record as it is. Esc")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, GRID + GRID // 2, 2 * GRID, GRID + GRID // 2)
        layout.setSpacing(GRID)
        layout.addWidget(self.lead)
        layout.addLayout(self._rows)
        layout.addLayout(buttons)

    def _connect(self) -> None:
        self.reason.textChanged.connect(self._settle)
        for box in (self.by, self.file):
            box.changed.connect(self._settle)
        self.cancel_button.clicked.connect(self.leave)
        self.do_button.clicked.connect(self._agree)

    def _settle(self) -> None:
        problem = self.problem()
        self.do_button.setEnabled(not problem)
        self.do_button.setToolTip(problem)

    def _agree(self) -> None:
        if self.do_button.isEnabled():
            self.agreed.emit(self.name)
