"""Pixels that change without anything being asked: `layer.data = x`, `layer.data[...] = x`, other plugins."""

from __future__ import annotations

from typing import Any

import numpy as np
from napari.layers import Image, Layer

from bims_desktop.ui.capture.culprit import culprit
from bims_desktop.ui.capture.hook import Hook
from bims_desktop.ui.layers import fingerprint, recordable


class Contents(Hook):
    """Hears of replaced arrays at once; finds writing in place by a content hash whenever things are settled."""

    route = "changes of pixels by other code"

    def watch(self, layer: Layer) -> None:
        if recordable(layer):
            layer.events.data.connect(self._replaced)

    def settle(self) -> None:
        for entry in self.capture.sync.entries:
            if entry.altered() and not any(hook.holds(entry.layer) for hook in self.capture.hooks):
                self.capture.overwritten(entry, "changed in place, by whom is unknown")

    def probe(self) -> bool:
        heard: list[str] = []
        layer = Image(array := np.zeros((2, 2), np.uint8))
        layer.events.data.connect(lambda event: heard.append(event.type))
        before = fingerprint(layer.data)
        array[0, 0] = 1
        noticed = fingerprint(layer.data) != before
        layer.data = np.ones((2, 2), np.uint8)
        return noticed and heard == ["data"]

    def close(self) -> None:
        for layer in self.capture.viewer.layers:
            if recordable(layer):
                layer.events.data.disconnect(self._replaced)

    def _replaced(self, event: Any) -> None:
        if self.capture.quiet:
            return
        if self.capture.intent is not None:
            self.capture.intent.replaced.append(event.source)
            return
        entry = self.capture.sync.entry_of(event.source)
        if entry is not None and entry.altered():
            self.capture.overwritten(entry, f"changed by {culprit()}")
