"""NaN and infinity never spread: an operation refuses them, or keeps to the pixel that they came in."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import numpy as np
import pytest

from bims_desktop.errors import BadParameter, OperationFailed
from bims_desktop.model.image import Image
from bims_desktop.operations.registry import get
from bims_desktop.operations.resampling import resize
from tests.operations.examples import wrap
from tests.operations.test_rules import EVERY, inputs, results_of, run

IMAGES = [
    (id, argument.name)
    for id in EVERY
    for argument in get(id).arguments
    # Thresholds leave such pixels out of what they are found from, see test_thresholds.
    if "intensity" in (argument.kinds or ("intensity",)) and get(id).menu != "Segmentation/Threshold"
]
NEIGHBOURHOODS = {
    "black_tophat", "closing", "denoise_bilateral", "denoise_nl_means", "denoise_tv_chambolle",
    "difference_of_gaussians", "dilation", "equalize_adapthist", "erosion", "frangi", "gaussian", "laplace", "median",
    "meijering", "opening", "rescale", "resize", "richardson_lucy", "rolling_ball", "rotate", "sato", "shift",
    "sobel", "unsharp_mask", "white_tophat",
}  # fmt: skip


def spoiled(id: str, name: str, value: float) -> dict[str, Image]:
    """Inputs of an operation, one of them with a pixel that is `value`."""
    images = inputs(id)
    pixels = images[name].array().astype(np.float64)
    pixels[(0,) * (images[name].axes.index("Y")) + (-2, -2)] = value
    return images | {name: wrap(pixels, images[name].axes, images[name].kind)}


def changed(one: Any, other: Any) -> int:
    """How many pixels of an image differ from those of another; of a table none are counted."""
    if not isinstance(one, Image):
        return 0
    return int(np.count_nonzero(one.array() != other.array()))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize(("id", "name"), IMAGES)
def test_none_spreads(id: str, name: str, value: float) -> None:
    clean = results_of(run(id, spoiled(id, name, 0.5 if name == "psf" else 100.0)))
    results = clean  # unless it is taken
    with suppress(OperationFailed, BadParameter):
        results = results_of(run(id, spoiled(id, name, value)))
    assert all(changed(one, other) <= 1 for one, other in zip(results, clean, strict=True))


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("id", sorted(NEIGHBOURHOODS))
def test_a_neighbourhood_refuses_them_and_says_what_replaces_them(id: str, value: float) -> None:
    with pytest.raises(OperationFailed, match="no finite numbers") as caught:
        run(id, spoiled(id, "input" if id == "shift" else "image", value))
    assert "nan_to_num" in caught.value.todo


def test_the_nearest_pixel_may_be_any() -> None:
    image = wrap(np.array([[np.nan, 1.0]]), "YX")
    np.testing.assert_array_equal(resize(image, x_size=4, order=0).result.array(), [[np.nan, np.nan, 1, 1]])


def test_the_table_of_neighbourhoods_misses_none() -> None:
    """What looks further than a pixel, says so by a border mode, a radius, a sigma or a spline."""
    telling = {"mode", "footprint", "order", "sigma_spatial", "patch_size", "kernel_size", "num_sigma"}
    looking = {
        id
        for id, name in IMAGES
        if telling & {parameter.name for parameter in get(id).parameters} and name in ("image", "input")
    }
    assert looking - NEIGHBOURHOODS <= {"blob_log", "correct_drift", "profile_line", "rescale_isotropic"}
