"""Sums and differences against NumPy in exact integers."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from bims_desktop.errors import BadParameter
from bims_desktop.operations.arithmetic import add, subtract
from tests.operations.examples import DTYPES, LAYOUTS, same_calibration, textured, wrap

BOTH = [(add, np.add), (subtract, np.subtract)]


@pytest.mark.parametrize(("operation", "direct"), BOTH, ids=["add", "subtract"])
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(("first", "second"), list(product(DTYPES, DTYPES)))
def test_every_pair_of_dtypes(operation, direct, layout: str, first: str, second: str) -> None:  # type: ignore[no-untyped-def]
    x1, x2 = textured(layout, first), textured(layout, second, seed=1)
    found = operation(x1, x2)
    promoted = np.result_type(x1.dtype, x2.dtype)
    target = np.dtype(np.float64) if promoted == np.int64 else promoted
    if promoted.kind == "f":
        expected, beyond = direct(x1.array(), x2.array()), 0
    else:
        exact = direct(x1.array().astype(np.int64), x2.array().astype(np.int64))
        low, high = (-(2**62), 2**62) if promoted == np.int64 else (np.iinfo(target).min, np.iinfo(target).max)
        expected, beyond = np.clip(exact, low, high), np.count_nonzero((exact < low) | (exact > high))
    assert found.result.dtype == target
    np.testing.assert_array_equal(found.result.array(), expected)
    assert found.values["clipped"] == beyond
    assert same_calibration(found.result, x1)


@pytest.mark.parametrize(
    ("dtype", "expected", "clipped"),
    [("input", [[0, 5]], 1), ("int16", [[-200, 5]], 0), ("int32", [[-200, 5]], 0), ("float32", [[-200.0, 5.0]], 0)],
)
def test_the_result_type_can_be_chosen(dtype: str, expected: list[list[float]], clipped: int) -> None:
    x1, x2 = wrap(np.array([[0, 10]], np.uint8), "YX"), wrap(np.array([[200, 5]], np.uint8), "YX")
    found = subtract(x1, x2, dtype=dtype)  # type: ignore[arg-type]
    assert found.result.array().tolist() == expected
    assert found.values["clipped"] == clipped
    assert found.result.dtype == (np.uint8 if dtype == "input" else np.dtype(dtype))


def test_floats_into_integers_round_half_to_even_and_count_what_does_not_fit() -> None:
    x1 = wrap(np.array([[0.5, 1.5, 4e4, np.nan, np.inf]]), "YX")
    found = add(x1, wrap(np.zeros((1, 5)), "YX"), dtype="int16")
    assert found.result.array().tolist() == [[0, 2, 32767, 0, 32767]]
    assert found.values["clipped"] == 3


def test_what_floats_cannot_hold_is_infinite() -> None:
    big = wrap(np.array([[1e308]]), "YX")
    assert add(big, big).result.array().tolist() == [[np.inf]]
    assert add(big, big, dtype="float32").result.array().tolist() == [[np.inf]]


@pytest.mark.parametrize("operation", [add, subtract])
@pytest.mark.parametrize("other", ["YX", "TYX", "CYX"])
def test_nothing_is_broadcast(operation, other: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(BadParameter, match="x2 has the axes"):
        operation(textured("ZYX"), textured(other))
    with pytest.raises(BadParameter, match="shape"):
        operation(wrap(np.zeros((2, 3)), "YX"), wrap(np.zeros((3, 2)), "YX"))
