"""Grey levels, histograms, shading: what cannot be told by one library call."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from skimage import exposure

from bims_desktop.errors import BadParameter, OperationFailed
from bims_desktop.operations.histograms import equalize_adapthist, match_histograms
from bims_desktop.operations.levels import adjust_gamma, as_labels, astype, clip, nan_to_num
from bims_desktop.operations.shading import correct_bleaching, correct_flat_field
from tests.operations.examples import DTYPES, GREY_LAYOUTS, LAYOUTS, by_hand, indices, labels, mask, textured, wrap


@pytest.mark.parametrize(
    ("dtype", "expected", "clipped"),
    [
        ("uint8", [0, 0, 2, 2, 255, 0, 255], 4),
        ("int16", [-4, 0, 2, 2, 300, 0, 32767], 2),
        ("float32", [-4, 0.5, 1.5, 2.5, 300, np.nan, np.inf], 0),
    ],
)
def test_conversion_rounds_half_to_even_clips_and_counts(dtype: str, expected: list[float], clipped: int) -> None:
    image = wrap(np.array([[-4, 0.5, 1.5, 2.5, 300, np.nan, np.inf]]), "YX")
    found = astype(image, dtype=dtype)  # type: ignore[arg-type]
    np.testing.assert_array_equal(found.result.array(), np.array([expected], dtype))
    assert found.values["clipped"] == clipped


@given(arrays(np.int64, (2, 3), elements=st.integers(-(2**31), 2**32)), st.sampled_from(["uint8", "int16", "uint32"]))
def test_conversion_of_integers_is_exact_or_clipped(pixels: np.ndarray, dtype: str) -> None:
    info = np.iinfo(dtype)
    found = astype(wrap(pixels, "YX"), dtype=dtype)  # type: ignore[arg-type]
    np.testing.assert_array_equal(found.result.array(), np.clip(pixels, info.min, info.max))
    assert found.values["clipped"] == np.count_nonzero(found.result.array() != pixels)


@pytest.mark.parametrize("make", [mask, labels])
def test_masks_and_labels_become_intensities(make) -> None:  # type: ignore[no-untyped-def]
    image = make("ZYX")
    result = astype(image, dtype="uint8").result
    np.testing.assert_array_equal(result.array(), image.array().astype(np.uint8))
    assert result.kind == "intensity"


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("limits", [(20.0, 90.0), (-1e300, 1e300), (300.0, None), (None, -1.0)], ids=str)
def test_clip_counts_what_it_changes(dtype: str, limits: tuple[float | None, float | None]) -> None:
    image = textured("ZYX", dtype)
    found = clip(image, a_min=limits[0], a_max=limits[1])
    low, high = (-np.inf if limits[0] is None else limits[0]), (np.inf if limits[1] is None else limits[1])
    values = image.array().astype(float)
    assert found.values["clipped"] == np.count_nonzero((values < low) | (values > high))
    assert found.result.dtype == image.dtype


def test_what_gamma_and_clip_refuse() -> None:
    with pytest.raises(OperationFailed, match="negative"):
        adjust_gamma(textured("YX", "int16"))
    with pytest.raises(BadParameter, match="No limit"):
        clip(textured("YX"), a_min=None)
    with pytest.raises(BadParameter, match="less than"):
        clip(textured("YX"), a_min=3.0, a_max=2.0)


def test_what_is_no_number_is_replaced_and_counted() -> None:
    pixels = np.array([[np.nan, np.inf, -np.inf, 4.5]], np.float32)
    found = nan_to_num(wrap(pixels, "YX"), nan=1.0, neginf=-2.0)
    assert found.result.array().tolist() == [[1.0, float(np.finfo(np.float32).max), -2.0, 4.5]]
    assert found.values["replaced"] == 3


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "int16", "float32"])
def test_whole_numbers_become_labels(dtype: str) -> None:
    pixels = labels("TCZYX").array().astype(dtype)
    found = as_labels(wrap(pixels, "TCZYX"))
    np.testing.assert_array_equal(found.result.array(), pixels)
    assert (found.result.kind, found.result.dtype) == ("labels", np.int32)
    assert found.values["objects"] == len(np.unique(pixels[pixels > 0]))


@pytest.mark.parametrize("value", [-1.0, 0.5, 2.0**31, np.nan, np.inf])
def test_what_is_no_label_says_so(value: float) -> None:
    with pytest.raises(BadParameter, match="no labels"):
        as_labels(wrap(np.array([[0.0, value]]), "YX"))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("axes", ["YX", "ZYX"])
@pytest.mark.parametrize("dtype", ["uint8", "float32"])
def test_histograms_match_region_by_region(layout: str, axes: str, dtype: str) -> None:
    image, other = textured(layout, dtype), textured(layout, dtype, seed=1)
    result = match_histograms(image, other, axes=axes)  # type: ignore[arg-type]
    for index in indices(image, axes):
        expected = exposure.match_histograms(image.array()[index], other.array()[index])
        expected = np.rint(expected) if dtype == "uint8" else expected
        np.testing.assert_allclose(result.array()[index], expected, rtol=1e-6)
    alone = textured("YX", dtype, seed=2)
    single = match_histograms(image, alone, axes="YX")
    expected = by_hand(image, "YX", lambda r: exposure.match_histograms(r.astype(float), alone.array().astype(float)))
    np.testing.assert_allclose(single.array(), expected, rtol=1e-6)


def test_a_reference_of_another_number_of_planes_is_refused() -> None:
    with pytest.raises(BadParameter, match="4 regions over YX, the image 3"):
        match_histograms(textured("CYX"), textured("ZYX"), axes="YX")


def test_local_contrast_keeps_the_extremes_and_flat_images() -> None:
    image = textured("ZYX", "int16")
    result = equalize_adapthist(image, axes="ZYX").array()
    assert (result.min(), result.max()) == (image.array().min(), image.array().max())
    flat = wrap(np.full((9, 9), 7, np.uint8), "YX")
    np.testing.assert_array_equal(equalize_adapthist(flat).array(), flat.array())


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("with_dark", [False, True])
def test_flat_field(layout: str, with_dark: bool) -> None:
    image = textured(layout, "uint16")
    axes = "".join(axis for axis in layout if axis in "CYXS")
    flat = wrap(textured(axes, "uint16", 3).array() + np.uint16(900), axes, image.kind)
    dark = wrap(np.full(flat.shape, 100, np.uint16), axes, image.kind) if with_dark else None
    result = correct_flat_field(image, flat, dark, dtype="float32")
    black = 100.0 if with_dark else 0.0
    light = flat.array() - black
    mean = light.mean(axis=tuple(axes.index(axis) for axis in "YX"), keepdims=True)
    # T and Z of the image, over which the same light lies.
    wide = tuple(slice(None) if axis in axes else None for axis in layout)
    expected = (image.array() - black) / light[wide] * mean[wide]
    np.testing.assert_allclose(result.array(), expected, rtol=1e-6)


def test_what_a_flat_field_must_be() -> None:
    with pytest.raises(BadParameter, match="flat has the axes CYX"):
        correct_flat_field(textured("YX"), textured("CYX"))
    with pytest.raises(BadParameter, match="dark has the axes"):
        correct_flat_field(textured("YX"), textured("YX"), wrap(np.zeros((2, 2)), "YX"))
    with pytest.raises(OperationFailed, match="not brighter"):
        correct_flat_field(textured("YX"), wrap(np.zeros((13, 17)), "YX"))


@pytest.mark.parametrize("layout", [layout for layout in GREY_LAYOUTS if "T" in layout])
@pytest.mark.parametrize("method", ["ratio", "histogram"])
def test_bleaching(layout: str, method: str) -> None:
    fresh = textured(layout, "float64")
    pixels = 5 + fresh.array().copy()
    pixels[1] = 5 + 0.25 * fresh.array()[0]
    found = correct_bleaching(wrap(pixels, layout), method=method, background=5.0)  # type: ignore[arg-type]
    np.testing.assert_allclose(found.result.array()[1], pixels[0], rtol=1e-9)
    np.testing.assert_array_equal(found.result.array()[0], pixels[0])
    ratios = found.values["ratio"]
    assert isinstance(ratios, list)
    assert ratios == pytest.approx([1.0] * (len(ratios) // 2) + [4.0] * (len(ratios) // 2))


def test_bleaching_needs_time_and_light() -> None:
    with pytest.raises(BadParameter, match="no axis T"):
        correct_bleaching(textured("ZYX"))
    with pytest.raises(OperationFailed, match="background"):
        correct_bleaching(textured("TYX"), background=1e6)
