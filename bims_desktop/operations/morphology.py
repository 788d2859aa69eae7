"""Binary morphology and distances."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
import scipy
import skimage as ski

from bims_desktop.errors import OperationFailed
from bims_desktop.model.image import Image
from bims_desktop.operations.footprints import Border, Footprint, footprint_array
from bims_desktop.operations.regions import (
    Array,
    Region,
    apply,
    check_connectivity,
    dense,
    each,
    native,
    one,
    span,
)
from bims_desktop.operations.registry import operation
from bims_desktop.operations.running import empty
from bims_desktop.operations.spacing import spacing
from bims_desktop.operations.spec import Accepts, Bounds, Found
from bims_desktop.operations.tiles import footprint_local


@operation(
    title="Binary opening",
    menu="Morphology",
    sentence="Opened {image} with a {footprint} of radius {radius} px",
)
def binary_opening(
    image: Annotated[Image, Accepts("mask")],
    *,
    footprint: Footprint = "disk",
    radius: Annotated[int, Bounds(1, 100, "px")] = 1,
    mode: Border = "ignore",
    axes: Region = "YX",
) -> Image:
    """Erode, then dilate a mask: remove what is thinner than the neighbourhood.

    Parameters
    ----------
    image : Image
        Mask with axes from YX to TCZYX.
    footprint : {"disk", "square", "diamond"}
        Shape of the neighbourhood; in a volume a ball, a cube and an octahedron.
    radius : int
        Radius of the neighbourhood, in pixels.
    mode : str
        What lies beyond the borders; ignore lets them influence nothing.
    axes : {"YX", "ZYX"}
        Each plane alone, or each volume.

    Returns
    -------
    Image
        Mask with the same axes and calibration.

    References
    ----------
    `skimage.morphology.opening` of a Boolean image, as scikit-image 0.26 asks instead of
    its deprecated ``binary_opening``.

    Examples
    --------
    >>> dot = np.zeros((5, 5), bool)
    >>> dot[2, 2] = True
    >>> bool(binary_opening(Image(dot, "YX", kind="mask")).array().any())
    False
    """
    shape = footprint_array(footprint, radius, len(span(image, axes)))

    def opened(region: Array) -> Array:
        return np.asarray(ski.morphology.opening(region, shape, mode=mode))

    return image.with_pixels(apply(image, opened, axes, np.dtype(bool), footprint_local(shape, mode, passes=2)))


@operation(
    title="Binary closing",
    menu="Morphology",
    sentence="Closed {image} with a {footprint} of radius {radius} px",
)
def binary_closing(
    image: Annotated[Image, Accepts("mask")],
    *,
    footprint: Footprint = "disk",
    radius: Annotated[int, Bounds(1, 100, "px")] = 1,
    mode: Border = "ignore",
    axes: Region = "YX",
) -> Image:
    """Dilate, then erode a mask: fill what is thinner than the neighbourhood.

    Parameters
    ----------
    image : Image
        Mask with axes from YX to TCZYX.
    footprint : {"disk", "square", "diamond"}
        Shape of the neighbourhood; in a volume a ball, a cube and an octahedron.
    radius : int
        Radius of the neighbourhood, in pixels.
    mode : str
        What lies beyond the borders; ignore lets them influence nothing.
    axes : {"YX", "ZYX"}
        Each plane alone, or each volume.

    Returns
    -------
    Image
        Mask with the same axes and calibration.

    References
    ----------
    `skimage.morphology.closing` of a Boolean image, as scikit-image 0.26 asks instead of
    its deprecated ``binary_closing``.

    Examples
    --------
    >>> ring = np.ones((5, 5), bool)
    >>> ring[2, 2] = False
    >>> bool(binary_closing(Image(ring, "YX", kind="mask")).array().all())
    True
    """
    shape = footprint_array(footprint, radius, len(span(image, axes)))

    def closed(region: Array) -> Array:
        return np.asarray(ski.morphology.closing(region, shape, mode=mode))

    return image.with_pixels(apply(image, closed, axes, np.dtype(bool), footprint_local(shape, mode, passes=2)))


@operation(
    title="Remove small objects",
    menu="Morphology",
    sentence="Removed {removed} objects of at most {max_size} pixels from {ar}",
)
def remove_small_objects(
    ar: Annotated[Image, Accepts("mask", "labels")],
    *,
    max_size: Annotated[int, Bounds(0, 2**53 - 1, "pixels")] = 64,
    connectivity: Annotated[int, Bounds(1, 3)] = 1,
    axes: Region = "ZYX",
) -> Found:
    """Remove objects that have no more pixels than a limit.

    Parameters
    ----------
    ar : Image
        Mask, or labels; labels that stay keep their numbers.
    max_size : int
        Objects of this many pixels or fewer go.
    connectivity : int
        Steps along axes that join two pixels of a mask into one object; labels do not heed it.
    axes : {"YX", "ZYX"}
        Objects are counted in each plane alone, or in each volume.

    Returns
    -------
    Found
        Mask or labels with the same axes, dtype and calibration; ``removed``, the number of
        objects removed, one a region.

    References
    ----------
    `skimage.morphology.remove_small_objects`, whose ``max_size`` (0.26) includes the limit.

    Examples
    --------
    >>> found = remove_small_objects(Image(np.array([[1, 0, 2], [0, 0, 2]], np.int32), "YX", kind="labels"), max_size=1)
    >>> found.result.array().tolist(), found.values["removed"]
    ([[0, 0, 2], [0, 0, 2]], 1)
    """
    check_connectivity(connectivity, ar, axes)
    result = empty(ar.shape, native(ar.dtype))
    removed = []
    for index, region in each(ar, axes):
        objects = ski.measure.label(region, connectivity=connectivity) if ar.kind == "mask" else region
        numbers, _ = dense(objects)
        sizes = np.bincount(numbers.ravel())
        small = (sizes <= max_size) & (sizes > 0)
        small[:1] = False
        result[index] = region
        result[index][small[numbers]] = 0
        removed.append(int(small.sum()))
    return Found(ar.with_pixels(result), {"removed": one(removed)})


@operation(
    title="Distance transform",
    menu="Morphology",
    sentence="Measured the distance to the background in {input} ({sampling})",
)
def distance_transform_edt(
    input: Annotated[Image, Accepts("mask")],
    *,
    sampling: Literal["pixels", "physical"] = "pixels",
    axes: Region = "ZYX",
) -> Image:
    """Euclidean distance of every foreground pixel to the nearest background pixel.

    Parameters
    ----------
    input : Image
        Mask with axes from YX to TCZYX.
    sampling : {"pixels", "physical"}
        Every step counts 1, or the calibrated size along its axis.
    axes : {"YX", "ZYX"}
        Distances in each plane alone, or in each volume.

    Returns
    -------
    Image
        float64, same axes and calibration; background is 0.

    Raises
    ------
    OperationFailed
        A region has no background, so that no distance exists.
    BadParameter
        `sampling` is physical and the axes have different units.

    References
    ----------
    `scipy.ndimage.distance_transform_edt`.

    Examples
    --------
    >>> mask = Image(np.array([[0, 1, 1, 1]], bool), "YX", kind="mask")
    >>> distance_transform_edt(mask).array().tolist()
    [[0.0, 1.0, 2.0, 3.0]]
    """
    steps = spacing(input, axes) if sampling == "physical" else None

    def distances(region: Array) -> Array:
        if region.all():
            raise OperationFailed(
                "The mask has a plane or volume without background, so distances to it do not exist.",
                "Threshold higher, or measure whole volumes.",
            )
        return np.asarray(scipy.ndimage.distance_transform_edt(region, sampling=steps))

    return input.with_pixels(apply(input, distances, axes, np.dtype(np.float64)), "intensity")
