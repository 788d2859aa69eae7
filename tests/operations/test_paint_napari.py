"""Brush, bucket and history against napari's own Labels layer."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from bims_desktop.model.image import Image
from bims_desktop.operations.paint import Strokes, brush, fill, from_atoms, paint
from tests.operations.examples import SIZES

pytestmark = pytest.mark.ui


def blank(axes: str, scale: tuple[float, ...] = ()) -> Image:
    rng = np.random.default_rng(3)
    spots = rng.integers(0, 3, tuple(2 * SIZES[axis] for axis in axes))
    return Image(spots.astype(np.int32), axes, scale, kind="labels")


def layer_of(image: Image, **settings: Any) -> Any:
    from napari.layers import Labels

    layer = Labels(image.array().copy(), scale=image.scale)
    for name, value in settings.items():
        setattr(layer, name, value)
    return layer


def drag(layer: Any, positions: list[tuple[float, ...]], label: int) -> None:
    """Press, move and release as napari's own mouse binding does it."""
    from napari.layers.labels._labels_mouse_bindings import draw

    layer.mode = "paint"
    layer.selected_label = label
    event = SimpleNamespace(position=layer.data_to_world(positions[0]), type="mouse_press", button=1)
    going = draw(layer, event)
    next(going)
    for position in positions[1:]:
        event.type, event.position = "mouse_move", layer.data_to_world(position)
        next(going)
    event.type = "mouse_release"
    next(going, None)


def painted(image: Image, strokes: Strokes) -> np.ndarray[Any, Any]:
    result = paint(image, strokes.encode()).result
    assert isinstance(result, Image)
    return result.array()


DRAGS = {
    "press": [(12.0, 12.0)],
    "still": [(12.0, 12.0), (12.0, 12.0)],
    "half": [(2.5, 3.5), (4.5, 4.5)],
    "line": [(2.2, 3.7), (20.0, 28.4), (5.0, 30.1)],
    "over the edge": [(-3.0, 5.0), (4.0, -2.0), (30.0, 40.0)],
}


@pytest.mark.parametrize("positions", DRAGS.values(), ids=DRAGS.keys())
@pytest.mark.parametrize("brush_size", [1, 2, 3, 7, 10])
@pytest.mark.parametrize("scale", [(1.0, 1.0), (0.5, 0.2), (0.1, 0.35)], ids=str)
def test_brush(positions: list[tuple[float, ...]], brush_size: int, scale: tuple[float, float]) -> None:
    image = blank("YX", scale)
    layer = layer_of(image, brush_size=brush_size)
    drag(layer, positions, 5)
    seen = [tuple(layer.world_to_data(layer.data_to_world(position))) for position in positions]
    strokes = brush(image, seen, brush_size=brush_size, value=5)
    np.testing.assert_array_equal(painted(image, strokes), layer.data)


@pytest.mark.parametrize("n_edit_dimensions", [2, 3])
@pytest.mark.parametrize("first", [0, 3, -1])
@pytest.mark.parametrize("axes", ["ZYX", "TZYX"])
def test_brush_in_stacks(axes: str, n_edit_dimensions: int, first: int) -> None:
    image = blank(axes, (2.0, 0.5, 0.5) if axes == "ZYX" else (1.0, 2.0, 0.5, 0.5))
    layer = layer_of(image, brush_size=9, n_edit_dimensions=n_edit_dimensions)
    lead = (first,) if axes == "ZYX" else (1, first)
    positions = [(*lead, 4.0, 5.0), (*lead, 9.4, 14.6)]
    drag(layer, positions, 8)
    strokes = brush(image, positions, brush_size=9, value=8, n_edit_dimensions=n_edit_dimensions)
    np.testing.assert_array_equal(painted(image, strokes), layer.data)


@pytest.mark.parametrize("contiguous", [True, False])
@pytest.mark.parametrize("n_edit_dimensions", [2, 3])
@pytest.mark.parametrize("at", [(0, 0, 0), (3, 11.4, 9.5), (7, 25, 33), (2, 40, 3)], ids=str)
@pytest.mark.parametrize("value", [0, 1, 6])
def test_fill(at: tuple[float, ...], contiguous: bool, n_edit_dimensions: int, value: int) -> None:
    image = blank("ZYX")
    layer = layer_of(image, contiguous=contiguous, n_edit_dimensions=n_edit_dimensions)
    layer.fill(at, value)
    strokes = fill(image, at, value=value, contiguous=contiguous, n_edit_dimensions=n_edit_dimensions)
    np.testing.assert_array_equal(painted(image, strokes), layer.data)


def test_one_item_of_the_history_paints_the_same_again() -> None:
    image = blank("ZYX")
    layer = layer_of(image, brush_size=6)
    items: list[Any] = []
    layer.events.paint.connect(lambda event: items.append(event.value))
    drag(layer, [(2, 4.0, 4.0), (2, 20.0, 20.0), (2, 6.0, 25.0)], 9)
    (atoms,) = items
    np.testing.assert_array_equal(painted(image, from_atoms(image.shape, image.axes, atoms)), layer.data)


def test_atoms_of_data_setitem_too() -> None:
    image = blank("YX")
    layer = layer_of(image)
    items: list[Any] = []
    layer.events.paint.connect(lambda event: items.append(event.value))
    layer.data_setitem((np.array([1, 4, 9]), np.array([2, 2, 30])), 7)
    np.testing.assert_array_equal(painted(image, from_atoms(image.shape, image.axes, items[0])), layer.data)
