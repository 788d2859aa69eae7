"""`SliceTable`: the steps that a save keeps and those it leaves out, each with its reason."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor, QFont

from bims_desktop.provenance.lineage import Explained, Slice
from bims_desktop.ui.row_model import Index, RowModel
from bims_desktop.ui.signs import STATUS
from bims_desktop.ui.theme import Palette
from bims_desktop.ui.words import tip

HEADINGS = ("No.", "Step", "Why")


class SliceTable(RowModel):
    """All actions in their order; what is left out is struck through and quiet."""

    headings = HEADINGS

    def __init__(self, palette: Palette, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._palette = palette
        self._all: list[tuple[Explained, bool]] = []
        self._rows: list[tuple[Explained, bool]] = []
        self._dropped = True

    def show_slice(self, slice: Slice) -> None:
        """Take the answer of the session."""
        rows = [(step, True) for step in slice.kept] + [(step, False) for step in slice.dropped]
        self._all = sorted(rows, key=lambda row: row[0].action.number)
        self._fill()

    def show_dropped(self, shown: bool) -> None:
        """Show what is left out, or only what is kept."""
        self._dropped = shown
        self._fill()

    def first_kept(self) -> Index:
        """The row of the first step that is kept; there always is one, for something made the image."""
        return self.index(next((row for row, (_, kept) in enumerate(self._rows) if kept), 0), 0)

    def restyle(self, palette: Palette) -> None:
        """Take the colours of another theme."""
        self._palette = palette
        self._fill()

    def count(self) -> int:
        return len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        (action, reason), kept = self._rows[index.row()]
        column = index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return (str(action.number), action.sentence, reason)[column]
            case Qt.ItemDataRole.ToolTipRole:
                return tip(f"{action.sentence}\n{'Kept' if kept else 'Left out'}: {reason}.")
            case Qt.ItemDataRole.DecorationRole if column == 1:
                return STATUS[action.status].icon(self._palette)
            case Qt.ItemDataRole.ForegroundRole:
                return QColor(self._palette.text if kept and column == 1 else self._palette.quiet)
            case Qt.ItemDataRole.FontRole if column == 1 and not kept:
                font = QFont()
                font.setStrikeOut(True)
                return font
            case Qt.ItemDataRole.AccessibleTextRole if column == 1:
                return f"{action.sentence}, {'kept' if kept else 'left out'}: {reason}"
        return None

    def _fill(self) -> None:
        self.beginResetModel()
        self._rows = [row for row in self._all if row[1] or self._dropped]
        self.endResetModel()
