"""`BarDelegate`: marks a row by a bar at its left, which is mistaken for no selection."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from bims_desktop.ui.row_model import Index

BAR_ROLE = int(Qt.ItemDataRole.UserRole) + 1
_WIDE = 3


class BarDelegate(QStyledItemDelegate):
    """For the cells of the first column, which hold the colour of their bar under `BAR_ROLE` where they have one."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """The cell as usual, the bar at its edge."""
        super().paint(painter, option, index)
        color = index.data(BAR_ROLE)
        if isinstance(color, QColor):
            cell: QRect = option.rect
            painter.fillRect(QRect(cell.left(), cell.top(), _WIDE, cell.height()), color)
