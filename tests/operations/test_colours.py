"""RGB images leave their colours behind: as grey levels, or colour by colour."""

from __future__ import annotations

import dask.array as da
import numpy as np
import pytest
from skimage import color

from bims_desktop.errors import BadParameter
from bims_desktop.model.image import Image
from bims_desktop.operations.channels import merge_channels, select_channel, split_channels
from bims_desktop.operations.colours import rgb2gray
from bims_desktop.operations.orientation import rename_axis
from bims_desktop.operations.registry import get
from tests.operations.examples import DTYPES, same_calibration, textured, wrap

RGB_LAYOUTS = ["YXS", "ZYXS", "CYXS", "TYXS", "TCZYXS"]


def plain(image: Image) -> Image:
    """Its extent without colours."""
    ndim = len(image.axes) - 1
    return Image(image.array()[..., 0], image.axes[:-1], image.scale[:ndim], image.units[:ndim], image.channels)


@pytest.mark.parametrize("dtype", ["input", "float32"])
@pytest.mark.parametrize("pixels", DTYPES)
@pytest.mark.parametrize("layout", RGB_LAYOUTS)
def test_grey_levels_are_those_of_scikit_image(layout: str, pixels: str, dtype: str) -> None:
    image = textured(layout, pixels)
    result = rgb2gray(image, dtype=dtype)  # type: ignore[arg-type]
    values = image.array()
    expected = color.rgb2gray(values if values.dtype.kind == "f" else values.astype(float))
    if result.dtype.kind in "iu":
        np.testing.assert_array_equal(result.array(), np.rint(expected))
    else:
        np.testing.assert_allclose(result.array(), expected, rtol=1e-6 if "float32" in (dtype, pixels) else 1e-15)
    assert result.dtype == (image.dtype if dtype == "input" else np.float32)
    assert result.kind == "intensity"
    assert same_calibration(result, plain(image))


def test_white_stays_white_and_alpha_counts_nothing() -> None:
    for kind in ("uint8", "uint16", "uint32"):
        top = np.iinfo(kind).max
        image = wrap(np.array([[[top, top, top, 0], [0, 0, 0, top]]], kind), "YXS", "rgb")
        assert rgb2gray(image).array().tolist() == [[top, 0]]


def test_two_samples_are_no_colours() -> None:
    with pytest.raises(BadParameter, match="2 samples") as caught:
        rgb2gray(wrap(np.zeros((3, 4, 2), np.uint8), "YXS", "rgb"))
    assert caught.value.todo


@pytest.mark.parametrize("layout", ["YXS", "ZYXS", "TYXS"])
@pytest.mark.parametrize("dtype", DTYPES)
def test_colours_are_split_and_named(layout: str, dtype: str) -> None:
    image = textured(layout, dtype)
    parts = split_channels(image)
    assert [part.channels[0].name for part in parts] == ["red", "green", "blue"]
    for number, part in enumerate(parts):
        np.testing.assert_array_equal(part.array(), image.array()[..., number])
        assert part.kind == "intensity"
        assert (part.axes, part.scale, part.units) == (image.axes[:-1], image.scale[:-1], image.units[:-1])
        assert part.array().flags.c_contiguous
    merged = merge_channels(*parts).result
    np.testing.assert_array_equal(np.moveaxis(merged.array(), merged.axes.index("C"), -1), image.array())


def test_of_coloured_channels_a_channel_is_selected() -> None:
    image = textured("TCYXS")
    result = select_channel(image, channel=1)
    np.testing.assert_array_equal(result.array(), image.array()[:, 1])
    assert (result.axes, result.kind, result.channels[0].name) == ("TYXS", "rgb", "channel 1")


def test_colours_of_a_lazy_image_stay_lazy() -> None:
    image = textured("ZYXS")
    lazy = wrap(da.from_array(image.array()), "ZYXS", "rgb")
    result = select_channel(lazy, channel=2)
    assert isinstance(result.pixels, da.Array)
    np.testing.assert_array_equal(result.array(), image.array()[..., 2])


@pytest.mark.parametrize(("samples", "names"), [(4, ["red", "green", "blue", "alpha"]), (2, [])])
def test_samples_beyond_red_green_and_blue(samples: int, names: list[str]) -> None:
    image = wrap(np.zeros((3, 4, samples), np.uint8), "YXS", "rgb")
    assert [channel.name for part in split_channels(image) for channel in part.channels] == names
    with pytest.raises(BadParameter, match=f"no channel {samples}"):
        select_channel(image, channel=samples)


def test_a_missing_axis_of_channels_says_where_colours_are_taken_apart() -> None:
    with pytest.raises(BadParameter, match="no axis C") as caught:
        rename_axis(textured("YXS"), axis="C", name="Z")
    assert "Split channels" in caught.value.todo
    with pytest.raises(BadParameter) as caught:
        rename_axis(textured("YX"), axis="C", name="Z")
    assert "Split channels" not in caught.value.todo


def test_a_photograph_of_cells_can_be_thresholded() -> None:
    image = textured("YXS")
    with pytest.raises(BadParameter, match="kind rgb"):
        get("threshold_otsu").check_images({"image": image})
    get("threshold_otsu").check_images({"image": rgb2gray(image)})
