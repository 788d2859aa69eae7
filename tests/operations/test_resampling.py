"""Sizes, factors, cubic voxels and blocks against scikit-image; the extent on the specimen stays."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage import transform

from bims_desktop.errors import BadParameter
from bims_desktop.model.image import Image
from bims_desktop.operations.placement import rotate, shift
from bims_desktop.operations.resampling import downscale_local_mean, rescale, rescale_isotropic, resize
from tests.operations.examples import DTYPES, LAYOUTS, indices, labels, mask, textured, wrap


def rounded(values: np.ndarray, dtype: np.dtype) -> np.ndarray:
    return np.clip(np.rint(values), *_limits(dtype)) if dtype.kind in "iu" else values.astype(dtype)


def _limits(dtype: np.dtype) -> tuple[int, int]:
    return np.iinfo(dtype).min, np.iinfo(dtype).max


def extent(image: Image) -> list[float]:
    return [step * size for step, size in zip(image.scale, image.shape, strict=True)]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("order", [0, 1, 3])
def test_resize_of_planes_and_volumes(layout: str, dtype: str, order: int) -> None:
    image = textured(layout, dtype)
    sizes = {"y_size": 20, "x_size": 9, **({"z_size": 3} if "Z" in layout else {})}
    found = resize(image, order=order, **sizes)  # type: ignore[arg-type]
    axes = "ZYX" if "Z" in layout else "YX"
    shape = (3, 20, 9)[-len(axes) :]
    for index in indices(image, axes):
        region = image.array()[index]
        region = region if region.dtype.kind == "f" else region.astype(float)
        smooth = None if order else False
        expected = transform.resize(region, shape, order, preserve_range=True, anti_aliasing=smooth)
        np.testing.assert_array_equal(found.result.array()[index], rounded(expected, image.dtype))
    assert (found.result.dtype, found.result.kind, found.result.channels) == (image.dtype, image.kind, image.channels)
    assert extent(found.result) == pytest.approx(extent(image))
    assert found.result.units == image.units


@pytest.mark.parametrize("make", [mask, labels])
def test_masks_and_labels_take_the_nearest(make) -> None:  # type: ignore[no-untyped-def]
    image = make("ZYX")
    result = rescale(image, x_scale=2.0, y_scale=2.0, z_scale=2.0, order=3).result
    np.testing.assert_array_equal(result.array(), np.kron(image.array(), np.ones((2, 2, 2), image.dtype)))
    assert (result.dtype, result.kind) == (image.dtype, image.kind)
    for moved in (rotate(image, angle=17.0, order=3), shift(image, x_shift=0.4, z_shift=1.0, order=3)):
        assert set(np.unique(moved.array())) <= set(np.unique(image.array()))
        assert moved.kind == image.kind


@given(st.floats(0.1, 4), st.floats(0.1, 4))
def test_a_factor_keeps_the_extent(x_scale: float, y_scale: float) -> None:
    image = textured("CYX")
    result = rescale(image, x_scale=x_scale, y_scale=y_scale).result
    assert result.shape == (3, max(1, round(13 * y_scale)), max(1, round(17 * x_scale)))
    assert extent(result) == pytest.approx(extent(image))


def test_cubic_voxels() -> None:
    image = textured("TCZYX")
    found = rescale_isotropic(image)
    assert found.result.scale[-3:] == (0.5, 0.5, 0.5)
    assert found.result.shape == (2, 3, 16, 13, 17)
    assert (found.values["voxel"], found.values["size"]) == ("0.5 µm", "Z 16, Y 13, X 17")
    coarse = rescale_isotropic(image, size=1.0)
    assert coarse.result.shape[-3:] == (8, 6, 8)
    assert coarse.values["voxel"] == "1 x 1.08 x 1.06 µm (Z, Y, X)"
    mixed = Image(textured("YX").array(), "YX", units=("µm", "nm"))
    with pytest.raises(BadParameter, match="different units"):
        rescale_isotropic(mixed)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_bins(layout: str, dtype: str) -> None:
    image = textured(layout, dtype)
    deep = "Z" in layout
    result = downscale_local_mean(image, x_factor=2, y_factor=3, z_factor=2 if deep else 1)
    axes, blocks = ("ZYX", (2, 3, 2)) if deep else ("YX", (3, 2))
    for index in indices(image, axes):
        region = image.array()[index][..., :12, :16].astype(image.dtype if image.dtype.kind == "f" else float)
        expected = transform.downscale_local_mean(region, blocks)
        np.testing.assert_array_equal(result.array()[index], rounded(expected, image.dtype))
    assert result.scale_of("Y") == 1.5
    assert result.scale_of("X") == 1.0
    assert result.scale_of("Z") == (4.0 if deep else 1.0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: resize(textured("YX"), z_size=3), "no axis Z"),
        (lambda: rescale(textured("YX"), z_scale=2.0), "no axis Z"),
        (lambda: resize(textured("YX"), x_size=1_000_000, y_size=1_000_000), "too large"),
        (lambda: downscale_local_mean(textured("YX"), x_factor=18), "longer than the axis X"),
        (lambda: downscale_local_mean(textured("YX"), z_factor=2), "no axis Z"),
        (lambda: shift(textured("YX"), z_shift=1.0), "no axis Z"),
        (lambda: rotate(Image(np.zeros((3, 3)), "YX", (1.0, 2.0)), angle=10.0), "distort"),
    ],
)
def test_what_cannot_be_resampled(call, message: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(BadParameter, match=message) as caught:
        call()
    assert caught.value.todo


def test_a_rotation_that_grows_keeps_the_pixel_size() -> None:
    image = textured("ZYX")
    result = rotate(image, angle=90.0, resize=True)
    assert result.shape == (4, 17, 13)
    assert result.scale == image.scale
    np.testing.assert_array_equal(result.array(), np.rot90(image.array(), axes=(1, 2)))


def test_a_shift_between_planes() -> None:
    image = textured("ZYX")
    result = shift(image, z_shift=1.0, x_shift=2.0, cval=7.0).array()
    np.testing.assert_array_equal(result[1:, :, 2:], image.array()[:-1, :, :-2])
    assert (result[0] == 7).all()
    assert wrap(result, "ZYX").kind == "intensity"
