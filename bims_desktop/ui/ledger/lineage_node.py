"""`LineageNode`: one record, or one piece of data, as a box in the lineage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from bims_desktop.ui.ledger.words import made_by
from bims_desktop.ui.theme import GRID, Palette
from bims_desktop.ui.words import short, tip, told

if TYPE_CHECKING:
    from bims_desktop.app.lineage_graph import Node

WIDTH, HEIGHT = GRID * 30, GRID * 6
_UNKNOWN = {"record": "not in this ledger", "data": "raw, or of unknown origin"}
_ROUND = {"record": 4.0, "data": HEIGHT / 2}


class LineageNode(QGraphicsItem):
    """Records are boxes, data are pills; what the ledger does not know has a broken edge."""

    def __init__(self, node: Node, palette: Palette) -> None:
        super().__init__()
        self.node = node
        self.palette = palette
        self.current = False
        self.setCursor(Qt.CursorShape.PointingHandCursor if node.kind == "record" else Qt.CursorShape.ArrowCursor)
        self.setToolTip(tip(self.words))

    @property
    def words(self) -> str:
        """What it is, in words."""
        return "\n".join(filter(None, (self._title, self._below, self.node.digest)))

    @property
    def _title(self) -> str:
        named = self.node.label.split(", ")[0]
        if self.node.kind == "data":
            return named or "data"
        return made_by(named.split(" + ")) or "a record"

    @property
    def _below(self) -> str:
        """Who and when, where the label says so; else the beginning of the digest."""
        _, _, rest = self.node.label.partition(", ")
        return told(rest) or short(self.node.digest) if self.node.known else _UNKNOWN[self.node.kind]

    def boundingRect(self) -> QRectF:
        """With room for the pen."""
        return QRectF(-2, -2, WIDTH + 4, HEIGHT + 4)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Draw the box, its label and the beginning of its digest."""
        palette, round_ = self.palette, _ROUND[self.node.kind]
        edge = QPen(QColor(palette.text if self.current else palette.quiet), 2.5 if self.current else 1)
        if not self.node.known:
            edge.setStyle(Qt.PenStyle.DashLine)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(edge)
        painter.setBrush(QColor(palette.current if self.current else palette.background))
        painter.drawRoundedRect(QRectF(0, 0, WIDTH, HEIGHT), round_, round_)
        self._write(painter, self._title, 0, self.node.kind == "record", palette.text)
        self._write(painter, self._below, 1, False, palette.text if self.current else palette.quiet)

    def _write(self, painter: QPainter, text: str, line: int, bold: bool, color: str) -> None:
        font = QFont(painter.font())
        font.setBold(bold)
        painter.setFont(font)
        painter.setPen(QColor(color))
        room = QRectF(2 * GRID, GRID * 0.5 + line * GRID * 2.5, WIDTH - 4 * GRID, GRID * 2.5)
        shown = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, shown)
