"""Labels and watershed, and empty labels to paint on."""

from __future__ import annotations

from typing import Annotated

import numpy as np
import skimage as ski

from bims_desktop.errors import BadParameter, OperationFailed
from bims_desktop.model.image import Image
from bims_desktop.operations.regions import (
    Array,
    Region,
    check_alike,
    check_connectivity,
    count_objects,
    each,
    one,
    read,
)
from bims_desktop.operations.registry import operation
from bims_desktop.operations.running import empty, zeros
from bims_desktop.operations.spec import Accepts, Bounds, Found, IfNone


@operation(
    title="Label objects",
    menu="Segmentation",
    sentence="Labelled the connected objects of {label_image}, found {objects}",
)
def label(
    label_image: Annotated[Image, Accepts("mask", "labels")],
    *,
    background: Annotated[int, Bounds(-(2**31), 2**31 - 1), IfNone("0 as usual")] | None = None,
    connectivity: Annotated[int, Bounds(1, 3), IfNone("full")] | None = None,
    axes: Region = "ZYX",
) -> Found:
    """Number the connected objects of a mask.

    Parameters
    ----------
    label_image : Image
        Mask, or labels, of which pixels of equal value are connected.
    background : int, optional
        Value that becomes 0; 0 if not given.
    connectivity : int, optional
        Steps along axes that join two pixels; full connectivity if not given.
    axes : {"YX", "ZYX"}
        Objects of each plane alone, or of each volume; numbers start at 1 in each.

    Returns
    -------
    Found
        int32 labels with the same axes and calibration; ``objects``, their number, or a list
        with one a region.

    References
    ----------
    `skimage.measure.label`.

    Examples
    --------
    >>> mask = Image(np.eye(2, dtype=bool), "YX", kind="mask")
    >>> label(mask).values["objects"], label(mask, connectivity=1).values["objects"]
    (1, 2)
    """
    check_connectivity(connectivity, label_image, axes)
    result = empty(label_image.shape, np.int32)
    objects = []
    for index, region in each(label_image, axes):
        # clabel takes no unsigned type beyond int64, and int64 holds every label there is.
        values = region if region.dtype == bool else region.astype(np.int64)
        result[index], count = ski.measure.label(values, background, return_num=True, connectivity=connectivity)
        objects.append(int(count))
    return Found(label_image.with_pixels(result, "labels"), {"objects": one(objects)})


@operation(
    title="Watershed",
    menu="Segmentation",
    sentence="Flooded {image} by watershed into {objects} basins",
)
def watershed(
    image: Annotated[Image, Accepts("intensity")],
    markers: Annotated[Image, Accepts("labels", "mask")] | None = None,
    mask: Annotated[Image, Accepts("mask")] | None = None,
    *,
    connectivity: Annotated[int, Bounds(1, 3)] = 1,
    compactness: Annotated[float, Bounds(0)] = 0.0,
    watershed_line: bool = False,
    axes: Region = "ZYX",
) -> Found:
    """Flood an image from its markers; the lowest values are flooded first.

    Parameters
    ----------
    image : Image
        Intensity image whose valleys become the basins.
    markers : Image, optional
        Labels to flood from, or a mask, whose connected parts are numbered first; the local
        minima of `image` if not given.
    mask : Image, optional
        Where to flood; everywhere if not given.
    connectivity : int
        Steps along axes that join two pixels.
    compactness : float
        Higher values give more compact basins.
    watershed_line : bool
        Whether a line of zeros parts the basins; only with connectivity 1.
    axes : {"YX", "ZYX"}
        Each plane alone, or each volume.

    Returns
    -------
    Found
        int32 labels with the axes and calibration of `image`; ``objects``, the number of basins,
        or a list with one a region.

    Raises
    ------
    BadParameter
        The images differ in shape, a marker does not fit int32, or a line is asked for with
        connectivity above 1, for which scikit-image 0.26 may never end.
    OperationFailed
        A pixel is NaN: it is neither high nor low.

    References
    ----------
    `skimage.segmentation.watershed`.

    Examples
    --------
    >>> found = watershed(Image(np.array([[1, 5, 0, 6, 2]], np.float32), "YX"))
    >>> found.values["objects"]
    3
    """
    check_connectivity(connectivity, image, axes)
    if watershed_line and connectivity > 1:
        raise BadParameter("A watershed line needs connectivity 1.", "Leave the line out, or set connectivity to 1.")
    for name, other in (("markers", markers), ("mask", mask)):
        if other is not None:
            check_alike(image, other, name)
    result = empty(image.shape, np.int32)
    objects = []
    for index, region in each(image, axes):
        if np.isnan(region).any():
            raise OperationFailed("The image has NaN pixels, which cannot be flooded.", "Replace them first.")
        result[index] = ski.segmentation.watershed(
            region,
            None if markers is None else _seeds(read(markers, index), connectivity),
            connectivity=connectivity,
            mask=None if mask is None else read(mask, index),
            compactness=compactness,
            watershed_line=watershed_line,
        )
        objects.append(count_objects(result[index]))
    return Found(image.with_pixels(result, "labels"), {"objects": one(objects)})


@operation(title="New labels", menu="Segmentation", sentence="Made empty labels over {image}", halo="0")
def zeros_like(image: Image) -> Image:
    """Empty labels of the extent of an image, to paint on.

    Parameters
    ----------
    image : Image
        Any image.

    Returns
    -------
    Image
        Labels, int32, all 0; the axes and calibration of `image` but for RGB samples.

    References
    ----------
    `numpy.zeros_like`.

    Examples
    --------
    >>> empty = zeros_like(Image(np.ones((2, 3, 3), np.uint8), "YXS", kind="rgb"))
    >>> empty.axes, empty.kind, int(empty.array().max())
    ('YX', 'labels', 0)
    """
    axes = image.axes.removesuffix("S")
    ndim = len(axes)
    pixels = zeros(image.shape[:ndim], np.int32)
    return Image(pixels, axes, image.scale[:ndim], image.units[:ndim], image.channels, "labels")


def _seeds(markers: Array, connectivity: int) -> Array:
    if markers.dtype == bool:
        return np.asarray(ski.measure.label(markers, connectivity=connectivity), np.int32)
    if markers.max(initial=0) > np.iinfo(np.int32).max or markers.min(initial=0) < 0:
        raise BadParameter("A marker is below zero or beyond int32.", "Label the markers first.")
    return markers.astype(np.int32)
