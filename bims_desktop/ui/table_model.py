"""`TableModel`: a table of measurements as a Qt model, sorted by NumPy rather than row by row."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Qt

from bims_desktop.model.table import Table
from bims_desktop.operations.spec import plain
from bims_desktop.ui.column_words import column_words, heading
from bims_desktop.ui.row_model import Index, RowModel
from bims_desktop.ui.words import tip

LABEL = "label"


class TableModel(RowModel):
    """A table's columns, their units in the heading.

    Parameters
    ----------
    table : Table
        What to show.
    """

    def __init__(self, table: Table, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.table = table
        self._columns = list(table.columns.values())
        self._order = np.arange(table.rows)
        self.headings = [heading(name, table.units.get(name, ""), table.columns) for name in table.columns]

    def count(self) -> int:
        return self.table.rows

    def value(self, row: int, name: str) -> Any:
        """The value that `row` shows in the column `name`."""
        return self.table.columns[name][self._order[row]].item()

    def row_of(self, wanted: dict[str, int]) -> int:
        """The first row that shows these values; -1 where there is none."""
        fits = np.ones(self.table.rows, np.bool_)
        for name, value in wanted.items():
            fits &= self.table.columns[name] == value
        rows = np.flatnonzero(fits[self._order])
        return int(rows[0]) if len(rows) else -1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        value = self._columns[index.column()][self._order[index.row()]].item()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return plain(value)
            case Qt.ItemDataRole.ToolTipRole:
                return repr(value)
            case Qt.ItemDataRole.TextAlignmentRole:
                return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The heading; as a tool tip what the column is, in words."""
        if orientation != Qt.Orientation.Horizontal or role != Qt.ItemDataRole.ToolTipRole:
            return super().headerData(section, orientation, role)
        columns = self.table.columns
        name = list(columns)[section]
        said = column_words(name, self.table.units.get(name, ""), columns) or f"{self.headings[section]}."
        return tip(f"{said}\nClick to sort.")

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column, equal values as they were measured; column -1 is the order of measurement."""
        self.layoutAboutToBeChanged.emit()
        before = self._order
        self._order = np.arange(self.table.rows)
        if column >= 0:
            self._order = np.argsort(self._columns[column], kind="stable")
            if order == Qt.SortOrder.DescendingOrder:
                self._order = self._order[::-1]
        self._move_selection(before)
        self.layoutChanged.emit()

    def text(self) -> str:
        """The whole table as it is sorted, columns parted by tabs, every digit kept."""
        columns = [column[self._order].tolist() for column in self._columns]
        return "\n".join(["\t".join(self.headings), *("\t".join(map(repr, row)) for row in zip(*columns, strict=True))])

    def _move_selection(self, before: Any) -> None:
        """The selected row stays the same object."""
        places = np.empty_like(self._order)
        places[self._order] = np.arange(self.table.rows)
        for index in self.persistentIndexList():
            self.changePersistentIndex(index, self.index(int(places[before[index.row()]]), index.column()))
