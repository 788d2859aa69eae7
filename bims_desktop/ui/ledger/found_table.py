"""`FoundTable`: what a search of the ledger found, one entry a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor

from bims_desktop.app.ledgers import place_in
from bims_desktop.ui.ledger.words import files_named, since, statement, who
from bims_desktop.ui.ledger.work import Answer
from bims_desktop.ui.row_model import Index, RowModel
from bims_desktop.ui.signs import STANDING
from bims_desktop.ui.theme import Palette
from bims_desktop.ui.words import exact, homely, tip

if TYPE_CHECKING:
    from bims_desktop.app.harvest import Found

_NOWHERE = "No file of it was seen on this computer."
_STANDS = {"stands": "stands", "superseded": "is superseded", "retracted": "is retracted"}
STATE, FILE, STATEMENT, WHO, SINCE, PLACE = range(6)


class FoundTable(RowModel):
    """Entries in the order in which the ledger answers.

    Parameters
    ----------
    palette : Palette
        Colours of signs.
    keys : mapping of str to str
        Names of known keys, by their fingerprints.
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
            case Qt.ItemDataRole.DecorationRole if column == STATE and found.kind == "record":
                return STANDING[found.state].icon(self._palette)
            case Qt.ItemDataRole.ForegroundRole:
                return QColor(self._palette.text if column in (STATE, FILE, STATEMENT) else self._palette.quiet)
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{self._text(found, column)}, its record {_STANDS[found.state]}"
        return None

    def _text(self, found: Found, column: int) -> str:
        match column:
            case 0:
                return STANDING[found.state].word if found.kind == "record" else ""
            case 1:
                return files_named(self.answer.files_of(found))
            case 2:
                return statement(found)
            case 3:
                return who(found, self._keys)
            case 4:
                return since(found)
        return found.place.split(", ")[0] or found.where

    def _tip(self, found: Found, column: int) -> str:
        match column:
            case 0:
                return f"The record {_STANDS[found.state]}.\n{STANDING[found.state].meaning}"
            case 1:
                return "\n".join(homely(file) for file in self.answer.files_of(found)) or _NOWHERE
            case 2:
                return f"{statement(found)}\n{found.record}"
            case 3:
                return f"{who(found, self._keys)}\n{found.entry.body.get('agent', '')}"
            case 4:
                return exact(found.since) if found.since else ""
        return place_in(found.where, found.place)
