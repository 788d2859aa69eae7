"""`LooseLayers`: layers that are not recorded, points and shapes for instance, and whether a file holds them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np
import xxhash
from napari.layers import Layer

from bims_desktop.ui.layers import recordable

if TYPE_CHECKING:
    import napari


class LooseLayers:
    """Watches the layers of a viewer that the session does not hold.

    Parameters
    ----------
    viewer : napari.Viewer
        Where they are drawn.
    """

    def __init__(self, viewer: napari.Viewer) -> None:
        self._viewer = viewer
        self._saved: WeakKeyDictionary[Layer, str] = WeakKeyDictionary()
        viewer.layers.events.inserted.connect(self._inserted)

    @property
    def unsaved(self) -> tuple[Layer, ...]:
        """Those with something in them that was never in a file, or changed since it was."""
        return tuple(layer for layer in self._viewer.layers if not recordable(layer) and self._is_missed(layer))

    def saved(self, layers: Sequence[Layer]) -> None:
        """A file holds `layers` as they are now."""
        self._saved.update({layer: contents(layer) for layer in layers if not recordable(layer)})

    def close(self) -> None:
        """Stop watching."""
        self._viewer.layers.events.inserted.disconnect(self._inserted)

    def _inserted(self, event: Any) -> None:
        if event.value.source.path is not None:
            self.saved([event.value])

    def _is_missed(self, layer: Layer) -> bool:
        if layer not in self._saved:
            return len(layer.data) > 0
        return self._saved[layer] != contents(layer)


def contents(layer: Layer) -> str:
    """A value that changes whenever the coordinates or the features of `layer` do."""
    hasher = xxhash.xxh3_128()
    for part in layer.data if isinstance(layer.data, (list, tuple)) else [layer.data]:
        array = np.ascontiguousarray(part)
        hasher.update(f"{array.dtype} {array.shape}".encode())
        hasher.update(array.tobytes())
    hasher.update(repr(layer.features.to_dict("list")).encode())
    return hasher.hexdigest()
