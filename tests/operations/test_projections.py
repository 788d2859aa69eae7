"""Projections against NumPy."""

from __future__ import annotations

from collections import Counter
from itertools import product
from threading import Event

import numpy as np
import pytest

from bims_desktop.errors import BadParameter
from bims_desktop.operations import projections
from bims_desktop.operations.projections import (
    max_projection,
    mean_projection,
    median_projection,
    min_projection,
    std_projection,
    sum_projection,
)
from bims_desktop.operations.running import monitored
from tests.operations.examples import DTYPES, labels, mask, textured, wrap

ALONG = [("ZYX", "Z"), ("CYX", "C"), ("TYX", "T"), ("TCZYX", "T"), ("TCZYX", "C"), ("TCZYX", "Z")]
CASES = [
    (min_projection, np.min, None),
    (max_projection, np.max, None),
    (mean_projection, np.mean, None),
    (median_projection, np.median, None),
    (sum_projection, np.sum, "float64"),
    (std_projection, np.std, "float32"),
]


@pytest.mark.parametrize(("operation", "direct", "target"), CASES, ids=lambda value: getattr(value, "__name__", ""))
@pytest.mark.parametrize("dtype", DTYPES)
def test_every_layout(operation, direct, target: str | None, dtype: str) -> None:  # type: ignore[no-untyped-def]
    for layout, axis in ALONG:
        image = textured(layout, dtype)
        result = operation(image, axis=axis)
        values = image.array() if direct in (np.min, np.max, np.median) else image.array().astype(np.float64)
        expected = direct(values, axis=layout.index(axis))
        wanted = np.dtype(target or dtype)
        expected = np.rint(expected) if wanted.kind in "iu" else expected
        np.testing.assert_array_equal(result.array(), expected.astype(wanted))
        assert result.dtype == wanted
        assert result.axes == layout.replace(axis, "")
        assert result.channels == (() if axis == "C" else image.channels)
        assert all(
            (result.scale_of(a), result.unit_of(a)) == (image.scale_of(a), image.unit_of(a)) for a in result.axes
        )


@pytest.mark.parametrize("operation", [operation for operation, *_ in CASES])
def test_rgb_is_projected_sample_by_sample(operation) -> None:  # type: ignore[no-untyped-def]
    rgb = wrap(np.arange(2 * 3 * 4 * 3, dtype=np.uint8).reshape(2, 3, 4, 3), "ZYXS", "rgb")
    grey = [operation(wrap(rgb.array()[..., sample].copy(), "ZYX")).array() for sample in range(3)]
    np.testing.assert_array_equal(operation(rgb).array(), np.stack(grey, axis=-1))


@pytest.mark.parametrize("make", [mask, labels])
def test_the_least_of_masks_and_labels(make) -> None:  # type: ignore[no-untyped-def]
    image = make("ZYX")
    result = min_projection(image)
    assert result.kind == image.kind
    np.testing.assert_array_equal(result.array(), image.array().min(axis=0))


@pytest.mark.parametrize("operation", [operation for operation, *_ in CASES])
def test_blocks_of_rows_give_the_same(operation, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    image = textured("TCZYX", "uint16")
    whole = operation(image).array()
    monkeypatch.setattr(projections, "BLOCK", 4 * 17 * 5)
    np.testing.assert_array_equal(operation(image).array(), whole)


@pytest.mark.parametrize("operation", [operation for operation, *_ in CASES])
def test_nan_wins_and_a_missing_axis_is_named(operation) -> None:  # type: ignore[no-untyped-def]
    image = wrap(np.array([[[1.0, np.nan]], [[2.0, 0.0]]]), "ZYX")
    assert np.isnan(operation(image).array()[0, 1])
    with pytest.raises(BadParameter, match="no axis Z") as caught:
        operation(textured("YX"))
    assert "YX" in caught.value.todo


class Compressed:
    """Pixels of which every read decodes whole planes, as files do."""

    def __init__(self, pixels: np.ndarray) -> None:  # type: ignore[type-arg]
        self.pixels, self.shape, self.dtype, self.ndim = pixels, pixels.shape, pixels.dtype, pixels.ndim
        self.decoded: Counter[tuple[int, ...]] = Counter()

    def __getitem__(self, key):  # type: ignore[no-untyped-def]
        spans = [range(n)[k] if isinstance(k, slice) else [k] for k, n in zip(key, self.shape, strict=False)]
        self.decoded.update(product(*spans[: self.ndim - 2]))
        return self.pixels[key]

    def __array__(self, dtype=None):  # type: ignore[no-untyped-def]
        raise AssertionError("the image was loaded whole")


@pytest.mark.parametrize("axis", ["T", "C", "Z"])
@pytest.mark.parametrize("operation", [operation for operation, *_ in CASES])
def test_each_plane_is_decoded_once(operation, axis: str, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(projections, "BLOCK", 4 * 17 * 5)
    image = textured("TCZYX", "uint16")
    pixels = Compressed(image.array())
    ticks: list[float] = []
    with monitored(ticks.append, Event()):
        result = operation(wrap(pixels, "TCZYX"), axis=axis)
    np.testing.assert_array_equal(result.array(), operation(image, axis=axis).array())
    # The deviation is taken from the mean, which has to be known before.
    assert set(pixels.decoded.values()) == {2 if operation is std_projection else 1}
    assert len(pixels.decoded) == 2 * 3 * 4
    assert ticks == sorted(ticks)
    assert len(ticks) >= 2 * 3 * 4
    assert ticks[-1] < 1


@pytest.mark.parametrize(("operation", "direct", "target"), CASES, ids=lambda value: getattr(value, "__name__", ""))
@pytest.mark.parametrize("shape", [(300, 1, 1), (300, 1, 2), (300, 2, 1), (40, 9, 11), (1, 3, 4)])
def test_the_last_bit_is_that_of_numpy(operation, direct, target, shape: tuple[int, ...]) -> None:  # type: ignore[no-untyped-def]
    for dtype in ("float64", "float32", "uint16"):
        pixels = (np.random.default_rng(1).random(shape) * 1e4).astype(dtype)
        result = operation(wrap(pixels, "ZYX"))
        exact = {} if direct in (np.min, np.max, np.median) else {"dtype": np.float64}
        expected = direct(pixels, axis=0, **exact)
        expected = np.rint(expected) if result.dtype.kind == "u" else expected
        assert result.array().tobytes() == expected.astype(result.dtype).tobytes()


@pytest.mark.parametrize("operation", [operation for operation, *_ in CASES])
def test_an_empty_axis_has_no_projection(operation) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(BadParameter, match="no planes along Z"):
        operation(wrap(np.empty((0, 3, 4)), "ZYX"))
