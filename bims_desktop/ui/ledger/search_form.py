"""`SearchForm`: what to look for in the ledger, and where."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QPushButton, QWidget

from bims_desktop.app.ledgers import Where
from bims_desktop.ledger.base import Query
from bims_desktop.operations import registry
from bims_desktop.ui.choices import Choice, WordBox
from bims_desktop.ui.clear_button import let_clear
from bims_desktop.ui.file_box import FileBox, is_there
from bims_desktop.ui.labelled import label_for
from bims_desktop.ui.ledger.typed import digest_in, no_digest, path_in
from bims_desktop.ui.theme import GRID, Palette, assign
from bims_desktop.ui.words import homely

ANY = "any"
_PLACES = {"this computer": "local", "the consortium": "fabric", "both": "all"}
_KINDS = {
    ANY: "",
    "records": "record",
    "checks": "attestation",
    "withdrawals": "retract",
    "replacements": "supersede",
    "keys": "key",
}
_IMAGES = "Images and tables (*.tif *.tiff *.png *.jpg *.csv);;All files (*)"
_HINT = "Part of a file name, a path, or a digest; or drop an image here"


class SearchForm(QWidget):
    """One box for what is at hand (an image, a part of its name, or a digest), and filters below.

    Parameters
    ----------
    consortium : bool
        Whether one is configured; else only this computer is searched.

    Signals
    -------
    wanted : no value
        Search now.
    picked : Path
        Search for the image in this file.
    """

    wanted = Signal()
    picked = Signal(object)

    def __init__(self, consortium: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.image = FileBox("Image", _IMAGES, _HINT)
        self.text = self.image.line
        self.place, self.kind = Choice(), Choice()
        self.agent, self.instrument = QLineEdit(), QLineEdit()
        self.operation = WordBox([ANY])
        self.first, self.last = QLineEdit(), QLineEdit()
        self.search_button, self.clear_button = QPushButton("Search"), QPushButton("Clear")
        self._file: tuple[str, str] = ("", "")
        self._fill(consortium)
        self._lay_out()
        self._connect()

    @property
    def where(self) -> Where:
        """local, fabric or all."""
        place: Where = self.place.currentData()
        return place

    @property
    def digest(self) -> str:
        """Of the image, record or macro that is looked for; empty where any is."""
        text, digest = self._file
        return digest_in(self.text.text()) or (digest if self.text.text() == text else "")

    @property
    def path(self) -> Path | None:
        """Of the image that is looked for; None where none was typed."""
        return path_in(self.text.text())

    @property
    def name(self) -> str:
        """A part of the name of a file that is looked for; empty where any is."""
        return "" if self.digest or self.path else self.text.text().strip()

    @property
    def query(self) -> Query:
        """The filters that stand there now; only what was filled in."""
        given = {
            "kind": str(self.kind.currentData()),
            "agent": self.agent.text().strip(),
            "operation": self._operation(),
            "instrument": self.instrument.text().strip(),
            "since": _midnight(self.first.text()),
            "until": _midnight(self.last.text(), days=1),
        }
        return cast(Query, {name: value for name, value in given.items() if value})

    def problem(self) -> str:
        """Why it cannot be searched for; empty where it can."""
        if problem := no_digest(self.text.text()):
            return problem
        if self.path is not None and not is_there(self.path):
            return f"There is no file {homely(self.path)}."
        for line in (self.first, self.last):
            if line.text().strip() and not _day(line.text()):
                return f"{line.text().strip()} is no day; write it as 2026-01-31."
        return ""

    def look_for(self, path: Path, digest: str) -> None:
        """Look for `digest`, which stands for the file at `path`; the path is what stands there."""
        self.image.choose(path)
        self._file = (self.text.text(), digest)

    def clear(self) -> None:
        """Look for everything."""
        for line in (self.text, self.agent, self.instrument, self.first, self.last):
            line.clear()
        self.operation.setCurrentIndex(0)
        self.kind.setCurrentIndex(0)

    def restyle(self, palette: Palette) -> None:
        """Take the colours of the theme."""
        let_clear(self.text, palette)
        self.image.restyle(palette)

    def _fill(self, consortium: bool) -> None:
        for text, value in _PLACES.items():
            if consortium or value == "local":
                self.place.addItem(text, value)
        for text, value in _KINDS.items():
            self.kind.addItem(text, value)
        for operation in registry.operations():
            self.operation.addItem(operation.title, operation.id)
        self.agent.setPlaceholderText("Name or key")
        self.instrument.setPlaceholderText("Name of the microscope")
        for line in (self.first, self.last):
            line.setPlaceholderText("Such as 2026-01-31")
        for button in (self.search_button, self.clear_button):
            button.setAutoDefault(False)
        assign(self.search_button, "primary")
        self.search_button.setToolTip("Search the ledger. Enter")
        self.clear_button.setToolTip("Look for everything again.")

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(GRID)
        fields = (
            (self.image, "Image", "A file is found by its pixels, whatever it is called.", 0, 0, 3),
            (self.place, "In", "A consortium's ledger is searched over the network.", 0, 4, 2),
            (self.agent, "By", "Who saved or replayed it: a name, or a key's fingerprint.", 1, 0, 1),
            (self.operation, "Made with", "An operation that stands among its steps.", 1, 2, 1),
            (self.instrument, "Taken with", "The microscope, as its files call it.", 1, 4, 2),
            (self.kind, "Kind", "What an entry states.", 2, 0, 1),
            (self.first, "From", "The first day, in universal time.", 2, 2, 1),
            (self.last, "To", "The last day, in universal time.", 2, 4, 1),
        )
        for editor, text, help, row, column, span in fields:
            grid.addWidget(label_for(editor, text, help), row, column)
            grid.addWidget(editor, row, column + 1, 1, span)
        for column in (1, 3, 5):
            grid.setColumnStretch(column, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        buttons.addWidget(self.clear_button)
        buttons.addWidget(self.search_button)
        grid.addLayout(buttons, 2, 6)

    def _connect(self) -> None:
        for line in (self.text, self.agent, self.instrument, self.first, self.last):
            line.returnPressed.connect(self.wanted)
        for box in (self.place, self.kind, self.operation):
            box.activated.connect(self.wanted)
        self.search_button.clicked.connect(self.wanted)
        self.clear_button.clicked.connect(self._start_over)
        self.image.picked.connect(self.picked)

    def _operation(self) -> str:
        """Its name in records: of one of ours by the title that the menu has, of another as it was typed."""
        text = self.operation.currentText().strip()
        place = self.operation.findText(text, Qt.MatchFlag.MatchFixedString)
        return str(self.operation.itemData(place) or "") if place >= 0 else text

    def _start_over(self) -> None:
        self.clear()
        self.wanted.emit()


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _midnight(text: str, days: int = 0) -> str:
    """The beginning of the day in `text`, some days on; empty where it is none."""
    day = _day(text)
    return f"{datetime.combine(day, datetime.min.time()) + timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}" if day else ""
