"""Thresholds against the direct scikit-image call."""

from __future__ import annotations

import numpy as np
import pytest
from skimage import filters as ski_filters

from bims_desktop.errors import BadParameter, OperationFailed
from bims_desktop.operations.histogram_thresholds import threshold_isodata, threshold_triangle, threshold_yen
from bims_desktop.operations.local_thresholds import (
    apply_hysteresis_threshold,
    threshold_local,
    threshold_multiotsu,
)
from bims_desktop.operations.registry import get
from bims_desktop.operations.thresholds import threshold, threshold_li, threshold_otsu
from tests.operations.examples import (
    DTYPES,
    GREY_LAYOUTS,
    indices,
    mask,
    same_calibration,
    textured,
    wrap,
)

AXES = ["YX", "ZYX"]
FOUND = [
    (threshold_otsu, ski_filters.threshold_otsu),
    (threshold_li, ski_filters.threshold_li),
    (threshold_triangle, ski_filters.threshold_triangle),
    (threshold_yen, ski_filters.threshold_yen),
    (threshold_isodata, ski_filters.threshold_isodata),
]
ALL = [operation for operation, _ in FOUND]


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
@pytest.mark.parametrize(("operation", "direct"), FOUND)
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


@pytest.mark.parametrize("operation", ALL)
@pytest.mark.parametrize("dtype", DTYPES)
def test_a_constant_image_gives_an_empty_mask(operation, dtype: str) -> None:  # type: ignore[no-untyped-def]
    found = operation(wrap(np.full((4, 5), 7, dtype), "YX"))
    assert found.values["threshold"] == 7
    assert not found.result.array().any()


@pytest.mark.parametrize("operation", ALL)
def test_nan_and_infinity_are_left_out(operation) -> None:  # type: ignore[no-untyped-def]
    pixels = textured("YX", "float32").array().copy()
    clean = operation(wrap(pixels[1:].copy(), "YX"))
    pixels[0] = np.nan
    pixels[0, 0] = np.inf
    found = operation(wrap(pixels, "YX"))
    assert found.values == clean.values
    assert found.result.array()[0].tolist() == [True] + [False] * (pixels.shape[1] - 1)


@pytest.mark.parametrize("operation", ALL)
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


@pytest.mark.parametrize("operation", ALL)
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


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("layout", GREY_LAYOUTS)
@pytest.mark.parametrize("axes", AXES)
@pytest.mark.parametrize("classes", [2, 3])
def test_multiotsu(layout: str, dtype: str, axes: str, classes: int) -> None:
    image = textured(layout, dtype)
    found = threshold_multiotsu(image, classes=classes, nbins=64, axes=axes)  # type: ignore[arg-type]
    each = []
    for index in indices(image, axes):
        region = image.array()[index]
        each.append(ski_filters.threshold_multiotsu(region.astype(float), classes, 64).tolist())
        expected = np.sum([region > value for value in each[-1]], axis=0)
        np.testing.assert_array_equal(found.result.array()[index], expected)
    assert found.values["thresholds"] == (each[0] if len(each) == 1 else each)
    assert (found.result.dtype, found.result.kind) == (np.int32, "labels")
    assert same_calibration(found.result, image)


def test_classes_of_nan_and_of_too_few_values() -> None:
    pixels = np.array([[1.0, 1.0, 5.0, 5.0, np.nan, np.inf]])
    assert threshold_multiotsu(wrap(pixels, "YX"), classes=2).result.array().tolist() == [[0, 0, 1, 1, 0, 1]]
    with pytest.raises(OperationFailed, match="No thresholds"):
        threshold_multiotsu(wrap(np.full((3, 3), 7, np.uint8), "YX"))


def test_thresholds_refuse_what_contradicts_itself() -> None:
    with pytest.raises(BadParameter, match="even number 4") as caught:
        threshold_local(textured("YX"), block_size=4)
    assert caught.value.todo == "Use 5."
    with pytest.raises(BadParameter, match="less than low"):
        apply_hysteresis_threshold(textured("YX"), low=2.0, high=1.0)
    with pytest.raises(OperationFailed, match="finite"):
        threshold_local(wrap(np.array([[np.nan, 1.0]]), "YX"))


@pytest.mark.parametrize("value", [True, False])
def test_hysteresis_of_nan_is_background(value: bool) -> None:
    pixels = np.array([[9.0 if value else np.nan, 3.0, 9.0, np.nan]])
    result = apply_hysteresis_threshold(wrap(pixels, "YX"), low=2.0, high=8.0)
    assert result.array().tolist() == [[value, True, True, False]]


HISTOGRAMS = {
    "threshold_otsu": lambda v, n: ski_filters.threshold_otsu(v, n),
    "threshold_yen": lambda v, n: ski_filters.threshold_yen(v, n),
    "threshold_isodata": lambda v, n: ski_filters.threshold_isodata(v, n),
    "threshold_multiotsu": lambda v, n: ski_filters.threshold_multiotsu(v.astype(np.float64), 3, n).tolist(),
}


@pytest.mark.parametrize("id", HISTOGRAMS)
@pytest.mark.parametrize("dtype", ["uint8", "uint16", "int16", "int32", "float32", "float64", "bool"])
def test_counted_plane_by_plane_as_all_at_once(id: str, dtype: str) -> None:
    values = np.random.default_rng(3).gamma(2.0, 900.0, (7, 31, 37))
    # Each plane has a range of its own, so that no histogram of one plane fits another.
    values += 1000 * np.arange(7)[:, None, None] - (3000 if dtype[0] in "if" else 0)
    values = values > 4000 if dtype == "bool" else values % 256 if dtype == "uint8" else values
    pixels = values.astype(dtype)
    for nbins in (64, 256):
        try:
            direct = HISTOGRAMS[id](pixels.astype(np.uint8) if dtype == "bool" else pixels, nbins)
        except ValueError:
            with pytest.raises(OperationFailed):
                get(id).function(wrap(pixels, "ZYX"), nbins=nbins)
            continue
        found = get(id).function(wrap(pixels, "ZYX"), nbins=nbins)
        assert found.values.get("threshold", found.values.get("thresholds")) == direct


@pytest.mark.parametrize("id", HISTOGRAMS)
def test_a_volume_is_never_held_whole(id: str) -> None:
    pixels = textured("TCZYX", "float32").array().copy()
    pixels[0, 0, 1] = np.nan  # a plane without any finite value beside others
    sizes: list[int] = []

    class Lazy:
        shape, dtype, ndim = pixels.shape, pixels.dtype, pixels.ndim

        def __getitem__(self, key):  # type: ignore[no-untyped-def]
            sizes.append(pixels[key].size)
            return pixels[key]

        def __array__(self, dtype=None):  # type: ignore[no-untyped-def]
            raise AssertionError("the image was loaded whole")

    lazy = get(id).function(wrap(Lazy(), "TCZYX"))
    held = get(id).function(wrap(pixels, "TCZYX"))
    assert max(sizes) == 13 * 17
    assert lazy.values == held.values
    np.testing.assert_array_equal(lazy.result.array(), held.result.array())
    assert not lazy.result.array()[0, 0, 1].any()
