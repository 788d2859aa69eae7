"""Ridges: filaments, vessels and membranes by the eigenvalues of the Hessian."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Annotated

import numpy as np
import skimage as ski

from bims_desktop.errors import BadParameter
from bims_desktop.model.image import Image
from bims_desktop.operations.kinds import Intensity
from bims_desktop.operations.regions import Array, Region, apply, floating
from bims_desktop.operations.registry import operation
from bims_desktop.operations.spec import Bounds, IfNone
from bims_desktop.operations.tiles import Local

Scale = Annotated[float, Bounds(0.1, 100, "px")]
Steps = Annotated[int, Bounds(1, 50)]
Factor = Annotated[float, Bounds(1e-6, 1e6)]


@operation(
    title="Sato ridges",
    menu="Filters/Ridges",
    sentence="Found the ridges of {image} by Sato's filter, {num_sigma} scales from {min_sigma} to {max_sigma} px",
)
def sato(
    image: Intensity,
    *,
    min_sigma: Scale = 1.0,
    max_sigma: Scale = 3.0,
    num_sigma: Steps = 3,
    black_ridges: bool = False,
    axes: Region = "YX",
) -> Image:
    """Find filaments by Sato's tubeness.

    Parameters
    ----------
    image : Image
        Intensity image with axes from YX to TCZYX.
    min_sigma, max_sigma : float
        Narrowest and widest scale, in pixels.
    num_sigma : int
        How many scales, evenly spaced; the greatest answer wins.
    black_ridges : bool
        Whether ridges are darker than what surrounds them.
    axes : {"YX", "ZYX"}
        Each plane alone, or each volume.

    Returns
    -------
    Image
        float32, same axes and calibration.

    Raises
    ------
    BadParameter
        The widest scale is narrower than the narrowest.
    OperationFailed
        A pixel is NaN or infinite.

    References
    ----------
    `skimage.filters.sato` of the values as they are, whose ridges are black by default;
    Y. Sato et al. (1998), Med. Image Anal. 2, 143-168.

    Examples
    --------
    >>> line = np.zeros((9, 9), np.uint8)
    >>> line[4] = 100
    >>> int(sato(Image(line, "YX")).array()[:, 4].argmax())
    4
    """
    sigmas = _scales(min_sigma, max_sigma, num_sigma)
    # Two derivatives of a Gaussian of sigma / sqrt(2), cut off where scikit-image cuts them.
    reach = max(2 * int((8 if sigma > 1 else 100) * sigma * math.sqrt(0.5) + 0.5) for sigma in sigmas)
    local = Local(reach, num_sigma * 10 * reach)
    return _ridges(image, axes, lambda region: ski.filters.sato(region, sigmas, black_ridges), local)


@operation(
    title="Frangi ridges",
    menu="Filters/Ridges",
    sentence="Found the ridges of {image} by Frangi's filter, {num_sigma} scales from {min_sigma} to {max_sigma} px",
)
def frangi(
    image: Intensity,
    *,
    min_sigma: Scale = 1.0,
    max_sigma: Scale = 3.0,
    num_sigma: Steps = 3,
    alpha: Factor = 0.5,
    beta: Factor = 0.5,
    gamma: Annotated[Factor, IfNone("half the norm")] | None = None,
    black_ridges: bool = False,
    axes: Region = "YX",
) -> Image:
    """Find vessels by Frangi's vesselness, from 0 to 1.

    Parameters
    ----------
    image : Image
        Intensity image with axes from YX to TCZYX.
    min_sigma, max_sigma : float
        Narrowest and widest scale, in pixels.
    num_sigma : int
        How many scales, evenly spaced; the greatest answer wins.
    alpha, beta : float
        How strictly plates and blobs are refused; alpha matters in volumes only.
    gamma : float, optional
        How strictly weak structure is refused; half the greatest Hessian norm if not given.
    black_ridges : bool
        Whether ridges are darker than what surrounds them.
    axes : {"YX", "ZYX"}
        Each plane alone, or each volume.

    Returns
    -------
    Image
        float32, same axes and calibration.

    Raises
    ------
    BadParameter
        The widest scale is narrower than the narrowest.
    OperationFailed
        A pixel is NaN or infinite.

    References
    ----------
    `skimage.filters.frangi` of the values as they are, whose ridges are black by default;
    A. F. Frangi et al. (1998), Proc. MICCAI, 130-137.

    Examples
    --------
    >>> line = np.zeros((9, 9), np.uint8)
    >>> line[4] = 100
    >>> int(frangi(Image(line, "YX")).array()[:, 4].argmax())
    4
    """
    sigmas = _scales(min_sigma, max_sigma, num_sigma)

    def vesselness(region: Array) -> Array:
        return np.asarray(
            ski.filters.frangi(region, sigmas, alpha=alpha, beta=beta, gamma=gamma, black_ridges=black_ridges)
        )

    return _ridges(image, axes, vesselness)


@operation(
    title="Meijering ridges",
    menu="Filters/Ridges",
    sentence="Found the ridges of {image} by Meijering's filter, {num_sigma} scales from {min_sigma} to {max_sigma} px",
)
def meijering(
    image: Intensity,
    *,
    min_sigma: Scale = 1.0,
    max_sigma: Scale = 3.0,
    num_sigma: Steps = 3,
    alpha: Annotated[float, Bounds(-1, 1), IfNone("the flattest")] | None = None,
    black_ridges: bool = False,
    axes: Region = "YX",
) -> Image:
    """Find neurites by Meijering's neuriteness, from 0 to 1.

    Parameters
    ----------
    image : Image
        Intensity image with axes from YX to TCZYX.
    min_sigma, max_sigma : float
        Narrowest and widest scale, in pixels.
    num_sigma : int
        How many scales, evenly spaced; the greatest answer wins.
    alpha : float, optional
        Shape of the filter; the flattest for long ridges if not given.
    black_ridges : bool
        Whether ridges are darker than what surrounds them.
    axes : {"YX", "ZYX"}
        Each plane alone, or each volume; each scale is set to a greatest value of 1 in it.

    Returns
    -------
    Image
        float32, same axes and calibration.

    Raises
    ------
    BadParameter
        The widest scale is narrower than the narrowest.
    OperationFailed
        A pixel is NaN or infinite.

    References
    ----------
    `skimage.filters.meijering` of the values as they are, whose ridges are black by default;
    E. Meijering et al. (2004), Cytometry A 58, 167-176.

    Examples
    --------
    >>> line = np.zeros((9, 9), np.uint8)
    >>> line[4] = 100
    >>> int(meijering(Image(line, "YX")).array()[:, 4].argmax())
    4
    """
    sigmas = _scales(min_sigma, max_sigma, num_sigma)
    return _ridges(image, axes, lambda region: ski.filters.meijering(region, sigmas, alpha, black_ridges))


def _scales(low: float, high: float, count: int) -> list[float]:
    if high < low:
        raise BadParameter(f"max_sigma {high} is less than min_sigma {low}.", "Exchange them.")
    return [float(sigma) for sigma in np.linspace(low, high, count)]


def _ridges(image: Image, axes: Region, find: Callable[[Array], Array], local: Local | None = None) -> Image:
    def found(region: Array) -> Array:
        return np.asarray(find(floating(region)))

    return image.with_pixels(apply(image, found, axes, np.dtype(np.float32), local))
