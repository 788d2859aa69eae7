"""Brush, eraser, bucket and polygon on Labels layers, and napari's undo and redo of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from napari.layers import Labels, Layer

from bims_desktop.operations.paint import Strokes, from_atoms
from bims_desktop.ui.capture.hook import Hook
from bims_desktop.ui.capture.patches import wrap, wrapped

if TYPE_CHECKING:
    from bims_desktop.ui.capture.watch import Capture

Atom = tuple[Any, ...]


class Painting(Hook):
    """One action a drag: `events.paint` brings its atoms; undo and redo emit nothing and are wrapped."""

    route = "painting"

    def __init__(self, capture: Capture) -> None:
        super().__init__(capture)
        self._ends = (wrap(Labels, "undo", self._around_undo), wrap(Labels, "redo", self._around_redo))
        capture.sync.replaced.connect(forget_strokes)

    def watch(self, layer: Layer) -> None:
        if isinstance(layer, Labels):
            layer.events.paint.connect(self._painted)

    def probe(self) -> bool:
        heard: list[Atom] = []
        layer = Labels(np.zeros((4, 4), np.int32))
        layer.events.paint.connect(lambda event: heard.extend(event.value))
        layer.data_setitem((np.array([1]), np.array([2])), 3)
        layer.fill((0, 0), 2)
        strokes = from_atoms((4, 4), "YX", heard)
        undone = from_atoms((4, 4), "YX", _backwards(layer._undo_history[-1]))
        emits = np.array_equal(strokes.values, layer.data.ravel()[strokes.indices.astype(int)])
        layer.undo()
        backwards = np.array_equal(undone.values, layer.data.ravel()[undone.indices.astype(int)])
        return emits and backwards and all(wrapped(Labels, name) for name in ("undo", "redo"))

    def close(self) -> None:
        for end in self._ends:
            end()
        for layer in self.capture.viewer.layers:
            if isinstance(layer, Labels):
                layer.events.paint.disconnect(self._painted)

    def _painted(self, event: Any) -> None:
        self._record(event.source, event.value)

    def _around_undo(self, proceed: Callable[[Labels], None], layer: Labels) -> None:
        item, session = _last(layer._undo_history), self.capture.session
        proceed(layer)
        stroke = session.undoable
        if stroke is None or not self._shows(layer, stroke.writes, stroke.reads):
            self._record(layer, _backwards(item))
            return
        with self.capture.sync.held():
            session.undo()
            self.capture.sync.bind(layer, session.data(*stroke.reads))

    def _around_redo(self, proceed: Callable[[Labels], None], layer: Labels) -> None:
        item, session = _last(layer._redo_history), self.capture.session
        proceed(layer)
        stroke = session.redoable
        if stroke is None or not self._shows(layer, stroke.reads, stroke.writes):
            self._record(layer, item[::-1])
            return
        with self.capture.sync.held():
            session.redo()
            self.capture.sync.bind(layer, session.data(*stroke.writes))

    def _shows(self, layer: Labels, before: tuple[int, ...], now: tuple[int, ...]) -> bool:
        """Whether napari took `layer` from the version `before` to the very pixels of the version `now`."""
        entry = self.capture.sync.entry_of(layer)
        if self.capture.quiet or entry is None or (entry.version,) != before or len(now) != 1:
            return False
        return np.array_equal(layer.data, self.capture.session.data(*now).image.array())

    def _record(self, layer: Labels, atoms: list[Atom]) -> None:
        entry = self.capture.sync.entry_of(layer)
        if self.capture.quiet or entry is None or not atoms:
            return
        before = self.capture.session.data(entry.version)
        image = before.image
        strokes = from_atoms(image.shape, image.axes, atoms)
        if image.kind == "mask":
            strokes = self._binary(layer, strokes)
        with self.capture.sync.held():
            self.capture.sync.bind(layer, self.capture.session.stroke(before, strokes))

    def _binary(self, layer: Labels, strokes: Strokes) -> Strokes:
        """Whatever label was painted into a mask, it is true there."""
        with self.capture.sync.ours():
            np.minimum(layer.data, 1, out=layer.data)
            layer.refresh()
        return Strokes(strokes.axes, strokes.shape, strokes.indices, strokes.values != 0)


def has_strokes(layer: Layer | None, *, undone: bool = False) -> bool:
    """Whether `layer` is a Labels layer with strokes of its own to undo, or to redo where `undone`."""
    return isinstance(layer, Labels) and bool(layer._redo_history if undone else layer._undo_history)


def forget_strokes(layer: Layer) -> None:
    """Drop napari's own history of a layer whose pixels were replaced: it belongs to other pixels."""
    if isinstance(layer, Labels):
        layer._reset_history()


def _last(history: Any) -> list[Atom]:
    return list(history[-1]) if history else []


def _backwards(item: Iterable[Atom]) -> list[Atom]:
    """Atoms that bring the old values of `item` back."""
    return [(*atom[:-2], None, np.ravel(atom[-2])) for atom in reversed(list(item))]
