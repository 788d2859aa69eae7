"""`LineageView`: what a record was made from and what was made from it, as a graph to walk through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsScene, QGraphicsView, QWidget

from bims_desktop.ui.ledger.lineage_layout import places
from bims_desktop.ui.ledger.lineage_node import HEIGHT, WIDTH, LineageNode
from bims_desktop.ui.theme import GRID, Palette

if TYPE_CHECKING:
    from bims_desktop.app.lineage_graph import Graph

_GAP_X, _GAP_Y = 3 * GRID, 5 * GRID
_STEPS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}


class LineageView(QGraphicsView):
    """Arrow keys walk from node to node, Enter or a click chooses one.

    Signals
    -------
    chosen : str
        Digest of the record that was clicked, or entered with the keyboard.
    """

    chosen = Signal(str)

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setScene(QGraphicsScene(self))
        self._palette = palette
        self._graph: Graph | None = None
        self._current = ""
        self.nodes: dict[str, LineageNode] = {}
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setFrameShape(QGraphicsView.Shape.NoFrame)
        self._say_current()

    def show_graph(self, graph: Graph, current: str) -> None:
        """Show `graph`, the record `current` marked."""
        self._graph, self._current = graph, current
        self._draw()

    def restyle(self, palette: Palette) -> None:
        """Take the colours of another theme."""
        self._palette = palette
        self._draw()

    def walk(self, across: int, down: int) -> None:
        """Go to the nearest node in a direction: left and right within a generation, up and down between them."""
        if self._current not in self.nodes:
            return
        here = self.nodes[self._current].pos()
        ahead = [
            (node.pos() - here, digest) for digest, node in self.nodes.items() if _lies(node.pos() - here, across, down)
        ]
        if ahead:
            self._mark(min(ahead, key=lambda found: found[0].manhattanLength())[1])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk, or choose."""
        key = Qt.Key(event.key())
        if key in _STEPS:
            self.walk(*_STEPS[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._choose(self._current)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose what is clicked."""
        item = self.itemAt(event.position().toPoint())
        if isinstance(item, LineageNode):
            self._mark(item.node.digest)
            self._choose(item.node.digest)
        super().mousePressEvent(event)

    def _choose(self, digest: str) -> None:
        node = self.nodes.get(digest)
        if node is not None and node.node.kind == "record" and node.node.known:
            self.chosen.emit(digest)

    def _mark(self, digest: str) -> None:
        self._current = digest
        for item in self.nodes.values():
            item.current = item.node.digest == digest
            item.update()
        self.centerOn(self.nodes[digest])
        self._say_current()

    def _say_current(self) -> None:
        node = self.nodes.get(self._current)
        self.setAccessibleName("Lineage" if node is None else f"Lineage: {node.words}")

    def _draw(self) -> None:
        scene = self.scene()
        self.nodes = {}  # first, since the scene deletes what they are
        scene.clear()
        self.setBackgroundBrush(QColor(self._palette.surface))
        if self._graph is None:
            return
        self._place(self._graph)
        for parent, child in self._graph.edges:
            if parent in self.nodes and child in self.nodes:
                scene.addPath(_line(self.nodes[parent], self.nodes[child]), QPen(QColor(self._palette.quiet), 1.5))
        scene.setSceneRect(scene.itemsBoundingRect().adjusted(-2 * GRID, -2 * GRID, 2 * GRID, 2 * GRID))
        if self._current in self.nodes:
            self._mark(self._current)

    def _place(self, graph: Graph) -> None:
        where = places([node.digest for node in graph.nodes], graph.edges)
        rows = [row for row, _ in where.values()]
        widest = max(map(rows.count, rows), default=0)
        for node in graph.nodes:
            row, column = where[node.digest]
            item = LineageNode(node, self._palette)
            left = (widest - rows.count(row)) / 2 + column
            item.setPos(left * (WIDTH + _GAP_X), row * (HEIGHT + _GAP_Y))
            item.setZValue(1)
            self.nodes[node.digest] = item
            self.scene().addItem(item)


def _lies(way: QPointF, across: int, down: int) -> bool:
    """Whether `way` leads in that direction."""
    if across:
        return way.y() == 0 and way.x() * across > 0
    return way.y() * down > 0


def _line(parent: LineageNode, child: LineageNode) -> QPainterPath:
    """From the foot of the one to the head of the other."""
    start, end = parent.pos() + QPointF(WIDTH / 2, HEIGHT), child.pos() + QPointF(WIDTH / 2, 0)
    path = QPainterPath(start)
    bend = QPointF(0, (end.y() - start.y()) / 2)
    path.cubicTo(start + bend, end - bend, end)
    head = QPointF(GRID / 2, GRID / 2 + 1)
    path.moveTo(end - head)
    path.lineTo(end)
    path.lineTo(end + QPointF(head.x(), -head.y()))
    return path
