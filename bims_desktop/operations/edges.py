"""Edges: Laplacian and Sobel."""

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
from bims_desktop.operations.tiles import Local


@operation(title="Laplacian", menu="Filters/Edges", sentence="Took the Laplacian of {image} over {ksize} px")
def laplace(
    image: Colours,
    *,
    ksize: Annotated[int, Bounds(3, 99, "px")] = 3,
    axes: Region = "YX",
    dtype: Dtype = "float32",
) -> Image:
    """Find edges and spots by the discrete Laplacian; positive in bright ones.

    Parameters
    ----------
    image : Image
        Intensity or RGB image with axes from YX to TCZYX.
    ksize : int
        Side of the operator, in pixels; odd.
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
        `ksize` is even.
    OperationFailed
        A pixel is NaN or infinite.

    References
    ----------
    `skimage.filters.laplace` of the values as they are.

    Examples
    --------
    >>> spot = np.zeros((3, 3), np.uint8)
    >>> spot[1, 1] = 1
    >>> laplace(Image(spot, "YX")).array()[1].tolist()
    [-1.0, 4.0, -1.0]
    """
    if ksize % 2 == 0:
        raise BadParameter(f"The operator cannot have the even side {ksize}.", f"Use {ksize + 1}.")
    ndim = len(span(image, axes))

    def curvature(region: Array) -> Array:
        return np.asarray(ski.filters.laplace(floating(region), ksize))

    return filtered(image, curvature, axes, dtype, Local(ksize // 2, ksize**ndim))


@operation(title="Sobel edges", menu="Filters/Edges", sentence="Found the edges of {image} by the Sobel filter")
def sobel(
    image: Colours,
    *,
    mode: Literal["reflect", "constant", "nearest", "mirror", "wrap"] = "reflect",
    cval: float = 0.0,
    axes: Region = "YX",
    dtype: Dtype = "float32",
) -> Image:
    """Find edges: the length of the gradient, smoothed across it.

    Parameters
    ----------
    image : Image
        Intensity or RGB image with axes from YX to TCZYX.
    mode : str
        How the borders are filled.
    cval : float
        Value beyond the borders where `mode` is constant.
    axes : {"YX", "ZYX"}
        Each plane alone, or each volume.
    dtype : {"input", "float32"}
        Type of the result.

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
    `skimage.filters.sobel` of the values as they are.

    Examples
    --------
    >>> edge = Image(np.array([[0, 0, 8, 8]] * 3, np.uint8), "YX")
    >>> sobel(edge).array()[1].astype(float).round(2).tolist()
    [0.0, 5.66, 5.66, 0.0]
    """

    def steepness(region: Array) -> Array:
        return np.asarray(ski.filters.sobel(floating(region), mode=mode, cval=cval))

    ndim = len(span(image, axes))
    return filtered(image, steepness, axes, dtype, None if mode == "wrap" else Local(1, ndim * 3**ndim))
