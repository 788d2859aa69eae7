"""Least and greatest of a neighbourhood, of grey images and masks: erosion, dilation, opening, closing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import numpy as np
import skimage as ski

from bims_desktop.model.image import Image
from bims_desktop.operations.footprints import Border, Footprint, footprint_array
from bims_desktop.operations.kinds import Colours, Greys
from bims_desktop.operations.regions import Array, Region, apply, finite, fit, native, span
from bims_desktop.operations.registry import operation
from bims_desktop.operations.spec import Bounds
from bims_desktop.operations.tiles import footprint_local

Radius = Annotated[int, Bounds(1, 100, "px")]


@operation(
    title="Erosion (minimum filter)",
    menu="Morphology",
    sentence="Eroded {image} with a {footprint} of radius {radius} px",
    halo="radius",
)
def erosion(
    image: Greys, *, footprint: Footprint = "disk", radius: Radius = 1, mode: Border = "reflect", axes: Region = "YX"
) -> Image:
    """Replace each pixel by the least of its neighbourhood: bright objects shrink.

    Parameters
    ----------
    image : Image
        Intensity or RGB image or mask with axes from YX to TCZYX.
    footprint : {"disk", "square", "diamond"}
        Shape of the neighbourhood; in a volume a ball, a cube and an octahedron.
    radius : int
        Radius of the neighbourhood, in pixels.
    mode : str
        How the borders are filled; ignore lets them influence nothing.
    axes : {"YX", "ZYX"}
        Each plane alone, or each volume.

    Returns
    -------
    Image
        Same axes, dtype, kind and calibration.

    Raises
    ------
    OperationFailed
        A pixel is NaN or infinite.

    References
    ----------
    `skimage.morphology.erosion`.

    Examples
    --------
    >>> block = Image(np.pad(np.full((3, 3), 9, np.uint8), 1), "YX")
    >>> int((erosion(block).array() > 0).sum())
    1
    """
    return _taken(image, ski.morphology.erosion, footprint, radius, mode, axes)


@operation(
    title="Dilation (maximum filter)",
    menu="Morphology",
    sentence="Dilated {image} with a {footprint} of radius {radius} px",
    halo="radius",
)
def dilation(
    image: Greys, *, footprint: Footprint = "disk", radius: Radius = 1, mode: Border = "reflect", axes: Region = "YX"
) -> Image:
    """Replace each pixel by the greatest of its neighbourhood: bright objects grow.

    Parameters
    ----------
    image : Image
        Intensity or RGB image or mask with axes from YX to TCZYX.
    footprint : {"disk", "square", "diamond"}
        Shape of the neighbourhood; in a volume a ball, a cube and an octahedron.
    radius : int
        Radius of the neighbourhood, in pixels.
    mode : str
        How the borders are filled; ignore lets them influence nothing.
    axes : {"YX", "ZYX"}
        Each plane alone, or each volume.

    Returns
    -------
    Image
        Same axes, dtype, kind and calibration.

    Raises
    ------
    OperationFailed
        A pixel is NaN or infinite.

    References
    ----------
    `skimage.morphology.dilation`.

    Examples
    --------
    >>> dot = np.zeros((5, 5), bool)
    >>> dot[2, 2] = True
    >>> int(dilation(Image(dot, "YX", kind="mask")).array().sum())
    5
    """
    return _taken(image, ski.morphology.dilation, footprint, radius, mode, axes)


@operation(
    title="Grey opening",
    menu="Morphology",
    sentence="Applied a grey opening to {image}, {footprint} of radius {radius} px",
)
def opening(
    image: Colours, *, footprint: Footprint = "disk", radius: Radius = 1, mode: Border = "reflect", axes: Region = "YX"
) -> Image:
    """Erode, then dilate: level bright details smaller than the neighbourhood.

    Parameters
    ----------
    image : Image
        Intensity or RGB image with axes from YX to TCZYX; for masks see `binary_opening`.
    footprint : {"disk", "square", "diamond"}
        Shape of the neighbourhood; in a volume a ball, a cube and an octahedron.
    radius : int
        Radius of the neighbourhood, in pixels.
    mode : str
        How the borders are filled; ignore lets them influence nothing.
    axes : {"YX", "ZYX"}
        Each plane alone, or each volume.

    Returns
    -------
    Image
        Same axes, dtype and calibration.

    Raises
    ------
    OperationFailed
        A pixel is NaN or infinite.

    References
    ----------
    `skimage.morphology.opening`.

    Examples
    --------
    >>> spot = np.full((5, 5), 10, np.uint8)
    >>> spot[2, 2] = 14
    >>> int(opening(Image(spot, "YX")).array()[2, 2])
    10
    """
    return _taken(image, ski.morphology.opening, footprint, radius, mode, axes)


@operation(
    title="Grey closing",
    menu="Morphology",
    sentence="Applied a grey closing to {image}, {footprint} of radius {radius} px",
)
def closing(
    image: Colours, *, footprint: Footprint = "disk", radius: Radius = 1, mode: Border = "reflect", axes: Region = "YX"
) -> Image:
    """Dilate, then erode: level dark details smaller than the neighbourhood.

    Parameters
    ----------
    image : Image
        Intensity or RGB image with axes from YX to TCZYX; for masks see `binary_closing`.
    footprint : {"disk", "square", "diamond"}
        Shape of the neighbourhood; in a volume a ball, a cube and an octahedron.
    radius : int
        Radius of the neighbourhood, in pixels.
    mode : str
        How the borders are filled; ignore lets them influence nothing.
    axes : {"YX", "ZYX"}
        Each plane alone, or each volume.

    Returns
    -------
    Image
        Same axes, dtype and calibration.

    Raises
    ------
    OperationFailed
        A pixel is NaN or infinite.

    References
    ----------
    `skimage.morphology.closing`.

    Examples
    --------
    >>> hole = np.full((5, 5), 10, np.uint8)
    >>> hole[2, 2] = 4
    >>> int(closing(Image(hole, "YX")).array()[2, 2])
    10
    """
    return _taken(image, ski.morphology.closing, footprint, radius, mode, axes)


@operation(
    title="Black top-hat (dark details)",
    menu="Filters",
    sentence="Took the black top-hat of {image} with a {footprint} of radius {radius} px",
)
def black_tophat(
    image: Colours, *, footprint: Footprint = "disk", radius: Radius = 1, mode: Border = "reflect", axes: Region = "YX"
) -> Image:
    """Keep dark details smaller than the neighbourhood: the closing less the image.

    Parameters
    ----------
    image : Image
        Intensity or RGB image with axes from YX to TCZYX.
    footprint : {"disk", "square", "diamond"}
        Shape of the neighbourhood; in a volume a ball, a cube and an octahedron.
    radius : int
        Radius of the neighbourhood, in pixels.
    mode : str
        How the borders are filled; ignore lets them influence nothing.
    axes : {"YX", "ZYX"}
        Each plane alone, or each volume.

    Returns
    -------
    Image
        Same axes, dtype and calibration; a difference that signed integers cannot hold is
        clipped.

    Raises
    ------
    OperationFailed
        A pixel is NaN or infinite.

    References
    ----------
    `skimage.morphology.black_tophat`.

    Examples
    --------
    >>> hole = np.full((5, 5), 10, np.uint8)
    >>> hole[2, 2] = 4
    >>> int(black_tophat(Image(hole, "YX")).array()[2, 2])
    6
    """

    def details(region: Array, shape: Array, mode: Border) -> Array:
        closed = np.asarray(ski.morphology.closing(region, shape, mode=mode))
        if region.dtype.kind == "f":
            return closed - region
        return fit(closed.astype(np.int64) - region, region.dtype)[0]

    return _taken(image, details, footprint, radius, mode, axes)


def _taken(
    image: Image, take: Callable[..., Array], footprint: Footprint, radius: int, mode: Border, axes: Region
) -> Image:
    shape = footprint_array(footprint, radius, len(span(image, axes)))
    dtype = native(image.dtype)
    passes = 1 if take in (ski.morphology.erosion, ski.morphology.dilation) else 2
    local = footprint_local(shape, mode, passes)
    taken = apply(image, lambda region: np.asarray(take(finite(region), shape, mode=mode)), axes, dtype, local)
    return image.with_pixels(taken)
