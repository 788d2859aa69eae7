"""Histograms: local equalization, and matching to a reference."""

from __future__ import annotations

from typing import Annotated

import numpy as np
import skimage as ski

from bims_desktop.errors import BadParameter
from bims_desktop.model.image import Image
from bims_desktop.operations.kinds import Colours
from bims_desktop.operations.regions import (
    Array,
    Dtype,
    Region,
    each,
    filtered,
    floating,
    output_dtype,
    read,
    regions,
    restore,
)
from bims_desktop.operations.registry import operation
from bims_desktop.operations.running import empty
from bims_desktop.operations.spec import Bounds, IfNone


@operation(
    title="Local contrast (CLAHE)",
    menu="Intensity",
    sentence="Equalized the local contrast of {image}, clip limit {clip_limit}",
)
def equalize_adapthist(
    image: Colours,
    *,
    kernel_size: Annotated[int, Bounds(1, 10_000, "px"), IfNone("an eighth")] | None = None,
    clip_limit: Annotated[float, Bounds(0, 1)] = 0.01,
    nbins: Annotated[int, Bounds(2, 65536)] = 256,
    axes: Region = "YX",
    dtype: Dtype = "input",
) -> Image:
    """Stretch the contrast of each place by the histogram around it; for the eye, not for measurements.

    Parameters
    ----------
    image : Image
        Intensity or RGB image with axes from YX to TCZYX.
    kernel_size : int, optional
        Side of the surroundings, in pixels; an eighth of each side if not given.
    clip_limit : float
        Greatest share of one bin; higher values give more contrast.
    nbins : int
        Bins of the histograms.
    axes : {"YX", "ZYX"}
        Each plane alone, or each volume.
    dtype : {"input", "float32"}
        Type of the result; rounded half to even.

    Returns
    -------
    Image
        Same axes and calibration; each region keeps its least and greatest value, in 16384 steps.

    Raises
    ------
    OperationFailed
        A pixel is NaN or infinite.

    References
    ----------
    `skimage.exposure.equalize_adapthist` of each region stretched to 0 ... 1, and back;
    K. Zuiderveld (1994), Graphics Gems IV, 474-485.

    Examples
    --------
    >>> ramp = Image(np.arange(256, dtype=np.uint8).reshape(16, 16), "YX")
    >>> result = equalize_adapthist(ramp).array()
    >>> int(result.min()), int(result.max())
    (0, 255)
    """

    def equalized(region: Array) -> Array:
        values = floating(region)
        low, high = values.min(initial=np.inf), values.max(initial=-np.inf)
        if not high > low:
            return values
        even = ski.exposure.equalize_adapthist((values - low) / (high - low), kernel_size, clip_limit, nbins)
        return np.asarray(even * (high - low) + low)

    return filtered(image, equalized, axes, dtype)


@operation(
    title="Match histogram",
    menu="Intensity",
    sentence="Matched the histogram of {image} to that of {reference}",
)
def match_histograms(image: Colours, reference: Colours, *, axes: Region = "ZYX", dtype: Dtype = "input") -> Image:
    """Give an image the distribution of intensities of another.

    Parameters
    ----------
    image : Image
        Intensity or RGB image with axes from YX to TCZYX.
    reference : Image
        What it shall look like: of one plane or volume, or with as many as `image`.
    axes : {"YX", "ZYX"}
        Each plane alone, or each volume.
    dtype : {"input", "float32"}
        Type of the result; computed in floating point, rounded half to even and clipped.

    Returns
    -------
    Image
        Axes and calibration of `image`.

    Raises
    ------
    BadParameter
        The two have another number of planes or volumes.
    OperationFailed
        A pixel is NaN or infinite.

    References
    ----------
    `skimage.exposure.match_histograms`.

    Examples
    --------
    >>> dark, bright = (Image(np.array([[1, 2, 3]], np.uint8) * n, "YX") for n in (1, 50))
    >>> match_histograms(dark, bright).array().tolist()
    [[50, 100, 150]]
    """
    places = list(regions(reference, axes))
    result = empty(image.shape, output_dtype(image, dtype))
    count = sum(1 for _ in regions(image, axes))
    if len(places) not in (1, count):
        raise BadParameter(
            f"The reference has {len(places)} regions over {axes}, the image {count}.",
            "Choose a reference of one plane or volume, or of the same axes.",
        )
    for number, (index, region) in enumerate(each(image, axes)):
        wanted = floating(read(reference, places[number % len(places)]))
        matched = ski.exposure.match_histograms(floating(region).ravel(), wanted.ravel())
        result[index] = restore(np.asarray(matched).reshape(region.shape), result.dtype)
    return image.with_pixels(result)
