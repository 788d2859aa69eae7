"""`TableWindow`: measurements, to read and to copy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractItemView, QLabel, QPushButton, QTableView

from bims_desktop.model.table import Table
from bims_desktop.operations.spec import plain
from bims_desktop.ui.dialog import Dialog
from bims_desktop.ui.icons import icon
from bims_desktop.ui.row_model import Index, RowModel
from bims_desktop.ui.theme import GRID, assign
from bims_desktop.ui.words import several

if TYPE_CHECKING:
    from bims_desktop.ui import Desktop


class TableModel(RowModel):
    """A table's columns, their units in the heading."""

    def __init__(self, table: Table, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._columns = list(table.columns.values())
        self._rows = table.rows
        self.headings = [
            f"{name.replace('_', ' ')} ({unit})" if (unit := table.units.get(name)) else name.replace("_", " ")
            for name in table.columns
        ]

    def count(self) -> int:
        return self._rows

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        value = self._columns[index.column()][index.row()].item()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return plain(value)
            case Qt.ItemDataRole.ToolTipRole:
                return repr(value)
            case Qt.ItemDataRole.TextAlignmentRole:
                return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None


class TableWindow(Dialog):
    """One table; Copy takes it whole, to paste into a spreadsheet.

    Parameters
    ----------
    desktop : Desktop
        The window.
    table : Table
        What to show.
    sentence : str
        How it came to be.
    """

    def __init__(self, desktop: Desktop, table: Table, sentence: str) -> None:
        super().__init__(desktop, sentence)
        self._table = table
        self.resize(GRID * 100, GRID * 64)
        lead = QLabel(f"{sentence}: {several(table.rows, 'row')}", wordWrap=True)
        assign(lead, "heading")
        self.view = QTableView()
        self.view.setModel(TableModel(table, self))
        self.view.setAccessibleName("Measurements")
        self.view.setTabKeyNavigation(False)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        self.view.verticalHeader().hide()
        self.view.verticalHeader().setDefaultSectionSize(3 * GRID)
        self.view.horizontalHeader().setHighlightSections(False)
        self.view.resizeColumnsToContents()
        self.page.addWidget(lead)
        self.page.addWidget(self.view, 1)
        self.copy_button, self.close_button = QPushButton("Copy table"), QPushButton("Close")
        self.copy_button.setToolTip("Copy all rows with their headings, to paste into a spreadsheet.")
        self.copy_button.clicked.connect(self.copy)
        self.close_button.clicked.connect(self.close)
        self.add_footer(self.close_button, self.copy_button)
        self.restyle()

    def copy(self) -> None:
        """Put the whole table on the clipboard, columns parted by tabs, every digit kept."""
        model = self.view.model()
        assert isinstance(model, TableModel)
        columns = [column.tolist() for column in self._table.columns.values()]
        lines = ["\t".join(model.headings), *("\t".join(map(repr, row)) for row in zip(*columns, strict=True))]
        QGuiApplication.clipboard().setText("\n".join(lines))

    def restyle(self) -> None:
        """Take the colours of the theme."""
        super().restyle()
        self.copy_button.setIcon(icon("copy", self.colours.icon))


def open_table_window(desktop: Desktop, table: Table, sentence: str) -> TableWindow:
    """Show `table`; the window stays usable."""
    window = TableWindow(desktop, table, sentence)
    window.show()
    return window
