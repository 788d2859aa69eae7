"""What stands out at a scale: difference of Gaussians, unsharp mask."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
import skimage as ski

from bims_desktop.errors import BadParameter
from bims_desktop.model.image import Image
from bims_desktop.operations.kinds import Colours
from bims_desktop.operations.regions import Array, Dtype, Region, filtered, floating, span
from bims_desktop.operations.registry import operation
from bims_desktop.operations.spec import Bounds
from bims_desktop.operations.tiles import gaussian_local


@operation(
    title="Difference of Gaussians",
    menu="Filters",
    sentence="Took the difference of Gaussians of {image}, sigma {low_sigma} px less {high_sigma} px",
)
def difference_of_gaussians(
    image: Colours,
    *,
    low_sigma: Annotated[float, Bounds(0, 1000, "px")] = 1.0,
    high_sigma: Annotated[float, Bounds(0, 1000, "px")] = 1.6,
    mode: Literal["reflect", "constant", "nearest", "mirror", "wrap"] = "nearest",
    cval: float = 0.0,
    truncate: Annotated[float, Bounds(0.1, 100)] = 4.0,
    axes: Region = "YX",
    dtype: Dtype = "float32",
) -> Image:
    """Keep details between two scales.

    Parameters
    ----------
    image : Image
        Intensity or RGB image with axes from YX to TCZYX.
    low_sigma : float
        Standard deviation of the narrow kernel, in pixels.
    high_sigma : float
        Standard deviation of the wide kernel, in pixels; not less than the other.
    mode : str
        How the borders are filled.
    cval : float
        Value beyond the borders where `mode` is constant.
    truncate : float
        Where the kernels end, in standard deviations.
    axes : {"YX", "ZYX"}
        Each plane alone, or each volume.
    dtype : {"input", "float32"}
        Type of the result; the input's cuts off what is negative where it is unsigned.

    Returns
    -------
    Image
        Same axes and calibration.

    Raises
    ------
    BadParameter
        The wide kernel is narrower than the narrow one.
    OperationFailed
        A pixel is NaN or infinite.

    References
    ----------
    `skimage.filters.difference_of_gaussians` of the values as they are; D. Marr and E. Hildreth
    (1980), Proc. R. Soc. Lond. B 207, 187-217.

    Examples
    --------
    >>> spot = np.zeros((9, 9), np.uint8)
    >>> spot[4, 4] = 100
    >>> bool(difference_of_gaussians(Image(spot, "YX")).array()[4, 4] > 5)
    True
    """
    if high_sigma < low_sigma:
        raise BadParameter(f"high_sigma {high_sigma} is less than low_sigma {low_sigma}.", "Exchange them.")

    def details(region: Array) -> Array:
        return np.asarray(
            ski.filters.difference_of_gaussians(
                floating(region), low_sigma, high_sigma, mode=mode, cval=cval, truncate=truncate
            )
        )

    ndim = len(span(image, axes))
    return filtered(image, details, axes, dtype, gaussian_local(high_sigma, truncate, mode, 2 * ndim))


@operation(
    title="Unsharp mask",
    menu="Filters",
    sentence="Sharpened {image} by an unsharp mask, radius {radius} px, amount {amount}",
)
def unsharp_mask(
    image: Colours,
    *,
    radius: Annotated[float, Bounds(0, 1000, "px")] = 1.0,
    amount: Annotated[float, Bounds(-100, 100)] = 1.0,
    axes: Region = "YX",
    dtype: Dtype = "input",
) -> Image:
    """Sharpen: add what smoothing takes away.

    Parameters
    ----------
    image : Image
        Intensity or RGB image with axes from YX to TCZYX.
    radius : float
        Standard deviation of the smoothing, in pixels.
    amount : float
        How many times the difference is added.
    axes : {"YX", "ZYX"}
        Each plane alone, or each volume.
    dtype : {"input", "float32"}
        Type of the result; computed in floating point, the value range is preserved.

    Returns
    -------
    Image
        Same axes and calibration.

    Raises
    ------
    OperationFailed
        A pixel is NaN or infinite.

    References
    ----------
    `skimage.filters.unsharp_mask` with ``preserve_range=True``.

    Examples
    --------
    >>> edge = Image(np.array([[10, 10, 20, 20]] * 3, np.uint8), "YX")
    >>> result = unsharp_mask(edge).array()[1]
    >>> bool(result[1] < 10), bool(result[2] > 20)
    (True, True)
    """

    def sharper(region: Array) -> Array:
        return np.asarray(ski.filters.unsharp_mask(floating(region), radius, amount, preserve_range=True))

    return filtered(image, sharper, axes, dtype, gaussian_local(radius, 4.0, "reflect", len(span(image, axes))))
