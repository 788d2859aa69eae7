"""`StuckTable`: what the consortium did not take, with its reason; nothing of it is ever dropped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt

from bims_desktop.ui.row_model import Index, RowModel
from bims_desktop.ui.signs import CARRIAGE
from bims_desktop.ui.theme import Palette
from bims_desktop.ui.words import short, tip, told

if TYPE_CHECKING:
    from bims_desktop.app.carriage import Stuck


_KINDS = {
    "conflict": "The consortium holds something else in its place.",
    "refused": "The consortium does not take it as things are; once they have changed, try again.",
}


class StuckTable(RowModel):
    """Entries of the local ledger whose way ended in a conflict or a refusal."""

    headings = ("Entry", "Outcome", "What the consortium said", "Transaction")

    def __init__(self, palette: Palette, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._palette = palette
        self.rows: Sequence[Stuck] = ()

    def show_stuck(self, rows: Sequence[Stuck]) -> None:
        """Take the list as it is now."""
        if tuple(rows) != tuple(self.rows):
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
        stuck, column = self.rows[index.row()], index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return (f"entry {stuck.index + 1}", stuck.kind, told(stuck.text), short(stuck.transaction))[column]
            case Qt.ItemDataRole.ToolTipRole:
                return tip(
                    (CARRIAGE["stuck"].meaning, _KINDS[stuck.kind], stuck.text, stuck.transaction or "None was made.")[
                        column
                    ]
                )
            case Qt.ItemDataRole.DecorationRole if column == 0:
                return CARRIAGE["stuck"].icon(self._palette)
        return None
