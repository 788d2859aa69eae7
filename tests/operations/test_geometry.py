"""Crops, projections and channels against NumPy indexing."""

from __future__ import annotations

import dask.array as da
import numpy as np
import pytest

from bims_desktop.errors import BadParameter
from bims_desktop.model.image import Channel, Image
from bims_desktop.operations.channels import merge_channels, select_channel, split_channels
from bims_desktop.operations.geometry import crop, duplicate, select_planes
from bims_desktop.operations.projections import max_projection
from tests.operations.examples import DTYPES, LAYOUTS, labels, mask, same_calibration, textured, wrap


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_crop_of_the_plane(layout: str, dtype: str) -> None:
    image = textured(layout, dtype)
    found = crop(image, x_start=2, x_stop=9, y_start=3)
    plane = (..., slice(3, None), slice(2, 9)) + ((slice(None),) if "S" in layout else ())
    np.testing.assert_array_equal(found.result.array(), image.array()[plane])
    assert found.result.kind == image.kind
    assert same_calibration(found.result, image)
    assert str(found.values["extent"]).endswith("Y 3 to 13, X 2 to 9")
    assert not np.shares_memory(found.result.array(), image.array())


def test_crop_of_every_axis_keeps_the_channels_that_stay() -> None:
    image = textured("TCZYX")
    found = crop(image, t_start=1, c_start=1, c_stop=3, z_stop=2, y_stop=4, x_start=16)
    np.testing.assert_array_equal(found.result.array(), image.array()[1:, 1:3, :2, :4, 16:])
    assert found.result.channels == (Channel("channel 1"), Channel("channel 2"))
    assert found.result.axes == "TCZYX"
    assert found.values["extent"] == "T 1 to 2, C 1 to 3, Z 0 to 2, Y 0 to 4, X 16 to 17"


@pytest.mark.parametrize(
    "box",
    [
        {"x_start": 17},
        {"x_stop": 18},
        {"y_start": 5, "y_stop": 5},
        {"y_start": 6, "y_stop": 5},
        {"z_stop": 1},
        {"t_start": 1},
    ],
    ids=str,
)
def test_crops_that_do_not_exist(box: dict[str, int]) -> None:
    with pytest.raises(BadParameter) as caught:
        crop(textured("YX"), **box)  # type: ignore[arg-type]
    assert caught.value.todo


@pytest.mark.parametrize("dtype", [*DTYPES, "bool"])
@pytest.mark.parametrize(
    ("layout", "axis"),
    [("ZYX", "Z"), ("CYX", "C"), ("TYX", "T"), ("TCZYX", "T"), ("TCZYX", "C"), ("TCZYX", "Z")],
)
def test_max_projection(layout: str, axis: str, dtype: str) -> None:
    image = mask(layout) if dtype == "bool" else textured(layout, dtype)
    result = max_projection(image, axis=axis)  # type: ignore[arg-type]
    np.testing.assert_array_equal(result.array(), image.array().max(axis=layout.index(axis)))
    assert (result.dtype, result.kind) == (image.dtype, image.kind)
    assert result.axes == layout.replace(axis, "")
    assert all(result.scale_of(a) == image.scale_of(a) and result.unit_of(a) == image.unit_of(a) for a in result.axes)
    assert result.channels == (() if axis == "C" else image.channels)


def test_max_projection_of_rgb_and_labels() -> None:
    rgb = wrap(np.arange(2 * 3 * 4 * 3, dtype=np.uint8).reshape(2, 3, 4, 3), "ZYXS", "rgb")
    np.testing.assert_array_equal(max_projection(rgb).array(), rgb.array().max(axis=0))
    assert max_projection(labels("ZYX")).kind == "labels"


def test_nan_wins_a_projection() -> None:
    image = wrap(np.array([[[1.0, np.nan]], [[2.0, 0.0]]]), "ZYX")
    np.testing.assert_array_equal(max_projection(image).array(), [[2.0, np.nan]])


