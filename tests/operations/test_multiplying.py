"""Products, quotients, extremes, distances and logic against NumPy."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from bims_desktop.errors import BadParameter
from bims_desktop.operations.logic import logical_and, logical_or, logical_xor, where
from bims_desktop.operations.multiplying import absolute_difference, divide, maximum, minimum, multiply
from tests.operations.examples import DTYPES, LAYOUTS, labels, mask, same_calibration, textured, wrap

PAIRS = list(product(DTYPES, DTYPES))


def target(first: str, second: str) -> np.dtype:
    promoted = np.result_type(np.dtype(first), np.dtype(second))
    return np.dtype(np.float64) if promoted == np.int64 else promoted


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_products_and_distances_are_exact_or_clipped(first: str, second: str) -> None:
    x1, x2 = textured("CYX", first), textured("CYX", second, seed=1)
    wide = np.float64 if "float" in first + second else np.int64
    one, two = x1.array().astype(wide), x2.array().astype(wide)
    wanted = target(first, second)
    for operation, exact in ((multiply, one * two), (absolute_difference, np.abs(one - two))):
        found = operation(x1, x2)
        if wanted.kind in "iu":
            low, high = np.iinfo(wanted).min, np.iinfo(wanted).max
            np.testing.assert_array_equal(found.result.array(), np.clip(exact, low, high))
            assert found.values["clipped"] == np.count_nonzero((exact < low) | (exact > high))
        else:
            np.testing.assert_allclose(found.result.array(), exact, rtol=1e-6)
        assert found.result.dtype == wanted


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_extremes(first: str, second: str) -> None:
    x1, x2 = textured("ZYX", first), textured("ZYX", second, seed=1)
    for operation, direct in ((maximum, np.maximum), (minimum, np.minimum)):
        result = operation(x1, x2)
        np.testing.assert_array_equal(result.array(), direct(x1.array(), x2.array()))
        assert result.dtype == target(first, second)


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_quotients(first: str, second: str) -> None:
    x1, x2 = textured("ZYX", first), textured("ZYX", second, seed=1)
    pixels = x2.array().copy()
    pixels[0] = 0
    found = divide(x1, wrap(pixels, "ZYX"), by_zero_value=-1.0)
    expected = np.divide(x1.array(), np.where(pixels == 0, 1, pixels), dtype=np.float64)
    expected[pixels == 0] = -1
    assert found.result.dtype == (np.float64 if "float64" in (first, second) else np.float32)
    np.testing.assert_array_equal(found.result.array(), expected.astype(found.result.dtype))
    assert found.values["by_zero"] == np.count_nonzero(pixels == 0)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout(layout: str) -> None:
    x1, x2 = textured(layout), textured(layout, seed=1)
    for operation, direct in ((multiply, np.multiply), (absolute_difference, np.subtract)):
        result = operation(x1, x2, dtype="int32").result
        np.testing.assert_array_equal(np.abs(result.array()), np.abs(direct(x1.array(), x2.array(), dtype=np.int32)))
        assert same_calibration(result, x1)
    assert same_calibration(maximum(x1, x2), x1)
    assert same_calibration(divide(x1, x2).result, x1)


def test_the_distance_of_small_integers_does_not_wrap() -> None:
    x1, x2 = wrap(np.array([[5, 250]], np.uint8), "YX"), wrap(np.array([[250, 5]], np.uint8), "YX")
    assert absolute_difference(x1, x2).result.array().tolist() == [[245, 245]]


def test_nan_wins_an_extreme_and_zero_by_zero_takes_the_value() -> None:
    one, two = wrap(np.array([[np.nan, 0.0]]), "YX"), wrap(np.array([[1.0, 0.0]]), "YX")
    assert np.isnan(maximum(one, two).array()[0, 0])
    assert np.isnan(minimum(two, one).array()[0, 0])
    assert divide(one, two).result.array()[0, 1] == 0


@pytest.mark.parametrize("operation", [multiply, divide, maximum, minimum, absolute_difference])
def test_nothing_is_broadcast(operation) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(BadParameter, match="x2 has the axes"):
        operation(textured("ZYX"), textured("YX"))


@given(arrays(bool, (3, 4)), arrays(bool, (3, 4)))
def test_logic(first: np.ndarray, second: np.ndarray) -> None:
    x1, x2 = wrap(first, "YX", "mask"), wrap(second, "YX", "mask")
    np.testing.assert_array_equal(logical_and(x1, x2).array(), first & second)
    np.testing.assert_array_equal(logical_or(x1, x2).array(), first | second)
    np.testing.assert_array_equal(logical_xor(x1, x2).array(), first ^ second)


@pytest.mark.parametrize("operation", [logical_and, logical_or, logical_xor])
def test_logic_keeps_the_calibration_and_refuses_other_shapes(operation) -> None:  # type: ignore[no-untyped-def]
    assert same_calibration(operation(mask("TCZYX"), mask("TCZYX", seed=1)), mask("TCZYX"))
    with pytest.raises(BadParameter, match="x2 has the axes"):
        operation(mask("ZYX"), mask("YX"))


@pytest.mark.parametrize("make", [textured, labels, mask])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_an_image_within_a_mask(make, layout: str) -> None:  # type: ignore[no-untyped-def]
    if "S" in layout and make is not textured:
        return
    image, inside = make(layout), mask(layout.removesuffix("S"), seed=4)
    result = where(image, inside)
    spread = inside.array()[..., np.newaxis] if "S" in layout else inside.array()
    np.testing.assert_array_equal(result.array(), np.where(spread, image.array(), 0))
    assert (result.dtype, result.kind) == (image.dtype, image.kind)
    assert same_calibration(result, image)


@given(st.sampled_from(["uint8", "int16", "float32"]), st.floats(-300, 70000))
def test_the_value_beyond_a_mask_fits_or_is_refused(dtype: str, value: float) -> None:
    image, inside = textured("YX", dtype), wrap(np.zeros((13, 17), bool), "YX", "mask")
    info = None if dtype == "float32" else np.iinfo(dtype)
    if info is None or (value.is_integer() and info.min <= value <= info.max):
        assert (where(image, inside, y=value).array() == np.dtype(dtype).type(value)).all()
    else:
        with pytest.raises(BadParameter, match="cannot hold"):
            where(image, inside, y=value)
