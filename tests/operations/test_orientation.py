"""Flips, turns, exchanged, renamed and joined axes against NumPy; calibration follows its axis."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from bims_desktop.errors import BadParameter
from bims_desktop.model.image import Image
from bims_desktop.operations.joining import concatenate, stack
from bims_desktop.operations.orientation import flip, rename_axis, rot90, swapaxes
from tests.operations.examples import LAYOUTS, SIZES, labels, mask, same_calibration, textured, wrap


@pytest.mark.parametrize("make", [textured, mask, labels])
@pytest.mark.parametrize("axis", "TCZYX")
def test_flip(make, axis: str) -> None:  # type: ignore[no-untyped-def]
    image = make("TCZYX")
    result = flip(image, axis=axis)  # type: ignore[arg-type]
    np.testing.assert_array_equal(result.array(), np.flip(image.array(), "TCZYX".index(axis)))
    assert result.channels == (image.channels[::-1] if axis == "C" else image.channels)
    twice = flip(result, axis=axis)  # type: ignore[arg-type]
    np.testing.assert_array_equal(twice.array(), image.array())
    assert same_calibration(twice, image)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("k", [1, 2, 3])
def test_quarter_turns(layout: str, k: int) -> None:
    image = textured(layout)
    image = Image(image.array(), layout, tuple(1.0 + n for n in range(image.ndim)), image.units, kind=image.kind)
    result = rot90(image, k=k)  # type: ignore[arg-type]
    plane = (layout.index("Y"), layout.index("X"))
    np.testing.assert_array_equal(result.array(), np.rot90(image.array(), k, plane))
    assert (result.scale_of("Y") == image.scale_of("Y")) == (k == 2)
    assert (result.axes, result.kind) == (layout, image.kind)


@pytest.mark.parametrize(("axis1", "axis2"), list(permutations("TCZYX", 2)))
def test_exchanged_axes(axis1: str, axis2: str) -> None:
    image = textured("TCZYX", "uint16")
    result = swapaxes(image, axis1=axis1, axis2=axis2)  # type: ignore[arg-type]
    places = "TCZYX".index(axis1), "TCZYX".index(axis2)
    np.testing.assert_array_equal(result.array(), np.swapaxes(image.array(), *places))
    assert (result.scale_of(axis1), result.unit_of(axis1)) == (image.scale_of(axis2), image.unit_of(axis2))
    assert (result.scale_of(axis2), result.unit_of(axis2)) == (image.scale_of(axis1), image.unit_of(axis1))
    assert result.channels == (() if "C" in (axis1, axis2) else image.channels)


@pytest.mark.parametrize(
    ("layout", "axis", "name", "moved"),
    [("ZYX", "Z", "T", (0, 1, 2)), ("TYX", "T", "Z", (0, 1, 2)), ("CZYX", "Z", "T", (1, 0, 2, 3)),
     ("TCYX", "T", "Z", (1, 0, 2, 3)), ("CYX", "C", "Z", (0, 1, 2))],
)  # fmt: skip
def test_renamed_axes(layout: str, axis: str, name: str, moved: tuple[int, ...]) -> None:
    image = textured(layout)
    result = rename_axis(image, axis=axis, name=name)  # type: ignore[arg-type]
    np.testing.assert_array_equal(result.array(), image.array().transpose(moved))
    assert (result.scale_of(name), result.unit_of(name)) == (1.0, "")
    assert (result.scale_of("X"), result.unit_of("X")) == (0.5, "µm")
    assert set(result.axes) == set(layout.replace(axis, name))


def test_axes_that_cannot_be_exchanged_or_renamed() -> None:
    with pytest.raises(BadParameter, match="with itself"):
        swapaxes(textured("ZYX"), axis1="Z", axis2="Z")
    with pytest.raises(BadParameter, match="axis Z already"):
        rename_axis(textured("TCZYX"), axis="T", name="Z")
    for call in (flip, swapaxes, rename_axis):
        with pytest.raises(BadParameter, match="no axis"):
            call(textured("YX"), **({"axis": "Z"} if call is flip else {}))


@pytest.mark.parametrize("make", [textured, mask, labels])
@pytest.mark.parametrize("axis", "TCZYX")
def test_concatenate(make, axis: str) -> None:  # type: ignore[no-untyped-def]
    images = [make("TCZYX", seed=seed) for seed in range(3)]
    found = concatenate(*images, axis=axis)
    place = "TCZYX".index(axis)
    np.testing.assert_array_equal(found.result.array(), np.concatenate([i.array() for i in images], place))
    assert found.values["length"] == found.result.shape[place]
    assert found.result.scale == images[0].scale
    assert len(found.result.channels) == (9 if axis == "C" else 3)


@pytest.mark.parametrize(
    ("layout", "axis", "place"), [("YX", "Z", 0), ("CYX", "Z", 1), ("CZYX", "T", 0), ("YXS", "T", 0)]
)
def test_stack(layout: str, axis: str, place: int) -> None:
    shape = tuple(SIZES[a] for a in layout)
    kind = "rgb" if "S" in layout else "intensity"
    images = [wrap(np.full(shape, n, dtype), layout, kind) for n, dtype in ((1, np.uint8), (2, np.uint16))]
    found = stack(*images, axis=axis)  # type: ignore[arg-type]
    np.testing.assert_array_equal(found.result.array(), np.stack([i.array() for i in images], place))
    assert (found.result.dtype, found.values["planes"]) == (np.uint16, 2)
    assert found.result.scale_of(axis) == 1.0
    assert found.result.scale_of("X") == 0.5


def test_what_does_not_join() -> None:
    one = textured("ZYX")
    other = Image(one.array(), "ZYX", (2.0, 0.5, 0.6), one.units)
    with pytest.raises(BadParameter, match="pixel sizes"):
        concatenate(one, other, axis="Z")
    with pytest.raises(BadParameter, match="axis Z already"):
        stack(one, one)
    with pytest.raises(BadParameter, match="no axis T"):
        concatenate(one, one, axis="T")
    with pytest.raises(BadParameter, match="kind labels"):
        concatenate(one, labels("ZYX"), axis="Z")
    with pytest.raises(BadParameter, match="do not join"):
        concatenate(one, wrap(np.zeros((2, 3, 4), np.uint8), "ZYX"), axis="Z")
