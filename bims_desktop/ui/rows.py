"""`as_rows`: how all our tables look and move: whole rows, no grid, Tab leaves, fixed widths but for one column."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from bims_desktop.ui.row_model import Index
from bims_desktop.ui.theme import GRID
from bims_desktop.ui.words import breakable, shortened

_LETTERS = (22, 17, 13, 10)
_FILLED = 0.85
"""Of two lines: the first one ends before a word."""


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


def take_two_lines(table: QTableView) -> None:
    """Let long sentences go on in a second line; all rows are as high, so that ten thousand need no measuring."""
    table.verticalHeader().setDefaultSectionSize(5 * GRID)
    table.setWordWrap(True)
    table.setItemDelegate(_Breaking(table))


class _Breaking(QStyledItemDelegate):
    """Shortens long file names where there is no room for what stands behind them, and breaks them in two lines."""

    def displayText(self, value: Any, locale: QLocale | QLocale.Language) -> str:
        return breakable(super().displayText(value, locale))

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        options: Any = option
        room = _FILLED * 2 * (options.rect.width() - options.decorationSize.width())
        whole = options.text.replace("\u200b", "")
        tries = [whole, *(shortened(whole, most) for most in _LETTERS)]
        fits = (text for text in tries if options.fontMetrics.horizontalAdvance(text) <= room)
        options.text = breakable(next(fits, tries[-1]))
