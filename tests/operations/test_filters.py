"""Filters against the direct scikit-image call, over layouts and dtypes."""

from __future__ import annotations

import numpy as np
import pytest
from skimage import filters as ski_filters
from skimage import morphology as ski

from bims_desktop.operations.filters import gaussian, median, white_tophat
from tests.operations.examples import DTYPES, LAYOUTS, by_hand, same_calibration, textured


def footprint(name: str, radius: int, ndim: int) -> np.ndarray:
    return {
        ("disk", 2): lambda r: ski.disk(r),
        ("disk", 3): lambda r: ski.ball(r),
        ("square", 2): lambda r: ski.footprint_rectangle((2 * r + 1,) * 2),
        ("square", 3): lambda r: ski.footprint_rectangle((2 * r + 1,) * 3),
        ("diamond", 2): lambda r: ski.diamond(r),
        ("diamond", 3): lambda r: ski.octahedron(r),
    }[name, ndim](radius)


def ndim(layout: str, axes: str) -> int:
    return len(set(layout) & set(axes))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("axes", ["YX", "ZYX"])
class TestAgainstScikitImage:
    def test_gaussian(self, layout: str, dtype: str, axes: str) -> None:
        image = textured(layout, dtype)
        result = gaussian(image, sigma=1.3, axes=axes)  # type: ignore[arg-type]
        expected = by_hand(image, axes, lambda r: ski_filters.gaussian(r, sigma=1.3, preserve_range=True))
        np.testing.assert_array_equal(result.array(), expected)
        assert result.dtype == image.dtype
        assert same_calibration(result, image)

    def test_median(self, layout: str, dtype: str, axes: str) -> None:
        image = textured(layout, dtype)
        result = median(image, footprint="disk", radius=2, axes=axes)  # type: ignore[arg-type]
        shape = footprint("disk", 2, ndim(layout, axes))
        np.testing.assert_array_equal(result.array(), by_hand(image, axes, lambda r: ski_filters.median(r, shape)))
        assert result.dtype == image.dtype
        assert same_calibration(result, image)

    def test_white_tophat(self, layout: str, dtype: str, axes: str) -> None:
        image = textured(layout, dtype)
        result = white_tophat(image, footprint="square", radius=1, axes=axes)  # type: ignore[arg-type]
        shape = footprint("square", 1, ndim(layout, axes))
        np.testing.assert_array_equal(result.array(), by_hand(image, axes, lambda r: ski.white_tophat(r, shape)))
        assert result.dtype == image.dtype
        assert same_calibration(result, image)


@pytest.mark.parametrize("name", ["disk", "square", "diamond"])
@pytest.mark.parametrize("axes", ["YX", "ZYX"])
def test_each_footprint_is_that_of_scikit_image(name: str, axes: str) -> None:
    image = textured("ZYX", "uint16")
    result = median(image, footprint=name, radius=2, axes=axes)  # type: ignore[arg-type]
    shape = footprint(name, 2, ndim("ZYX", axes))
    np.testing.assert_array_equal(result.array(), by_hand(image, axes, lambda r: ski_filters.median(r, shape)))


@pytest.mark.parametrize("operation", [gaussian, median, white_tophat])
def test_float32_on_request_is_not_rounded(operation: object) -> None:
    image = textured("CYX", "uint8")
    result = operation(image, dtype="float32")  # type: ignore[operator]
    assert result.dtype == np.float32
    np.testing.assert_array_equal(np.rint(result.array()), operation(image).array())  # type: ignore[operator]


def test_defaults_are_those_of_scikit_image() -> None:
    image = textured("YX", "uint8")
    np.testing.assert_array_equal(median(image).array(), ski_filters.median(image.array()))
    np.testing.assert_array_equal(white_tophat(image).array(), ski.white_tophat(image.array()))


@pytest.mark.parametrize("mode", ["reflect", "nearest", "mirror", "wrap", "ignore"])
@pytest.mark.parametrize("name", ["disk", "square", "diamond"])
def test_a_top_hat_never_wraps_below_zero(mode: str, name: str) -> None:
    image = textured("YX", "uint8")
    result = white_tophat(image, footprint=name, radius=3, mode=mode)  # type: ignore[arg-type]
    assert (result.array() <= image.array()).all()


def test_smoothing_rounds_half_to_even_and_clips() -> None:
    from bims_desktop.operations.regions import restore

    given = np.array([-4.0, 0.5, 1.5, 2.5, 254.5, 255.5, 1e9, np.nan, np.inf, -np.inf])
    assert restore(given, np.dtype(np.uint8)).tolist() == [0, 0, 2, 2, 254, 255, 255, 0, 255, 0]
    assert restore(given, np.dtype(np.int16)).tolist() == [-4, 0, 2, 2, 254, 256, 32767, 0, 32767, -32768]
    assert restore(np.array([2.0**32]), np.dtype(np.uint32)).tolist() == [2**32 - 1]
    assert restore(np.array([0.4, 0.6]), np.dtype(bool)).tolist() == [False, True]
