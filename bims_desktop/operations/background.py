"""Uneven background by a rolling ball."""

from __future__ import annotations

from typing import Annotated

import numpy as np
import skimage as ski

from bims_desktop.model.image import Image
from bims_desktop.operations.kinds import Colours
from bims_desktop.operations.regions import Array, Dtype, Region, filtered, floating, span
from bims_desktop.operations.registry import operation
from bims_desktop.operations.spec import Bounds
from bims_desktop.operations.tiles import Local


@operation(
    title="Subtract background (rolling ball)",
    menu="Filters",
    sentence="Rolled a ball of radius {radius} px under {image} (background itself: {background})",
)
def rolling_ball(
    image: Colours,
    *,
    radius: Annotated[float, Bounds(1, 1000, "px")] = 100.0,
    background: bool = False,
    axes: Region = "YX",
    dtype: Dtype = "input",
) -> Image:
    """Subtract the background that a ball rolling under the intensities reaches.

    Parameters
    ----------
    image : Image
        Intensity or RGB image with axes from YX to TCZYX; bright objects on a dark background.
    radius : float
        Radius of the ball, in pixels: more than that of the largest object.
    background : bool
        Whether to give the background itself instead.
    axes : {"YX", "ZYX"}
        Each plane alone, or each volume.
    dtype : {"input", "float32"}
        Type of the result; computed in floating point, the value range is preserved.

    Returns
    -------
    Image
        Same axes and calibration. Each pixel is found alone, so that the number of threads does
        not matter.

    Raises
    ------
    OperationFailed
        A pixel is NaN or infinite.

    References
    ----------
    `skimage.restoration.rolling_ball`; S. R. Sternberg (1983), IEEE Computer 16, 22-34.

    Examples
    --------
    >>> spot = np.full((9, 9), 10, np.uint8)
    >>> spot[4, 4] = 50
    >>> result = rolling_ball(Image(spot, "YX"), radius=3.0).array()
    >>> int(result[0, 0]), int(result[4, 4])
    (0, 40)
    """

    def rolled(region: Array) -> Array:
        values = floating(region)
        under = np.asarray(ski.restoration.rolling_ball(values, radius=radius))
        return under if background else values - under

    reach = int(radius)
    return filtered(image, rolled, axes, dtype, Local(reach, (2 * reach + 1) ** len(span(image, axes))))
