"""Smoothing and background filters."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
import skimage as ski

from bims_desktop.model.image import Image
from bims_desktop.operations.footprints import Border, Footprint, footprint_array
from bims_desktop.operations.regions import Array, Dtype, Region, filtered, finite, span
from bims_desktop.operations.registry import operation
from bims_desktop.operations.spec import Accepts, Bounds
from bims_desktop.operations.tiles import SORTING, footprint_local, gaussian_local


@operation(
    title="Gaussian smoothing",
    menu="Filters",
    sentence="Smoothed {image} with a Gaussian, sigma {sigma} px",
)
def gaussian(
    image: Annotated[Image, Accepts("intensity", "rgb")],
    *,
    sigma: Annotated[float, Bounds(0, 1000, "px")] = 1.0,
    mode: Literal["reflect", "constant", "nearest", "mirror", "wrap"] = "nearest",
    cval: float = 0.0,
    truncate: Annotated[float, Bounds(0.1, 100)] = 4.0,
    axes: Region = "YX",
    dtype: Dtype = "input",
) -> Image:
    """Smooth with a Gaussian kernel.

    Parameters
    ----------
    image : Image
        Intensity or RGB image with axes from YX to TCZYX.
    sigma : float
        Standard deviation of the kernel, in pixels.
    mode : str
        How the borders are filled.
    cval : float
        Value beyond the borders where `mode` is constant.
    truncate : float
        Where the kernel ends, in standard deviations.
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
    `skimage.filters.gaussian` with ``preserve_range=True``.

    Examples
    --------
    >>> smooth = gaussian(Image(np.eye(5, dtype=np.float32), "YX"), sigma=1.0)
    >>> smooth.dtype, round(float(smooth.array()[2, 2]), 3)
    (dtype('float32'), 0.283)
    """

    def smooth(region: Array) -> Array:
        return np.asarray(
            ski.filters.gaussian(
                finite(region), sigma=sigma, mode=mode, cval=cval, truncate=truncate, preserve_range=True
            )
        )

    local = gaussian_local(sigma, truncate, mode, len(span(image, axes)))
    return filtered(image, smooth, axes, dtype, local)


@operation(
    title="Median filter",
    menu="Filters",
    sentence="Took the median of {image} over a {footprint} of radius {radius} px",
    halo="radius",
)
def median(
    image: Annotated[Image, Accepts("intensity", "rgb")],
    *,
    footprint: Footprint = "square",
    radius: Annotated[int, Bounds(1, 100, "px")] = 1,
    mode: Literal["reflect", "constant", "nearest", "mirror", "wrap"] = "nearest",
    cval: float = 0.0,
    axes: Region = "YX",
    dtype: Dtype = "input",
) -> Image:
    """Replace each pixel by the median of its neighbourhood.

    Parameters
    ----------
    image : Image
        Intensity or RGB image with axes from YX to TCZYX.
    footprint : {"disk", "square", "diamond"}
        Shape of the neighbourhood; in a volume a ball, a cube and an octahedron.
    radius : int
        Radius of the neighbourhood, in pixels.
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
    `skimage.filters.median` with ``behavior="ndimage"``.

    Examples
    --------
    >>> spike = np.zeros((3, 3), np.uint8)
    >>> spike[1, 1] = 9
    >>> int(median(Image(spike, "YX")).array().max())
    0
    """
    shape = footprint_array(footprint, radius, len(span(image, axes)))

    def middle(region: Array) -> Array:
        return np.asarray(ski.filters.median(finite(region), shape, mode=mode, cval=cval))

    return filtered(image, middle, axes, dtype, footprint_local(shape, mode, cost=SORTING))


@operation(
    title="White top-hat (subtract background)",
    menu="Filters",
    sentence="Took the white top-hat of {image} with a {footprint} of radius {radius} px",
)
def white_tophat(
    image: Annotated[Image, Accepts("intensity", "rgb")],
    *,
    footprint: Footprint = "disk",
    radius: Annotated[int, Bounds(1, 100, "px")] = 1,
    mode: Border = "reflect",
    axes: Region = "YX",
    dtype: Dtype = "input",
) -> Image:
    """Keep bright details smaller than the neighbourhood: the image less its opening.

    Parameters
    ----------
    image : Image
        Intensity or RGB image with axes from YX to TCZYX.
    footprint : {"disk", "square", "diamond"}
        Shape of the neighbourhood; in a volume a ball, a cube and an octahedron.
    radius : int
        Radius of the neighbourhood, in pixels.
    mode : str
        How the borders are filled. Only those under which the opening never exceeds
        the image are offered, so that the difference cannot overflow.
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
    `skimage.morphology.white_tophat`.

    Examples
    --------
    >>> spot = np.full((5, 5), 10, np.uint8)
    >>> spot[2, 2] = 14
    >>> int(white_tophat(Image(spot, "YX")).array()[2, 2])
    4
    """
    shape = footprint_array(footprint, radius, len(span(image, axes)))

    def details(region: Array) -> Array:
        return np.asarray(ski.morphology.white_tophat(finite(region), shape, mode=mode))

    return filtered(image, details, axes, dtype, footprint_local(shape, mode, passes=2))
