"""Thresholds, labels and watershed against the direct scikit-image call."""

from __future__ import annotations

import numpy as np
import pytest
from skimage import filters as ski_filters
from skimage import measure as ski_measure
from skimage import segmentation as ski_segmentation

from bims_desktop.errors import BadParameter, OperationFailed
from bims_desktop.model.image import Image
from bims_desktop.operations.segmentation import label, threshold, threshold_li, threshold_otsu, watershed, zeros_like
from tests.operations.examples import (
    DTYPES,
    GREY_LAYOUTS,
    indices,
    labels,
    mask,
    same_calibration,
    textured,
    wrap,
)

AXES = ["YX", "ZYX"]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("layout", GREY_LAYOUTS)
def test_threshold_is_strict(layout: str, dtype: str) -> None:
    image = textured(layout, dtype)
    value = float(np.sort(image.array().ravel())[image.array().size // 2])
    result = threshold(image, value=value)
    np.testing.assert_array_equal(result.array(), image.array() > value)
    assert not result.array()[image.array() == image.dtype.type(value)].any()
    assert result.kind == "mask"
    assert same_calibration(result, image)


@pytest.mark.parametrize("value", [-1.0, 255.0, 300.0, 1e300])
def test_threshold_beyond_the_dtype(value: float) -> None:
    result = threshold(textured("YX", "uint8"), value=value)
    assert result.array().all() == (value < 0)
    assert result.array().any() == (value < 0)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("layout", GREY_LAYOUTS)
@pytest.mark.parametrize("axes", AXES)
@pytest.mark.parametrize(
    ("operation", "direct"), [(threshold_otsu, ski_filters.threshold_otsu), (threshold_li, ski_filters.threshold_li)]
)
def test_found_thresholds(operation, direct, layout: str, dtype: str, axes: str) -> None:  # type: ignore[no-untyped-def]
    image = textured(layout, dtype)
    found = operation(image, axes=axes)
    expected = np.empty(image.shape, bool)
    thresholds = []
    for index in indices(image, axes):
        # Signed integers wrap inside threshold_li, which subtracts their minimum in their own type.
        region = image.array()[index].astype(np.int64) if dtype == "int16" else image.array()[index]
        thresholds.append(direct(region))
        expected[index] = region > thresholds[-1]
    np.testing.assert_array_equal(found.result.array(), expected)
    given = found.values["threshold"]
    assert given == (thresholds[0] if len(thresholds) == 1 else pytest.approx(thresholds, abs=0))
    assert isinstance(given, list) == (len(thresholds) > 1)
    assert same_calibration(found.result, image)


def test_otsu_finds_an_int_for_integers_and_a_float_for_floats() -> None:
    assert type(threshold_otsu(textured("YX", "uint8")).values["threshold"]) is int
    assert type(threshold_otsu(textured("YX", "float32")).values["threshold"]) is float


@pytest.mark.parametrize("operation", [threshold_otsu, threshold_li])
@pytest.mark.parametrize("dtype", DTYPES)
def test_a_constant_image_gives_an_empty_mask(operation, dtype: str) -> None:  # type: ignore[no-untyped-def]
    found = operation(wrap(np.full((4, 5), 7, dtype), "YX"))
    assert found.values["threshold"] == 7
    assert not found.result.array().any()


@pytest.mark.parametrize("operation", [threshold_otsu, threshold_li])
def test_nan_and_infinity_are_left_out(operation) -> None:  # type: ignore[no-untyped-def]
    pixels = textured("YX", "float32").array().copy()
    clean = operation(wrap(pixels[1:].copy(), "YX"))
    pixels[0] = np.nan
    pixels[0, 0] = np.inf
    found = operation(wrap(pixels, "YX"))
    assert found.values == clean.values
    assert found.result.array()[0].tolist() == [True] + [False] * (pixels.shape[1] - 1)


@pytest.mark.parametrize("operation", [threshold_otsu, threshold_li])
@pytest.mark.parametrize(
    "pixels",
    [np.full((3, 3), np.nan, np.float32), np.array([[0, 2**31 - 1]], np.int32), np.zeros((0, 3), np.uint8)],
    ids=["nan", "too wide", "no pixels"],
)
def test_what_cannot_be_thresholded_says_so(operation, pixels: np.ndarray) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(OperationFailed) as caught:
        operation(wrap(pixels, "YX"))
    assert caught.value.todo


def test_floats_too_near_each_other_for_a_histogram_say_so() -> None:
    with pytest.raises(OperationFailed, match="No threshold was found"):
        threshold_otsu(wrap(np.array([[0.0, 5e-324]]), "YX"))


@pytest.mark.parametrize("operation", [threshold_otsu, threshold_li])
def test_a_boolean_image_is_one_of_0_and_1(operation) -> None:  # type: ignore[no-untyped-def]
    pixels = mask("YX").array()
    np.testing.assert_array_equal(operation(wrap(pixels.copy(), "YX")).result.array(), pixels)


def test_li_takes_a_guess_inside_of_the_range_only() -> None:
    image = textured("YX", "uint8")
    guess = float(np.median(image.array()))
    direct = ski_filters.threshold_li(image.array(), initial_guess=guess, tolerance=0.1)
    assert threshold_li(image, initial_guess=guess, tolerance=0.1).values["threshold"] == direct
    with pytest.raises(OperationFailed, match="initial guess"):
        threshold_li(image, initial_guess=1e6)


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
