"""Rescaling and inversion against the direct scikit-image call."""

from __future__ import annotations

import numpy as np
import pytest
from skimage import exposure, util

from bims_desktop.errors import BadParameter, OperationFailed
from bims_desktop.operations.intensity import invert, rescale_intensity
from tests.operations.examples import DTYPES, LAYOUTS, by_hand, indices, mask, same_calibration, textured, wrap

RANGES = [("image", "dtype"), ("dtype", "image"), ((10, 200), (0, 100)), ("image", (0.25, 0.75)), ((0.2, 0.6), "dtype")]


def direct(pixels: np.ndarray, in_range: object, out_range: object) -> np.ndarray:
    """scikit-image in floating point, ranges of the dtype resolved by scikit-image itself."""
    low, _ = exposure.exposure.intensity_range(pixels, in_range)
    onto = exposure.exposure.intensity_range(pixels, out_range, clip_negative=low >= 0)
    source = exposure.exposure.intensity_range(pixels, in_range)
    values = pixels if pixels.dtype.kind == "f" else pixels.astype(np.float64)
    return exposure.rescale_intensity(values, tuple(map(float, source)), tuple(map(float, onto)))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("axes", ["image", "YX", "ZYX"])
@pytest.mark.parametrize(("in_range", "out_range"), RANGES)
def test_rescale(layout: str, dtype: str, axes: str, in_range: object, out_range: object) -> None:
    image = textured(layout, dtype)
    found = rescale_intensity(image, in_range=in_range, out_range=out_range, axes=axes)  # type: ignore[arg-type]
    over = layout if axes == "image" else axes
    np.testing.assert_array_equal(found.result.array(), by_hand(image, over, lambda r: direct(r, in_range, out_range)))
    assert found.result.dtype == image.dtype
    assert same_calibration(found.result, image)
    assert isinstance(found.values["low"], list) == (len(indices(image, over)) > 1)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_floats_equal_the_plain_call(dtype: str) -> None:
    image = textured("YX", dtype)
    np.testing.assert_array_equal(rescale_intensity(image).result.array(), exposure.rescale_intensity(image.array()))


def test_integers_are_rounded_where_scikit_image_truncates() -> None:
    image = wrap(np.array([[51, 102, 153]], np.uint8), "YX")
    assert exposure.rescale_intensity(image.array()).tolist() == [[0, 127, 255]]
    assert rescale_intensity(image).result.array().tolist() == [[0, 128, 255]]
    assert rescale_intensity(image, dtype="float32").result.array().tolist() == [[0, 127.5, 255]]


def test_an_explicit_range_beyond_the_dtype_is_clipped() -> None:
    image = wrap(np.array([[0, 255]], np.uint8), "YX")
    assert rescale_intensity(image, out_range=(-100.0, 1000.0)).result.array().tolist() == [[0, 255]]


def test_found_values_are_the_ranges() -> None:
    found = rescale_intensity(textured("YX", "uint16"), out_range=(0.0, 10.0))
    pixels = textured("YX", "uint16").array()
    assert dict(found.values) == {"low": pixels.min(), "high": pixels.max(), "out_low": 0.0, "out_high": 10.0}


def test_constant_and_nan_images() -> None:
    assert rescale_intensity(wrap(np.full((2, 2), 9, np.uint8), "YX")).result.array().tolist() == [[9, 9], [9, 9]]
    result = rescale_intensity(wrap(np.array([[np.nan, 2.0, 4.0]]), "YX")).result.array()
    np.testing.assert_array_equal(result, [[np.nan, 0.0, 1.0]])
    with pytest.raises(OperationFailed, match="no finite pixel"):
        rescale_intensity(wrap(np.full((2, 2), np.nan), "YX"))


@pytest.mark.parametrize("given", [(5.0, 1.0), (np.nan, 1.0)])
def test_a_range_runs_upwards(given: tuple[float, float]) -> None:
    with pytest.raises(BadParameter, match="in_range cannot run"):
        rescale_intensity(textured("YX"), in_range=given)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("signed_float", [False, True])
def test_invert(layout: str, dtype: str, signed_float: bool) -> None:
    image = textured(layout, dtype)
    result = invert(image, signed_float=signed_float)
    np.testing.assert_array_equal(result.array(), util.invert(image.array(), signed_float=signed_float))
    assert result.dtype == image.dtype
    assert same_calibration(result, image)


def test_invert_a_mask() -> None:
    result = invert(mask("YX"))
    np.testing.assert_array_equal(result.array(), ~mask("YX").array())
    assert result.kind == "mask"
