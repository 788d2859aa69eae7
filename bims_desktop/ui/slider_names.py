"""`name_sliders`: a slider bears the names of all axes that it moves."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import napari


def name_sliders(viewer: napari.Viewer) -> Callable[[], None]:
    """Call a slider ``z / t`` where it moves Z of one layer and T of another; returns how to stop that.

    napari lays the last axes of all layers over each other, and takes the names of the layer that has most axes.
    Where all layers agree the name is napari's, or the person's own.
    """

    def name() -> None:
        labels = list(viewer.dims.axis_labels)
        for place in range(1, len(labels) + 1):
            known = dict.fromkeys(_name(layer, place) for layer in viewer.layers if layer.ndim >= place)
            known.pop("", None)
            if len(known) > 1:
                labels[-place] = " / ".join(known)
        if tuple(labels) != tuple(viewer.dims.axis_labels):
            viewer.dims.axis_labels = tuple(labels)

    # After napari, which names them when a layer comes.
    viewer.layers.events.inserted.connect(name, position="last")
    viewer.dims.events.axis_labels.connect(name)

    def end() -> None:
        viewer.layers.events.inserted.disconnect(name)
        viewer.dims.events.axis_labels.disconnect(name)

    return end


def _name(layer: napari.layers.Layer, place: int) -> str:
    """The name of the axis that is `place`-th from the last; empty where it has none, only its number."""
    label = str(layer.axis_labels[-place])
    return "" if label == str(-place) else label
