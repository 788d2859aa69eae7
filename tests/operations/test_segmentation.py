"""Thresholds, labels and watershed against the direct scikit-image call."""

from __future__ import annotations

import numpy as np
import pytest
from skimage import measure as ski_measure
from skimage import segmentation as ski_segmentation

from bims_desktop.errors import BadParameter, OperationFailed
from bims_desktop.model.image import Image
from bims_desktop.operations.segmentation import label, watershed, zeros_like
from tests.operations.examples import (
    GREY_LAYOUTS,
    indices,
    labels,
    mask,
    same_calibration,
    textured,
    wrap,
)

AXES = ["YX", "ZYX"]


@pytest.mark.parametrize("layout", GREY_LAYOUTS)
@pytest.mark.parametrize("axes", AXES)
@pytest.mark.parametrize("connectivity", [None, 1, 2])
@pytest.mark.parametrize("make", [mask, labels])
def test_label(make, layout: str, axes: str, connectivity: int | None) -> None:  # type: ignore[no-untyped-def]
    image = make(layout)
    found = label(image, connectivity=connectivity, axes=axes)  # type: ignore[arg-type]
    counts = []
    for index in indices(image, axes):
        expected, count = ski_measure.label(image.array()[index], connectivity=connectivity, return_num=True)
        np.testing.assert_array_equal(found.result.array()[index], expected)
        counts.append(count)
    assert found.values["objects"] == (counts[0] if len(counts) == 1 else counts)
    assert (found.result.dtype, found.result.kind) == (np.int32, "labels")
    assert same_calibration(found.result, image)


@pytest.mark.parametrize("background", [0, 1])
def test_label_background(background: int) -> None:
    image = mask("YX")
    expected = ski_measure.label(image.array(), background=background)
    np.testing.assert_array_equal(label(image, background=background).result.array(), expected)


def test_label_of_an_empty_mask_finds_nothing() -> None:
    found = label(wrap(np.zeros((4, 4), bool), "YX", "mask"))
    assert found.values["objects"] == 0
    assert not found.result.array().any()


def test_connectivity_beyond_the_region_is_refused() -> None:
    with pytest.raises(BadParameter, match="Connectivity 3"):
        label(mask("YX"), connectivity=3)
    assert label(mask("ZYX"), connectivity=3).values["objects"] == label(mask("ZYX")).values["objects"]


@pytest.mark.parametrize("layout", GREY_LAYOUTS)
@pytest.mark.parametrize("axes", AXES)
@pytest.mark.parametrize("with_markers", [None, "labels", "mask"])
@pytest.mark.parametrize("with_mask", [False, True])
@pytest.mark.parametrize("line", [False, True])
def test_watershed(layout: str, axes: str, with_markers: str | None, with_mask: bool, line: bool) -> None:
    image = textured(layout, "float32")
    seeds = {None: None, "labels": labels(layout), "mask": wrap(image.array() < 0.2, layout, "mask")}[with_markers]
    where = mask(layout, seed=5) if with_mask else None
    found = watershed(image, seeds, where, compactness=0.5, watershed_line=line, axes=axes)  # type: ignore[arg-type]
    for index in indices(image, axes):
        marks = None if seeds is None else seeds.array()[index]
        if with_markers == "mask":
            marks = ski_measure.label(marks, connectivity=1)
        expected = ski_segmentation.watershed(
            image.array()[index],
            marks,
            mask=None if where is None else where.array()[index],
            compactness=0.5,
            watershed_line=line,
        )
        np.testing.assert_array_equal(found.result.array()[index], expected)
    assert (found.result.dtype, found.result.kind) == (np.int32, "labels")
    assert same_calibration(found.result, image)


def test_watershed_refuses_what_does_not_fit() -> None:
    with pytest.raises(BadParameter, match="connectivity 1"):
        watershed(textured("ZYX"), connectivity=2, watershed_line=True)
    with pytest.raises(BadParameter, match="mask has the axes YX"):
        watershed(textured("ZYX"), mask=mask("YX"))
    with pytest.raises(OperationFailed, match="NaN"):
        watershed(wrap(np.array([[np.nan, 1.0]]), "YX"))
    with pytest.raises(BadParameter, match="int32"):
        watershed(textured("YX"), wrap(np.full((13, 17), 2**32 - 1, np.uint32), "YX", "labels"))


@pytest.mark.parametrize(("axes", "shape"), [("YX", (4, 5)), ("TCZYX", (2, 2, 3, 4, 5)), ("YXS", (4, 5, 3))])
def test_new_labels_are_empty_and_cover_the_image(axes: str, shape: tuple[int, ...]) -> None:
    scale, units = tuple(range(1, len(axes) + 1)), ("µm",) * len(axes)
    image = Image(np.ones(shape, np.uint8), axes, scale, units, kind="rgb" if "S" in axes else "intensity")
    empty = zeros_like(image)
    spatial = len(axes.removesuffix("S"))
    assert np.array_equal(empty.array(), np.zeros_like(image.array()[..., 0] if "S" in axes else image.array()))
    assert (empty.dtype, empty.kind, empty.axes) == (np.int32, "labels", axes.removesuffix("S"))
    assert (empty.scale, empty.units) == (image.scale[:spatial], image.units[:spatial])
