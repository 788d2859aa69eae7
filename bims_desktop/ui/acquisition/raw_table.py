"""`RawTable`: the microscope's own text, line by line, as long as it may be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QTableView

from bims_desktop.app.acquisition import Line
from bims_desktop.ui.acquisition.hit import HitDelegate
from bims_desktop.ui.row_model import Index, RowModel
from bims_desktop.ui.rows import as_rows
from bims_desktop.ui.words import tip

NUMBER, TEXT = range(2)
_LONGEST = 300
_LONGEST_TIP = 2000


class RawLines(RowModel):
    """Lines and their numbers."""

    headings = ("Line", "Text")
    numbers = frozenset({NUMBER})

    def __init__(self) -> None:
        super().__init__()
        self.lines: Sequence[Line] = ()

    def count(self) -> int:
        return len(self.lines)

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show these and no others."""
        self.beginResetModel()
        self.lines = lines
        self.endResetModel()

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        line = self.lines[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return str(line.number) if index.column() == NUMBER else line.text[:_LONGEST]
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(line.text[:_LONGEST_TIP].strip())
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() == NUMBER:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None


class RawTable(QTableView):
    """A view of `RawLines`; Ctrl+C copies whole lines."""

    def __init__(self) -> None:
        super().__init__()
        self.lines = RawLines()
        self.setModel(self.lines)
        as_rows(self, "The microscope's own text", stretch=TEXT, widths={NUMBER: 7})
        # The end of a line holds the value, its beginning says of what.
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self._hits = HitDelegate(self)
        self.setItemDelegateForColumn(TEXT, self._hits)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setToolTip("What the microscope wrote, word for word. Ctrl+C copies the selected lines.")

    def show_lines(self, lines: Sequence[Line], text: str) -> None:
        """Show these lines, in each of them what was searched for."""
        self._hits.text = text
        self.lines.show_lines(lines)

    def line(self) -> str:
        """The current line, whole up to a length that can be shown; empty where there is none."""
        row = self.currentIndex().row()
        return self.lines.lines[row].text.strip()[:_LONGEST_TIP] if row >= 0 else ""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy whole lines, not what fits into the column."""
        if event.matches(QKeySequence.StandardKey.Copy):
            rows = sorted(index.row() for index in self.selectionModel().selectedRows())
            QGuiApplication.clipboard().setText("\n".join(self.lines.lines[row].text for row in rows))
        else:
            super().keyPressEvent(event)
