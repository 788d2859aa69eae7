"""The shape behind a mask: its skeleton, its convex hull, the hulls of its objects."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
import scipy
import skimage as ski

from bims_desktop.errors import BadParameter, OperationFailed
from bims_desktop.model.image import Image
from bims_desktop.operations.kinds import Mask
from bims_desktop.operations.regions import Array, Region, apply, check_connectivity, span
from bims_desktop.operations.registry import operation
from bims_desktop.operations.spec import Bounds, IfNone


@operation(title="Skeletonize", menu="Morphology", sentence="Thinned {image} to its skeleton")
def skeletonize(
    image: Mask, *, method: Annotated[Literal["zhang", "lee"], IfNone("by the axes")] | None = None, axes: Region = "YX"
) -> Image:
    """Thin a mask to lines one pixel wide that are connected as it was.

    Parameters
    ----------
    image : Image
        Mask with axes from YX to TCZYX.
    method : {"zhang", "lee"}, optional
        Algorithm; Zhang's for planes, Lee's for volumes if not given.
    axes : {"YX", "ZYX"}
        Each plane alone, or each volume.

    Returns
    -------
    Image
        Mask with the same axes and calibration.

    Raises
    ------
    BadParameter
        Zhang's algorithm is asked for in volumes.

    References
    ----------
    `skimage.morphology.skeletonize`; T. Y. Zhang and C. Y. Suen (1984), Commun. ACM 27, 236-239;
    T.-C. Lee, R. L. Kashyap and C.-N. Chu (1994), CVGIP Graph. Models Image Process. 56, 462-478.

    Examples
    --------
    >>> bar = np.zeros((5, 9), bool)
    >>> bar[1:4, 1:8] = True
    >>> int(skeletonize(Image(bar, "YX", kind="mask"), method="lee").array().sum())
    7
    """
    if method == "zhang" and len(span(image, axes)) == 3:
        raise BadParameter("Zhang's algorithm thins planes only.", "Use lee for volumes.")

    def thinned(region: Array) -> Array:
        # A copy, because the algorithm takes no read-only array.
        return np.asarray(ski.morphology.skeletonize(region.copy(), method=method))

    return image.with_pixels(apply(image, thinned, axes, np.dtype(bool)))


@operation(title="Convex hull", menu="Morphology", sentence="Took the convex hull of {image}")
def convex_hull_image(image: Mask, *, axes: Region = "YX") -> Image:
    """The smallest convex mask around all foreground together.

    Parameters
    ----------
    image : Image
        Mask with axes from YX to TCZYX; where it is empty, so is the hull.
    axes : {"YX", "ZYX"}
        Of each plane alone, or of each volume.

    Returns
    -------
    Image
        Mask with the same axes and calibration.

    Raises
    ------
    OperationFailed
        The foreground of a volume is flat.

    References
    ----------
    `skimage.morphology.convex_hull_image`.

    Examples
    --------
    >>> corners = np.zeros((3, 3), bool)
    >>> corners[[0, 0, 2, 2], [0, 2, 0, 2]] = True
    >>> bool(convex_hull_image(Image(corners, "YX", kind="mask")).array().all())
    True
    """
    return image.with_pixels(apply(image, _hull, axes, np.dtype(bool)))


@operation(
    title="Convex hulls of objects",
    menu="Morphology",
    sentence="Took the convex hull of each object of {image}",
)
def convex_hull_object(image: Mask, *, connectivity: Annotated[int, Bounds(1, 3)] = 2, axes: Region = "YX") -> Image:
    """The smallest convex mask around each connected object.

    Parameters
    ----------
    image : Image
        Mask with axes from YX to TCZYX.
    connectivity : int
        Steps along axes that join two pixels into one object.
    axes : {"YX", "ZYX"}
        Objects of each plane alone, or of each volume.

    Returns
    -------
    Image
        Mask with the same axes and calibration.

    Raises
    ------
    BadParameter
        `connectivity` is 3 where regions are planes.
    OperationFailed
        An object of a volume is flat.

    References
    ----------
    `skimage.morphology.convex_hull_object`, which takes planes only.

    Examples
    --------
    >>> angle = np.array([[1, 0, 0], [1, 0, 0], [1, 1, 1]], bool)
    >>> int(convex_hull_object(Image(angle, "YX", kind="mask")).array().sum())
    6
    """
    check_connectivity(connectivity, image, axes)

    def hulls(region: Array) -> Array:
        objects = ski.measure.label(region, connectivity=connectivity)
        result = np.zeros(region.shape, bool)
        for number, box in enumerate(scipy.ndimage.find_objects(objects), 1):
            result[box] |= _hull(objects[box] == number)
        return result

    return image.with_pixels(apply(image, hulls, axes, np.dtype(bool)))


def _hull(region: Array) -> Array:
    if not region.any():
        return region
    if region.ndim == 3:
        points = np.argwhere(region)
        if np.linalg.matrix_rank(points - points[0]) < 3:
            raise OperationFailed("The foreground is flat, so that it has no hull.", "Take the hulls of planes.")
    return np.asarray(ski.morphology.convex_hull_image(region))
