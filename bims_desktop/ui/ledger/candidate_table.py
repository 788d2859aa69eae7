"""`CandidateTable`: the records that ledgers hold of one image, the best first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt

from bims_desktop.ui.row_model import Index, RowModel
from bims_desktop.ui.signs import STANDING
from bims_desktop.ui.theme import Palette
from bims_desktop.ui.words import exact, moment, tip, told

if TYPE_CHECKING:
    from bims_desktop.app.candidates import Candidate

_KNOWN = {True: "yes", False: "no"}


class CandidateTable(RowModel):
    """Whoever recovers a record chooses one of these."""

    headings = ("State", "Saved", "By", "Known key", "Where")

    def __init__(self, palette: Palette, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._palette = palette
        self.rows: Sequence[Candidate] = ()

    def show_candidates(self, rows: Sequence[Candidate]) -> None:
        """Take another answer."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

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
                return _text(found, column)
            case Qt.ItemDataRole.ToolTipRole:
                return tip(_tip(found, column))
            case Qt.ItemDataRole.DecorationRole if column == 0:
                return STANDING[found.state].icon(self._palette)
        return None


def _text(found: Candidate, column: int) -> str:
    created = moment(found.created) if found.created else ""
    return (STANDING[found.state].word, created, told(found.signer), _KNOWN[found.known], found.where)[column]


def _tip(found: Candidate, column: int) -> str:
    match column:
        case 0:
            return STANDING[found.state].meaning
        case 1:
            return f"By the clock of whoever saved it: {exact(found.created)}" if found.created else ""
        case 2:
            return found.signer
        case 3:
            return "Whether the key that signed it is yours, or one that your settings believe."
    return f"{found.where}\nsince {exact(found.since)}" if found.since else found.where
