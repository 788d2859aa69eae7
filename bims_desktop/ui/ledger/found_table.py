"""`FoundTable`: what a search of the ledger found, one entry a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor

from bims_desktop.app.ledgers import place_in
from bims_desktop.app.named import name_of
from bims_desktop.ui.ledger.words import STANDS, files_named, since, statement, who
from bims_desktop.ui.ledger.work import Answer
from bims_desktop.ui.row_model import Index, RowModel
from bims_desktop.ui.signs import ENTRY, STANDING, Sign
from bims_desktop.ui.theme import Palette
from bims_desktop.ui.words import exact, homely, tip

if TYPE_CHECKING:
    from bims_desktop.app.harvest import Found

_NOWHERE = "No file of it was seen on this computer."
STATE, FILE, STATEMENT, WHO, SINCE, PLACE = range(6)


class FoundTable(RowModel):
    """Entries in the order in which the ledger answers.

    Parameters
    ----------
    palette : Palette
        Colours of signs.
    keys : mapping of str to str
        The person's own keys by their fingerprints, with the name that the settings have.
    """

    headings = ("State", "File", "Entry", "By", "Since", "Where")

    def __init__(self, palette: Palette, keys: Mapping[str, str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._palette, self._keys = palette, keys
        self.answer = Answer()

    @property
    def rows(self) -> Sequence[Found]:
        """The entries, from the top."""
        return self.answer.found

    def show_found(self, answer: Answer) -> None:
        """Take another answer."""
        self.beginResetModel()
        self.answer = answer
        self.endResetModel()

    def row_of(self, record: str) -> int:
        """The row of the record's own entry; -1 where it was not found."""
        matching = (row for row, found in enumerate(self.rows) if (found.kind, found.record) == ("record", record))
        return next(matching, -1)

    def restyle(self, palette: Palette) -> None:
        """Take the colours of another theme."""
        self._palette = palette
        self.repaint()

    def count(self) -> int:
        return len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        found, column = self.rows[index.row()], index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(found, column)
            case Qt.ItemDataRole.ToolTipRole:
                return tip(self._tip(found, column))
            case Qt.ItemDataRole.DecorationRole if column == STATE:
                return _sign(found).icon(self._palette)
            case Qt.ItemDataRole.ForegroundRole:
                # What is said about records stands back, so that one sees the records.
                loud = found.kind == "record" and column in (STATE, FILE, STATEMENT)
                return QColor(self._palette.text if loud else self._palette.quiet)
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{self._text(found, column)}, its record {STANDS[found.state]}"
        return None

    def _text(self, found: Found, column: int) -> str:
        match column:
            case 0:
                return _sign(found).word
            case 1:
                return files_named(self.answer.files_of(found))
            case 2:
                return statement(found, self.answer)
            case 3:
                return name_of(found, self._keys)
            case 4:
                return since(found)
        return found.place.split(", ")[0] or found.where

    def _tip(self, found: Found, column: int) -> str:
        match column:
            case 0:
                said = "" if found.kind == "record" else f"{_sign(found).meaning}\n"
                return f"{said}The record {STANDS[found.state]}.\n{STANDING[found.state].meaning}"
            case 1:
                return "\n".join(homely(file) for file in self.answer.files_of(found)) or _NOWHERE
            case 2:
                return f"{statement(found, self.answer)}\n{found.record}"
            case 3:
                return f"{who(found, self._keys)}\n{found.entry.body.get('agent', '')}"
            case 4:
                return exact(found.since) if found.since else ""
        return place_in(found.where, found.place)


def _sign(found: Found) -> Sign:
    """Of a record whether it stands, of another entry what it is."""
    if found.kind == "record":
        return STANDING[found.state]
    different = found.kind == "attestation" and found.entry.body["verdict"] == "different"
    return ENTRY["different" if different else found.kind]
