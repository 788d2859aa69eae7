"""`as_rows`: how all our tables look and move: whole rows, no grid, Tab leaves, fixed widths but for one column."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from bims_desktop.ui.sentence_delegate import PADDING, SentenceDelegate
from bims_desktop.ui.theme import GRID


def as_rows(table: QTableView, name: str, *, stretch: int, widths: Mapping[int, int]) -> None:
    """Set `table` up; `name` is for screen readers, `widths` are in steps of the grid, by column."""
    table.setAccessibleName(name)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setTabKeyNavigation(False)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(3 * GRID)
    header = table.horizontalHeader()
    header.setHighlightSections(False)
    header.setMinimumSectionSize(4 * GRID)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    header.setSectionResizeMode(stretch, QHeaderView.ResizeMode.Stretch)
    # Not sized to contents: that would measure every row on every change.
    for column, width in widths.items():
        table.setColumnWidth(column, width * GRID)


def take_lines(table: QTableView) -> None:
    """Let sentences go on in two lines more; all rows are as high, so that ten thousand need no measuring."""
    table.verticalHeader().setDefaultSectionSize(max(5 * GRID, 3 * table.fontMetrics().lineSpacing() + PADDING))
    table.setWordWrap(True)
    table.setItemDelegate(SentenceDelegate(table))
