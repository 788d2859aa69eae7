"""Thresholds, labels and watershed, and empty labels to paint on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import numpy as np
import skimage as ski

from bims_desktop.errors import BadParameter, OperationFailed
from bims_desktop.model.image import Image
from bims_desktop.operations.regions import (
    Array,
    Region,
    apply,
    check_alike,
    check_connectivity,
    count_objects,
    each,
    one,
    read,
)
from bims_desktop.operations.registry import operation
from bims_desktop.operations.spec import Accepts, Bounds, Found

# Otsu and Li count every integer between the extremes; beyond this the counts fill the memory.
WIDEST = 2**24


@operation(
    title="Threshold",
    menu="Segmentation",
    sentence="Thresholded {image} above {value}",
    halo="0",
)
def threshold(image: Annotated[Image, Accepts("intensity", "labels")], *, value: float = 0.0) -> Image:
    """Keep what is brighter than a value that you choose.

    Parameters
    ----------
    image : Image
        Intensity image or labels.
    value : float
        Pixels strictly greater than this are foreground; NaN never is.

    Returns
    -------
    Image
        Mask with the same axes and calibration.

    Examples
    --------
    >>> threshold(Image(np.array([[1, 2, 3]], np.uint8), "YX"), value=2).array().tolist()
    [[False, False, True]]
    """
    return image.with_pixels(apply(image, lambda region: region > value, "YX", np.dtype(bool)), "mask")


@operation(
    title="Threshold by Otsu's method",
    menu="Segmentation",
    sentence="Thresholded {image} by Otsu's method, at {threshold}",
)
def threshold_otsu(
    image: Annotated[Image, Accepts("intensity")],
    *,
    nbins: Annotated[int, Bounds(2, 65536)] = 256,
    axes: Region = "ZYX",
) -> Found:
    """Keep what is brighter than Otsu's threshold, which parts the histogram best in two.

    Parameters
    ----------
    image : Image
        Intensity image; NaN and infinite pixels are left out of the histogram.
    nbins : int
        Bins of the histogram of a floating-point image; integers have one bin a value.
    axes : {"YX", "ZYX"}
        One threshold for each plane, or for each volume.

    Returns
    -------
    Found
        Mask with the same axes and calibration (strictly greater; empty where all pixels
        are equal); ``threshold``, a number, or a list with one a region.

    Raises
    ------
    OperationFailed
        No pixel is finite, or the values are too far apart to be counted.

    References
    ----------
    `skimage.filters.threshold_otsu`; N. Otsu (1979), IEEE Trans. Syst. Man Cybern. 9, 62-66.

    Examples
    --------
    >>> found = threshold_otsu(Image(np.array([[1, 1, 2, 8, 9, 9]], np.uint8), "YX"))
    >>> found.values["threshold"], found.result.array().tolist()
    (2, [[False, False, False, True, True, True]])
    """
    return _above(image, axes, lambda values: ski.filters.threshold_otsu(values, nbins=nbins))


@operation(
    title="Threshold by Li's method",
    menu="Segmentation",
    sentence="Thresholded {image} by Li's method, at {threshold}",
)
def threshold_li(
    image: Annotated[Image, Accepts("intensity")],
    *,
    tolerance: Annotated[float, Bounds(0)] | None = None,
    initial_guess: float | None = None,
    axes: Region = "ZYX",
) -> Found:
    """Keep what is brighter than Li's threshold of minimum cross entropy.

    Parameters
    ----------
    image : Image
        Intensity image; NaN and infinite pixels are left out.
    tolerance : float, optional
        The iteration ends below this change; half the smallest step between values if not given.
    initial_guess : float, optional
        Where the iteration starts; the mean if not given.
    axes : {"YX", "ZYX"}
        One threshold for each plane, or for each volume.

    Returns
    -------
    Found
        Mask with the same axes and calibration (strictly greater; empty where all pixels
        are equal); ``threshold``, a number, or a list with one a region.

    Raises
    ------
    OperationFailed
        No pixel is finite, the values are too far apart to be counted, or `initial_guess` lies
        outside them.

    References
    ----------
    `skimage.filters.threshold_li`; C. H. Li and C. K. Lee (1993), Pattern Recognition 26, 617-625.

    Examples
    --------
    >>> found = threshold_li(Image(np.array([[1, 1, 2, 8, 9, 9]], np.uint8), "YX"))
    >>> found.result.array().tolist()
    [[False, False, False, True, True, True]]
    """

    def li(values: Array) -> float:
        # Li's method shifts the values to zero in their own type, which wraps signed integers.
        wide = values.astype(np.int64) if values.dtype.kind == "i" else values
        found: float = ski.filters.threshold_li(wide, tolerance=tolerance, initial_guess=initial_guess)
        return found

    return _above(image, axes, li)


@operation(
    title="Label objects",
    menu="Segmentation",
    sentence="Labelled the connected objects of {label_image}, found {objects}",
)
def label(
    label_image: Annotated[Image, Accepts("mask", "labels")],
    *,
    background: Annotated[int, Bounds(-(2**31), 2**31 - 1)] | None = None,
    connectivity: Annotated[int, Bounds(1, 3)] | None = None,
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
    result = np.empty(label_image.shape, np.int32)
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
    result = np.empty(image.shape, np.int32)
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
    pixels = np.zeros(image.shape[:ndim], np.int32)
    return Image(pixels, axes, image.scale[:ndim], image.units[:ndim], image.channels, "labels")


def _seeds(markers: Array, connectivity: int) -> Array:
    if markers.dtype == bool:
        return np.asarray(ski.measure.label(markers, connectivity=connectivity), np.int32)
    if markers.max(initial=0) > np.iinfo(np.int32).max or markers.min(initial=0) < 0:
        raise BadParameter("A marker is below zero or beyond int32.", "Label the markers first.")
    return markers.astype(np.int32)


def _above(image: Image, axes: Region, find: Callable[[Array], float]) -> Found:
    """Mask of what is strictly greater than the threshold found in each region, and the thresholds."""
    mask = np.empty(image.shape, bool)
    thresholds = []
    for index, region in each(image, axes):
        found = _find(region, find)
        np.greater(region, found, out=mask[index])
        thresholds.append(found)
    return Found(image.with_pixels(mask, "mask"), {"threshold": one(thresholds)})


def _find(region: Array, find: Callable[[Array], float]) -> float:
    values = region[np.isfinite(region)] if region.dtype.kind == "f" else region.ravel()
    if values.dtype.kind == "b":
        values = values.astype(np.uint8)
    if not values.size:
        raise OperationFailed("The image has no finite pixel to threshold.", "Look at the image for NaN.")
    if values.dtype.kind in "iu" and int(values.max()) - int(values.min()) >= WIDEST:
        raise OperationFailed("The image's integers are too far apart to be counted.", "Rescale it, or use float32.")
    try:
        found: float = np.asarray(find(values)).item()
    except ValueError as error:
        raise OperationFailed(f"No threshold was found: {error}.", "Choose other parameters.") from error
    if not np.isfinite(found):
        raise OperationFailed("The threshold came out as no finite number.", "Choose another method.")
    return found
