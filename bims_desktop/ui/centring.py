"""`centre`: bring a place of a layer to the middle of the canvas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import napari
    from napari.layers import Layer


def centre(viewer: napari.Viewer, layer: Layer, place: Sequence[float]) -> None:
    """Move the sliders and the camera to `place`, in the coordinates of the pixels of `layer`; the zoom stays."""
    world = layer.data_to_world(place)
    offset = viewer.dims.ndim - len(world)
    hidden = [axis for axis in viewer.dims.not_displayed if axis >= offset]
    for axis in hidden:
        viewer.dims.set_point(axis, float(world[axis - offset]))
    shown = [float(world[axis - offset]) if axis >= offset else 0.0 for axis in viewer.dims.displayed]
    viewer.scene.camera.center = (0.0,) * (3 - len(shown)) + tuple(shown)
