"""Thresholds that differ from place to place or class to class: local, hysteresis, several by Otsu."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
import skimage as ski

from bims_desktop.errors import BadParameter, OperationFailed
from bims_desktop.model.image import Image
from bims_desktop.operations.kinds import Intensity
from bims_desktop.operations.planes import each_by_planes
from bims_desktop.operations.regions import Array, Region, apply, floating, one, span
from bims_desktop.operations.registry import operation
from bims_desktop.operations.running import empty
from bims_desktop.operations.spec import Bounds, Found
from bims_desktop.operations.thresholding import counted
from bims_desktop.operations.tiles import SORTING, Local, gaussian_local


@operation(
    title="Local threshold",
    menu="Segmentation/Threshold",
    sentence="Thresholded {image} above the local {method} over {block_size} px less {offset}",
)
def threshold_local(
    image: Intensity,
    *,
    block_size: Annotated[int, Bounds(3, 9999, "px")] = 51,
    method: Literal["gaussian", "mean", "median"] = "gaussian",
    offset: float = 0.0,
    mode: Literal["reflect", "constant", "nearest", "mirror", "wrap"] = "reflect",
    cval: float = 0.0,
    axes: Region = "YX",
) -> Image:
    """Keep what is brighter than its surroundings; suits uneven background.

    Parameters
    ----------
    image : Image
        Intensity image with axes from YX to TCZYX.
    block_size : int
        Side of the surroundings, in pixels; odd.
    method : {"gaussian", "mean", "median"}
        What is taken of the surroundings.
    offset : float
        Subtracted from it; a negative one makes the threshold stricter.
    mode : str
        How the borders are filled.
    cval : float
        Value beyond the borders where `mode` is constant.
    axes : {"YX", "ZYX"}
        Surroundings in each plane alone, or in each volume.

    Returns
    -------
    Image
        Mask with the same axes and calibration (strictly greater).

    Raises
    ------
    BadParameter
        `block_size` is even.
    OperationFailed
        A pixel is NaN or infinite.

    References
    ----------
    `skimage.filters.threshold_local` of the values as they are.

    Examples
    --------
    >>> spots = Image(np.array([[0, 5, 0, 90, 95, 90]], np.uint8), "YX")
    >>> threshold_local(spots, block_size=3, method="mean", offset=-1.0).array().tolist()
    [[False, True, False, True, True, False]]
    """
    if block_size % 2 == 0:
        raise BadParameter(f"block_size cannot be the even number {block_size}.", f"Use {block_size + 1}.")

    def bright(region: Array) -> Array:
        values = floating(region)
        return values > np.asarray(ski.filters.threshold_local(values, block_size, method, offset, mode, cval=cval))

    local = _reach(method, block_size, mode, len(span(image, axes)))
    return image.with_pixels(apply(image, bright, axes, np.dtype(bool), local), "mask")


@operation(
    title="Hysteresis threshold",
    menu="Segmentation/Threshold",
    sentence="Thresholded {image} above {low} where it is connected to what lies above {high}",
)
def apply_hysteresis_threshold(
    image: Intensity,
    *,
    low: float = 0.0,
    high: float = 1.0,
    axes: Region = "ZYX",
) -> Image:
    """Keep what is brighter than a low threshold and hangs together with something above a high one.

    Parameters
    ----------
    image : Image
        Intensity image with axes from YX to TCZYX; NaN is never foreground.
    low : float
        Pixels strictly greater than this may be foreground.
    high : float
        Pixels strictly greater than this are; not less than `low`.
    axes : {"YX", "ZYX"}
        Connected along the axes of each plane, or of each volume.

    Returns
    -------
    Image
        Mask with the same axes and calibration.

    Raises
    ------
    BadParameter
        `high` is less than `low`.

    References
    ----------
    `skimage.filters.apply_hysteresis_threshold`; J. Canny (1986), IEEE Trans. Pattern Anal.
    Mach. Intell. 8, 679-698.

    Examples
    --------
    >>> values = Image(np.array([[3, 5, 9, 5, 0, 5]], np.uint8), "YX")
    >>> apply_hysteresis_threshold(values, low=4.0, high=8.0).array().tolist()
    [[False, True, True, True, False, False]]
    """
    if high < low:
        raise BadParameter(f"The threshold high {high} is less than low {low}.", "Exchange them.")

    def connected(region: Array) -> Array:
        return np.asarray(ski.filters.apply_hysteresis_threshold(region, low, high))

    return image.with_pixels(apply(image, connected, axes, np.dtype(bool)), "mask")


@operation(
    title="Threshold into classes (multi-Otsu)",
    menu="Segmentation/Threshold",
    sentence="Parted {image} into {classes} classes by multi-Otsu, at {thresholds}",
)
def threshold_multiotsu(
    image: Intensity,
    *,
    classes: Annotated[int, Bounds(2, 5)] = 3,
    nbins: Annotated[int, Bounds(2, 1024)] = 256,
    axes: Region = "ZYX",
) -> Found:
    """Part an image into classes of brightness by several of Otsu's thresholds.

    Parameters
    ----------
    image : Image
        Intensity image; NaN and infinite pixels are left out of the histogram.
    classes : int
        How many; the time grows with `nbins` to this power less one.
    nbins : int
        Bins of the histogram, of integers too: a table of all pairs of values would fill the memory.
    axes : {"YX", "ZYX"}
        Thresholds for each plane, or for each volume.

    Returns
    -------
    Found
        int32 labels with the same axes and calibration, from 0 for the darkest class (strictly
        greater than each threshold; NaN is in class 0); ``thresholds``, a list, or one a region.

    Raises
    ------
    OperationFailed
        No pixel is finite, or there are fewer values than classes.

    References
    ----------
    `skimage.filters.threshold_multiotsu` of the values as float64; P.-S. Liao, T.-S. Chen and
    P.-C. Chung (2001), J. Inf. Sci. Eng. 17, 713-727.

    Examples
    --------
    >>> found = threshold_multiotsu(Image(np.array([[1, 1, 5, 5, 9, 9]], np.uint8), "YX"))
    >>> found.result.array().tolist()
    [[0, 0, 1, 1, 2, 2]]
    """
    result = empty(image.shape, np.int32)
    found = []
    for planes in each_by_planes(image, axes, 3):
        _, _, (counts, centers) = counted(planes, nbins, np.dtype(np.float64))
        try:
            thresholds = ski.filters.threshold_multiotsu(hist=(counts / np.sum(counts), centers), classes=classes)
        except ValueError as error:
            raise OperationFailed(f"No thresholds were found: {error}", "Ask for fewer classes.") from error
        for index, plane in planes:
            result[index] = np.where(np.isnan(plane), 0, np.digitize(plane, thresholds, right=True))
        found.append(thresholds.tolist())
    return Found(image.with_pixels(result, "labels"), {"thresholds": one(found)})


def _reach(method: str, block_size: int, mode: str, ndim: int) -> Local | None:
    if method == "gaussian":
        return gaussian_local((block_size - 1) / 6, 4.0, mode, ndim)
    # The mean is a running sum, whose last bits depend on where it began.
    return None if method == "mean" or mode == "wrap" else Local(block_size // 2, block_size**ndim * SORTING)
