"""`Histogram`: intensities on a logarithmic scale, with settings marked on them that can be dragged."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from bims_desktop.operations.spec import plain
from bims_desktop.ui.levels import Levels
from bims_desktop.ui.theme import GRID, Palette

_HEIGHT = 9 * GRID
_FOOT = 2 * GRID
_HANDLE = 5


class Histogram(QWidget):
    """The bars, and a line with a handle for each marker.

    Signals
    -------
    moved : str, float
        The person dragged the marker of that name to an intensity.
    """

    moved = Signal(str, float)

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self.levels: Levels | None = None
        self.markers: dict[str, float] = {}
        self.found: dict[str, float] = {}
        self._palette = palette
        self._words = "Reading the plane…"
        self._held = ""
        self.setFixedHeight(_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip("Intensities of the plane that is shown; the height of a bar is logarithmic.")
        self._name()

    def take(self, levels: Levels | None) -> None:
        """Show `levels`, or say that there are none."""
        self.levels = levels
        self._words = "" if levels is not None else "This plane has no histogram."
        self._name()
        self.update()

    def mark(self, markers: Mapping[str, float]) -> None:
        """Show these intensities by name."""
        if dict(markers) != self.markers:
            self.markers = dict(markers)
            self._name()
            self.update()

    def mark_found(self, found: Mapping[str, float]) -> None:
        """Show these intensities, which an operation found: nobody can drag them."""
        if dict(found) != self.found:
            self.found = dict(found)
            self._name()
            self.update()

    def restyle(self, palette: Palette) -> None:
        """Take the colours of another theme."""
        self._palette = palette
        self.update()

    def sizeHint(self) -> QSize:
        """Wide enough to aim at."""
        return QSize(24 * GRID, _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Bars, markers, and the range below."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(self._palette.surface))
        painter.setPen(QColor(self._palette.quiet))
        if self.levels is None:
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._words)
            return
        self._paint_bars(painter, self.levels)
        self._paint_range(painter, self.levels)
        for value in self.found.values():
            self._paint_line(painter, value, Qt.PenStyle.DashLine)
        for value in self.markers.values():
            self._paint_line(painter, value, Qt.PenStyle.SolidLine)
            self._paint_handle(painter, value)
        # No line may cross a name.
        for row, (name, value) in enumerate([*self.found.items(), *self.markers.items()]):
            self._paint_name(painter, name, value, row)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the nearest marker."""
        if self.levels is not None and self.markers and event.button() == Qt.MouseButton.LeftButton:
            x = event.position().x()
            self._held = min(self.markers, key=lambda name: abs(self._x(self.markers[name]) - x))
            self._drag(x)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag it."""
        if self._held:
            self._drag(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let it go."""
        self._held = ""

    def _drag(self, x: float) -> None:
        if self.levels is not None:
            share = min(max(x / max(self.width(), 1), 0.0), 1.0)
            value = self.levels.low + share * (self.levels.high - self.levels.low)
            self.moved.emit(self._held, self.levels.rounded(value))

    def _x(self, value: float) -> float:
        assert self.levels is not None
        return (value - self.levels.low) / (self.levels.high - self.levels.low) * self.width()

    def _paint_bars(self, painter: QPainter, levels: Levels) -> None:
        heights = np.log1p(levels.counts) / max(float(np.log1p(levels.counts.max())), 1e-9)
        ground, width = self.height() - _FOOT, self.width() / len(heights)
        for index, height in enumerate(heights.tolist()):
            tall = height * (ground - GRID)
            bar = QRectF(index * width, ground - tall, width, tall)
            painter.fillRect(bar, QColor(self._palette.quiet))

    def _paint_range(self, painter: QPainter, levels: Levels) -> None:
        foot = QRectF(2, self.height() - _FOOT, self.width() - 4, _FOOT)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(QColor(self._palette.quiet))
        painter.drawText(foot, Qt.AlignmentFlag.AlignLeft | middle, plain(levels.rounded(levels.low)))
        painter.drawText(foot, Qt.AlignmentFlag.AlignRight | middle, plain(levels.rounded(levels.high)))

    def _inside(self, value: float) -> float:
        """Where `value` is drawn: at the edge where it lies beyond."""
        return min(max(self._x(value), 1.0), self.width() - 1.0)

    def _paint_line(self, painter: QPainter, value: float, style: Qt.PenStyle) -> None:
        x = self._inside(value)
        painter.setPen(QPen(QColor(self._palette.text), 2, style))
        painter.drawLine(QPointF(x, 0), QPointF(x, self.height() - _FOOT))

    def _paint_handle(self, painter: QPainter, value: float) -> None:
        x, ground = self._inside(value), self.height() - _FOOT
        painter.setBrush(QColor(self._palette.text))
        tip = [QPointF(x, ground - _HANDLE), QPointF(x - _HANDLE, ground), QPointF(x + _HANDLE, ground)]
        painter.drawPolygon(QPolygonF(tip))

    def _paint_name(self, painter: QPainter, name: str, value: float, row: int) -> None:
        x, edge, metrics = self._x(value), float(self.width()), painter.fontMetrics()
        beyond = "◂ " if x < 0 else "▸ " if x > edge else ""
        text = f"{beyond}{name} {plain(value)}"
        inside, room = self._inside(value), metrics.horizontalAdvance(text) + 4
        left = inside + 4 if inside + room + 4 < edge else inside - room - 2
        # Names that would lie over each other go down by a line, as far as there are lines.
        line = row % max(1, (self.height() - _FOOT) // metrics.height())
        plate = QRectF(left, line * metrics.height(), room, metrics.height())
        painter.setPen(QColor(self._palette.text))
        painter.fillRect(plate, QColor(self._palette.background))
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, text)

    def _name(self) -> None:
        said = ", ".join(f"{name} at {plain(value)}" for name, value in (self.found | self.markers).items())
        reach = f" from {plain(self.levels.low)} to {plain(self.levels.high)}" if self.levels is not None else ""
        self.setAccessibleName(f"Histogram of the plane{reach}{'; ' if said else ''}{said}")
