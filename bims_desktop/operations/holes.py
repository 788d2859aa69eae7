"""Holes of a mask."""

from __future__ import annotations

from typing import Annotated

import numpy as np
import scipy
import skimage as ski

from bims_desktop.model.image import Image
from bims_desktop.operations.kinds import Mask
from bims_desktop.operations.regions import Array, Region, apply, check_connectivity, each, one, span
from bims_desktop.operations.registry import operation
from bims_desktop.operations.running import empty
from bims_desktop.operations.spec import Bounds, Found

Connectivity = Annotated[int, Bounds(1, 3)]


@operation(title="Fill holes", menu="Morphology", sentence="Filled the holes of {input}")
def binary_fill_holes(input: Mask, *, connectivity: Connectivity = 1, axes: Region = "YX") -> Image:
    """Fill whatever background is not connected to the border.

    Parameters
    ----------
    input : Image
        Mask with axes from YX to TCZYX.
    connectivity : int
        Steps along axes that join two pixels of background.
    axes : {"YX", "ZYX"}
        Holes of each plane, or hollows of each volume.

    Returns
    -------
    Image
        Mask with the same axes and calibration.

    Raises
    ------
    BadParameter
        `connectivity` is 3 where regions are planes.

    References
    ----------
    `scipy.ndimage.binary_fill_holes`.

    Examples
    --------
    >>> ring = np.ones((3, 3), bool)
    >>> ring[1, 1] = False
    >>> bool(binary_fill_holes(Image(ring, "YX", kind="mask")).array().all())
    True
    """
    check_connectivity(connectivity, input, axes)
    structure = scipy.ndimage.generate_binary_structure(len(span(input, axes)), connectivity)

    def filled(region: Array) -> Array:
        return np.asarray(scipy.ndimage.binary_fill_holes(region, structure))

    return input.with_pixels(apply(input, filled, axes, np.dtype(bool)))


@operation(
    title="Fill small holes",
    menu="Morphology",
    sentence="Filled {filled} holes of at most {max_size} pixels in {ar}",
)
def remove_small_holes(
    ar: Mask,
    *,
    max_size: Annotated[int, Bounds(0, 2**53 - 1, "pixels")] = 64,
    connectivity: Connectivity = 1,
    axes: Region = "YX",
) -> Found:
    """Fill holes that have no more pixels than a limit.

    Parameters
    ----------
    ar : Image
        Mask with axes from YX to TCZYX.
    max_size : int
        Connected background of this many pixels or fewer is filled, at the border too.
    connectivity : int
        Steps along axes that join two pixels of background.
    axes : {"YX", "ZYX"}
        Holes of each plane, or hollows of each volume.

    Returns
    -------
    Found
        Mask with the same axes and calibration; ``filled``, the number of holes filled, one a
        region.

    Raises
    ------
    BadParameter
        `connectivity` is 3 where regions are planes.

    References
    ----------
    `skimage.morphology.remove_small_holes`, whose ``max_size`` (0.26) includes the limit.

    Examples
    --------
    >>> found = remove_small_holes(Image(np.array([[1, 0, 1, 0, 0]], bool), "YX", kind="mask"), max_size=1)
    >>> found.result.array().tolist(), found.values["filled"]
    ([[True, True, True, False, False]], 1)
    """
    check_connectivity(connectivity, ar, axes)
    result = empty(ar.shape, bool)
    filled = []
    for index, region in each(ar, axes):
        holes = ski.measure.label(~region, connectivity=connectivity)
        small = np.bincount(holes.ravel()) <= max_size
        small[:1] = False
        result[index] = region | small[holes]
        filled.append(int(small.sum()))
    return Found(ar.with_pixels(result), {"filled": one(filled)})
