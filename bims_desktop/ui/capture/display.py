"""How layers look and where they lie: contrast, colours, visibility, position; and their pixel size."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np
from napari.layers import Image, Layer
from PySide6.QtCore import QTimer

from bims_desktop.model.canonical import Json
from bims_desktop.ui.capture.hook import Hook
from bims_desktop.ui.layers import image_of

if TYPE_CHECKING:
    from bims_desktop.ui.capture.watch import Capture

SETTINGS = ("contrast_limits", "colormap", "opacity", "visible", "gamma", "blending")
POSITION = ("translate", "rotate", "shear", "affine")
CALIBRATION = ("scale", "units")
PAUSE = 500
"""Milliseconds without a further change after which one is recorded."""


class Display(Hook):
    """Waits until the slider rests, then records the value it came to rest at."""

    route = "display changes"

    def __init__(self, capture: Capture) -> None:
        super().__init__(capture)
        self._pending: dict[tuple[Layer, str], None] = {}
        # Setting a value to what it was tells of a change too: only what differs from these is one.
        self._known: WeakKeyDictionary[Layer, dict[str, Json]] = WeakKeyDictionary()
        self._timer = QTimer(capture, singleShot=True, interval=PAUSE)
        self._timer.timeout.connect(capture.settle)

    def watch(self, layer: Layer) -> None:
        self._known[layer] = {name: _plain(getattr(layer, name)) for name in _observed(layer)}
        for name in _observed(layer):
            getattr(layer.events, name).connect(self._changed)

    def settle(self) -> None:
        self._timer.stop()
        arriving = self.capture.arrivals.layers
        pending, self._pending = self._pending, {key: None for key in self._pending if key[0] in arriving}
        for layer, name in pending:
            value = _plain(getattr(layer, name))
            if self.capture.sync.entry_of(layer) is not None and value != self._known[layer][name]:
                self._known[layer][name] = value
                self._record(layer, name, value)

    def probe(self) -> bool:
        heard: list[str] = []
        layer = Image(np.arange(4, dtype=np.uint8).reshape(2, 2))
        for name in _observed(layer):
            getattr(layer.events, name).connect(lambda event: heard.append(event.type))
        layer.contrast_limits = (0, 2)
        layer.colormap = "green"
        layer.opacity, layer.visible, layer.gamma, layer.blending = 0.5, False, 0.5, "additive"
        layer.translate, layer.scale = (1, 1), (2, 2)
        return {*SETTINGS, "translate", "scale"} <= set(heard)

    def close(self) -> None:
        self._timer.stop()
        for layer in self.capture.viewer.layers:
            for name in _observed(layer):
                getattr(layer.events, name).disconnect(self._changed)

    def _changed(self, event: Any) -> None:
        layer, name = event.source, event.type
        if self.capture.quiet or not self._recorded(layer):
            self._known[layer][name] = _plain(getattr(layer, name))
        else:
            self._pending[layer, name] = None
            self._timer.start()

    def _recorded(self, layer: Layer) -> bool:
        """Whether the session holds `layer`, or will in a moment."""
        return self.capture.sync.entry_of(layer) is not None or layer in self.capture.arrivals.layers

    def _record(self, layer: Layer, name: str, value: Json) -> None:
        entry = self.capture.sync.entry_of(layer)
        assert entry is not None
        if name not in CALIBRATION:
            self.capture.session.display(self.capture.session.data(entry.version), name, value)
            return
        before = self.capture.session.data(entry.version)
        now = image_of(layer, before.image)
        if (now.scale, now.units) == (before.image.scale, before.image.units):
            return
        image = replace(before.image, scale=now.scale, units=now.units)
        with self.capture.sync.held():
            after = self.capture.session.snapshot(before, image, cause="its pixel size was set by hand")
            self.capture.bind(layer, after)


def _observed(layer: Layer) -> list[str]:
    return [name for name in (*SETTINGS, *POSITION, *CALIBRATION) if name in layer.events.emitters]


def _plain(value: Any) -> Json:
    """A display value as JSON."""
    if hasattr(value, "affine_matrix"):
        value = value.affine_matrix
    if isinstance(value, np.ndarray):
        return value.tolist()  # type: ignore[no-any-return]
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        return value.item()  # type: ignore[no-any-return]
    if type(value) in (bool, int, float) or value is None:
        return value  # type: ignore[no-any-return]
    return str(getattr(value, "name", value))
