"""`PictureDelegate`: draws a small picture in a cell in its own colours, also where the row is selected."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from bims_desktop.ui.row_model import Index

PICTURE_ROLE = int(Qt.ItemDataRole.UserRole)


class PictureDelegate(QStyledItemDelegate):
    """For cells that hold a pixmap under `PICTURE_ROLE`; Qt would tint a decoration in selected rows."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """The cell as usual, the picture in its middle."""
        super().paint(painter, option, index)
        picture = index.data(PICTURE_ROLE)
        if isinstance(picture, QPixmap):
            place = QRect(QPoint(), picture.deviceIndependentSize().toSize())
            place.moveCenter(option.rect.center())
            painter.drawPixmap(place, picture)
