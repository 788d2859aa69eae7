"""Measurements against the direct scikit-image call."""

from __future__ import annotations

import numpy as np
import pytest
from skimage import measure as ski

from bims_desktop.errors import BadParameter, OperationFailed
from bims_desktop.model.image import Image
from bims_desktop.model.table import table_digest
from bims_desktop.operations.measure import PROPERTIES, regionprops_table
from tests.operations.examples import GREY_LAYOUTS, indices, labels, textured, wrap
from tests.operations.test_filters import ndim

DEFAULT = ("label", "area", "centroid", "bbox", "intensity_mean", "intensity_min", "intensity_max")
PLANAR = {"eccentricity", "orientation", "perimeter", "perimeter_crofton"}


@pytest.mark.parametrize("layout", GREY_LAYOUTS)
@pytest.mark.parametrize("axes", ["YX", "ZYX"])
@pytest.mark.parametrize("units", ["physical", "pixels"])
@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
def test_against_scikit_image(layout: str, axes: str, units: str, dtype: str) -> None:
    image, intensities = labels(layout), textured(layout, dtype)
    table = regionprops_table(image, intensities, units=units, axes=axes).result  # type: ignore[arg-type]
    spacing = (2.0, 0.5, 0.5)[-ndim(layout, axes) :] if units == "physical" else None
    outside = [axis for axis in layout if axis not in axes]
    expected: dict[str, list[float]] = {}
    for index in indices(image, axes):
        part = ski.regionprops_table(image.array()[index], intensities.array()[index], DEFAULT, spacing=spacing)
        place = {axis: [index[layout.index(axis)]] * len(part["label"]) for axis in outside}
        for name, column in {**place, **part}.items():
            expected.setdefault(name, []).extend(column)
    assert list(table.columns) == list(expected)
    for name, column in expected.items():
        np.testing.assert_array_equal(table.columns[name], column, err_msg=name)


def test_units_are_those_of_the_calibration() -> None:
    plane = regionprops_table(labels("YX"), properties=PROPERTIES_OF_PLANE).result  # type: ignore[arg-type]
    assert plane.units["area"] == "µm²"
    assert plane.units["centroid-0"] == plane.units["perimeter"] == plane.units["axis_major_length"] == "µm"
    assert plane.units["bbox-3"] == "px"
    assert "label" not in plane.units
    volume = regionprops_table(labels("ZYX")).result
    assert volume.units["area"] == "µm³"
    pixels = regionprops_table(labels("ZYX"), units="pixels").result
    assert (pixels.units["area"], pixels.units["centroid-2"]) == ("px³", "px")
    bare = Image(labels("YX").array(), "YX", kind="labels")
    assert regionprops_table(bare).result.units["area"] == "px²"


PROPERTIES_OF_PLANE = tuple(name for name in PROPERTIES if "intensity" not in name and "weighted" not in name)


@pytest.mark.parametrize("name", PROPERTIES)
def test_every_property_on_the_list_can_be_measured(name: str) -> None:
    grown = wrap(np.kron(labels("YX").array(), np.ones((5, 5), np.int32)), "YX", "labels")
    bright = wrap(grown.array() * 1.5, "YX")
    table = regionprops_table(grown, bright, properties=(name,)).result  # type: ignore[arg-type]
    expected = ski.regionprops_table(grown.array(), bright.array(), (name,), spacing=(0.5, 0.5))
    for column, values in expected.items():
        np.testing.assert_array_equal(table.columns[column], values)


@pytest.mark.parametrize("name", sorted(PLANAR))
def test_what_exists_in_planes_only_says_so_in_volumes(name: str) -> None:
    with pytest.raises(OperationFailed, match="measured"):
        regionprops_table(labels("ZYX"), properties=(name,))  # type: ignore[arg-type]
    assert regionprops_table(labels("ZYX"), properties=(name,), axes="YX").result.rows  # type: ignore[arg-type]


def test_no_objects_give_an_empty_table_of_the_same_columns() -> None:
    empty = wrap(np.zeros((2, 4, 4), np.int32), "TYX", "labels")
    found = regionprops_table(empty, textured_like(empty))
    full = regionprops_table(labels("TYX"), textured("TYX")).result
    assert found.values["objects"] == found.result.rows == 0
    assert list(found.result.columns) == list(full.columns)
    assert found.result.units == full.units
    assert table_digest(found.result) != table_digest(full)


def textured_like(image: Image) -> Image:
    return wrap(np.zeros(image.shape, np.uint8), image.axes)


def test_a_huge_label_keeps_its_number_and_fills_no_memory() -> None:
    image = wrap(np.array([[7, 7, 0, 2**32 - 1]], np.uint32), "YX", "labels")
    table = regionprops_table(image, units="pixels").result
    assert table.columns["label"].tolist() == [7, 2**32 - 1]
    assert table.columns["area"].tolist() == [2.0, 1.0]


def test_refusals() -> None:
    with pytest.raises(BadParameter, match="without an intensity image"):
        regionprops_table(labels("YX"), properties=("label", "intensity_mean"))
    with pytest.raises(BadParameter, match="intensity_image has the axes"):
        regionprops_table(labels("YX"), textured("ZYX"))
    with pytest.raises(BadParameter, match="No property"):
        regionprops_table(labels("YX"), properties=())
    mixed = Image(labels("YX").array(), "YX", units=("µm", "nm"), kind="labels")
    with pytest.raises(BadParameter, match="different units"):
        regionprops_table(mixed)
    assert regionprops_table(mixed, units="pixels").result.rows
