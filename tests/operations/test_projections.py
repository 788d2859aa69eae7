"""Projections against NumPy."""

from __future__ import annotations

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