@pytest.mark.parametrize("operation", [max_projection, select_channel])
def test_a_missing_axis_is_named(operation) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(BadParameter, match="has no axis") as caught:
        operation(textured("YX"))
    assert "YX" in caught.value.todo


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("layout", ["CYX", "TCZYX"])
@pytest.mark.parametrize("channel", [0, 2])
def test_select_channel(layout: str, dtype: str, channel: int) -> None:
    image = textured(layout, dtype)
    result = select_channel(image, channel=channel)
    np.testing.assert_array_equal(result.array(), image.array().take(channel, layout.index("C")))
    assert result.axes == layout.replace("C", "")
    assert result.channels == (Channel(f"channel {channel}"),)
    assert result.unit_of("X") == "µm"


def test_a_channel_that_does_not_exist() -> None:
    with pytest.raises(BadParameter, match="no channel 3"):
        select_channel(textured("CYX"), channel=3)


def test_lazy_images_stay_lazy() -> None:
    def explode(block: np.ndarray) -> np.ndarray:
        raise AssertionError("a block was computed")

    pixels = da.zeros((3, 20, 20), dtype=np.uint8, chunks=(1, 20, 20)).map_blocks(
        explode, dtype=np.uint8, meta=np.empty((0, 0, 0), np.uint8)
    )
    image = Image(pixels, "CYX")
    assert crop(image, x_stop=5).result.shape == (3, 20, 5)
    assert select_channel(image, channel=1).shape == (20, 20)
    assert duplicate(image).pixels is pixels


def test_a_duplicate_is_equal_and_shares_its_pixels() -> None:
    image = textured("TCZYX")
    copy = duplicate(image)
    assert copy is not image
    assert copy.pixels is image.pixels
    assert copy.kind == image.kind
    assert same_calibration(copy, image)


@pytest.mark.parametrize(("axis", "start", "stop", "step"), [("T", 0, None, 1), ("Z", 1, None, 2), ("C", 0, 2, 1)])
def test_select_planes(axis: str, start: int, stop: int | None, step: int) -> None:
    image = textured("TCZYX", "uint16")
    found = select_planes(image, axis=axis, start=start, stop=stop, step=step)  # type: ignore[arg-type]
    place = image.axes.index(axis)
    kept = (slice(None),) * place + (slice(start, stop, step),)
    np.testing.assert_array_equal(found.result.array(), image.array()[kept])
    assert found.values["planes"] == found.result.shape[place]
    assert found.result.scale_of("Z") == image.scale_of("Z") * (step if axis == "Z" else 1)
    assert found.result.channels == (image.channels[:2] if axis == "C" else image.channels)


def test_planes_that_do_not_exist() -> None:
    with pytest.raises(BadParameter, match="no axis Z"):
        select_planes(textured("YX"))
    with pytest.raises(BadParameter, match="cannot be cropped"):
        select_planes(textured("ZYX"), start=4)


@pytest.mark.parametrize("make", [textured, mask, labels])
@pytest.mark.parametrize("layout", ["CYX", "TCZYX"])
def test_split_and_merged_channels_are_as_before(make, layout: str) -> None:  # type: ignore[no-untyped-def]
    image = make(layout)
    parts = split_channels(image)
    assert len(parts) == 3
    for number, part in enumerate(parts):
        np.testing.assert_array_equal(part.array(), image.array().take(number, layout.index("C")))
        assert part.channels == (Channel(f"channel {number}"),)
    if image.kind == "intensity":
        found = merge_channels(*parts)
        np.testing.assert_array_equal(found.result.array(), image.array())
        assert same_calibration(found.result, image)
        assert found.values["channels"] == 3


def test_channels_of_other_dtypes_are_promoted_and_those_without_name_stay_so() -> None:
    one, two = textured("ZYX", "uint8"), textured("CZYX", "uint16")
    merged = merge_channels(one, two).result
    assert (merged.dtype, merged.axes, merged.shape[0]) == (np.uint16, "CZYX", 4)
    assert merged.channels == (Channel(), *two.channels)
    with pytest.raises(BadParameter, match="do not join"):
        merge_channels(one, textured("YX"))
