"""`scene`, `crop`: from where the viewer looks, and which pixels of a layer it shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from bims_desktop.model.canonical import Json
from bims_desktop.ui.layers import level

if TYPE_CHECKING:
    import napari
    from napari.components import Dims
    from napari.layers import Layer


def scene(viewer: napari.Viewer) -> dict[str, Json]:
    """The camera, the axes that are displayed, and where along the others, in the coordinates of the viewer."""
    dims, camera = viewer.dims, viewer.scene.camera
    told: dict[str, Json] = {"center": _numbers(camera.center[-dims.ndisplay :]), "zoom": float(camera.zoom)}
    if dims.ndisplay == 3:
        told |= {"angles": _numbers(camera.angles), "perspective": float(camera.perspective)}
    orientation: list[Json] = [str(way) for way in camera.orientation[-dims.ndisplay :]]
    names = _names(dims.axis_labels)
    displayed: list[Json] = [names[axis] for axis in dims.displayed]
    point: dict[str, Json] = {names[axis]: float(dims.point[axis]) for axis in dims.not_displayed}
    seen: dict[str, Json] = {"camera": told | {"orientation": orientation}, "displayed": displayed, "point": point}
    if viewer.canvas.grid.enabled:
        seen["grid"] = _whole(viewer.canvas.grid.actual_shape(viewer.layers))
    return seen


def crop(viewer: napari.Viewer, layer: Layer) -> dict[str, Json]:
    """Which pixels of `layer` the canvas shows, `high` included, and the plane along what is not displayed.

    Where the viewer stands beyond the layer, nothing of it is seen, and the plane is one that it does not have.
    """
    dims = viewer.dims
    offset = dims.ndim - layer.ndim
    place = np.round(layer.world_to_data(dims.point)).astype(int)
    low, high = _slab(layer, dims) if str(layer.projection_mode) != "none" else (place.copy(), place.copy())
    displayed = [axis - offset for axis in dims.displayed if axis >= offset]
    hidden = [axis - offset for axis in dims.not_displayed if axis >= offset]
    corners = _corners(layer, dims.ndisplay)
    low[displayed], high[displayed] = corners[0][displayed], corners[1][displayed]
    planes: dict[str, Json] = {str(layer.axis_labels[axis]): int(place[axis]) for axis in hidden}
    return {"displayed": int(dims.ndisplay), "high": _whole(high), "low": _whole(low), "planes": planes}


def _slab(layer: Layer, dims: Dims) -> tuple[Any, Any]:
    """First and last plane along what is not displayed, of which the viewer may draw several as one."""
    low = layer.world_to_data(np.subtract(dims.point, dims.margin_left))
    high = layer.world_to_data(np.add(dims.point, dims.margin_right))
    first, last = np.round(low), np.round(high)
    # As napari slices: a slab ends before the plane that it does not reach in full.
    last = np.maximum(np.where(np.isclose(last, high), last, last - 1), first)
    end = np.array(np.shape(level(layer))[: layer.ndim]) - 1
    return np.clip(first, 0, end).astype(int), np.clip(last, 0, end).astype(int)


def _corners(layer: Layer, displayed: int) -> Any:
    """First and last pixel in the canvas, in those of full resolution; of a volume all is drawn."""
    last = np.array(np.shape(level(layer))[: layer.ndim]) - 1
    if displayed == 3:
        return np.stack([np.zeros_like(last), last])
    if not layer.multiscale:
        return layer.corner_pixels
    step = layer.downsample_factors[layer.data_level]
    low, high = layer.corner_pixels
    return np.stack([np.floor(low * step), np.minimum(np.ceil((high + 1) * step) - 1, last)]).astype(int)


def _names(labels: Sequence[str]) -> list[str]:
    """Of axes, no two alike: counted from the last where their labels do not tell them apart."""
    apart = len(set(labels)) == len(labels)
    return [str(label) if apart else str(place - len(labels)) for place, label in enumerate(labels)]


def _whole(values: Any) -> list[Json]:
    return [int(value) for value in values]


def _numbers(values: Any) -> list[Json]:
    return [float(value) for value in values]
