"""Layers that napari or a plugin adds, removes or renames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from napari.components import LayerList as NapariLayerList
from napari.layers import Image, Layer

from bims_desktop.ui.capture.culprit import culprit
from bims_desktop.ui.capture.hook import Hook

if TYPE_CHECKING:
    from bims_desktop.ui.capture.watch import Capture


class LayerList(Hook):
    """Follows the events of the layer list, by which every button, key and command goes."""

    route = "adding, removing and renaming layers"

    def __init__(self, capture: Capture) -> None:
        super().__init__(capture)
        self._events = capture.viewer.layers.events
        self._events.inserted.connect(self._inserted)
        self._events.removed.connect(self._removed)
        self._events.changed.connect(self._changed)

    def watch(self, layer: Layer) -> None:
        layer.events.name.connect(self._renamed)

    def probe(self) -> bool:
        heard: list[str] = []
        layers = NapariLayerList()
        for name in ("inserted", "removed"):
            getattr(layers.events, name).connect(lambda event: heard.append(event.type))
        layers.append(layer := Image(np.zeros((2, 2), np.uint8)))
        layer.events.name.connect(lambda event: heard.append(event.type))
        layer.name = "probe"
        layers.remove(layer)
        return heard == ["inserted", "name", "removed"]

    def close(self) -> None:
        self._events.inserted.disconnect(self._inserted)
        self._events.removed.disconnect(self._removed)
        self._events.changed.disconnect(self._changed)
        for layer in self.capture.viewer.layers:
            layer.events.name.disconnect(self._renamed)

    def _inserted(self, event: Any) -> None:
        self._take(event.value)

    def _removed(self, event: Any) -> None:
        self._let_go(event.value)

    def _changed(self, event: Any) -> None:
        olds, news = (value if isinstance(value, list) else [value] for value in (event.old_value, event.value))
        for old in olds:
            self._let_go(old)
        for new in news:
            self._take(new)

    def _take(self, layer: Layer) -> None:
        if self.capture.quiet:
            return
        self.capture.watch(layer)
        if self.capture.intent is not None:
            self.capture.intent.inserted.append(layer)
        else:
            self.capture.inserted(layer, f"added by {culprit()}")

    def _let_go(self, layer: Layer) -> None:
        entry = self.capture.sync.entry_of(layer)
        if self.capture.quiet or entry is None:
            return
        if entry.altered():
            self.capture.overwritten(entry, f"changed by {culprit()}")
        with self.capture.sync.held():
            self.capture.sync.forget(layer)
            self.capture.session.remove(self.capture.session.data(entry.version))

    def _renamed(self, event: Any) -> None:
        entry = self.capture.sync.entry_of(event.source)
        if self.capture.quiet or entry is None or entry.name == event.source.name:
            return
        entry.name = event.source.name
        self.capture.session.rename(self.capture.session.data(entry.version), entry.name)
