"""Regions grown from seeds by a random walk, and superpixels."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
import skimage as ski

from bims_desktop.errors import OperationFailed
from bims_desktop.model.image import Image
from bims_desktop.operations.kinds import Colours, Intensity, Labels, Mask
from bims_desktop.operations.regions import (
    Array,
    Region,
    check_alike,
    count_objects,
    dense,
    each,
    floating,
    one,
    read,
)
from bims_desktop.operations.registry import operation
from bims_desktop.operations.running import empty
from bims_desktop.operations.spacing import spacing as steps_of
from bims_desktop.operations.spec import Bounds, Found

# What the direct solution holds in about 2 GiB: its factors grow faster in volumes than in planes.
MOST_PIXELS = {2: 2**20, 3: 2**16}


@operation(
    title="Random walker",
    menu="Segmentation",
    sentence="Segmented {data} by random walks from {labels}, beta {beta}",
)
def random_walker(
    data: Intensity,
    labels: Labels,
    *,
    beta: Annotated[float, Bounds(0, 1e9)] = 130.0,
    spacing: Literal["pixels", "physical"] = "pixels",
    axes: Region = "ZYX",
) -> Image:
    """Give every pixel the label that a random walk from it meets first; walks avoid steep edges.

    Parameters
    ----------
    data : Image
        Intensity image; integers are taken as shares of the greatest value of their type.
    labels : Image
        Seeds, of the same shape and axes; 0 is to be decided.
    beta : float
        How hard it is to cross an edge.
    spacing : {"pixels", "physical"}
        Every step counts 1, or as many pixels along X as its calibrated size.
    axes : {"YX", "ZYX"}
        Each plane alone, or each volume.

    Returns
    -------
    Image
        int32 labels with the axes and calibration of `data`; 0 in a region without seeds.

    Raises
    ------
    BadParameter
        The images differ in shape, or a label is below zero.
    OperationFailed
        A pixel is NaN or infinite, or a region has more undecided pixels than can be solved for.

    References
    ----------
    `skimage.segmentation.random_walker` with ``mode="bf"``, the one whose result does not depend
    on the number of threads; L. Grady (2006), IEEE Trans. Pattern Anal. Mach. Intell. 28, 1768-1783.

    Examples
    --------
    >>> step = Image(np.array([[0, 0, 0, 9, 9, 9]] * 2, np.uint8) * 20, "YX")
    >>> seeds = Image(np.array([[1, 0, 0, 0, 0, 2]] * 2, np.int32), "YX", kind="labels")
    >>> random_walker(step, seeds).array()[0].tolist()
    [1, 1, 1, 2, 2, 2]
    """
    check_alike(data, labels, "labels")
    steps = np.array(steps_of(data, axes)) / data.scale_of("X") if spacing == "physical" else None
    result = empty(data.shape, np.int32)
    for index, region in each(data, axes):
        floating(region)
        result[index] = _walked(region, read(labels, index), beta, steps)
    return data.with_pixels(result, "labels")


@operation(
    title="Superpixels (SLIC)",
    menu="Segmentation",
    sentence="Parted {image} into {objects} superpixels by SLIC, compactness {compactness}",
)
def slic(
    image: Colours,
    mask: Mask | None = None,
    *,
    n_segments: Annotated[int, Bounds(1, 1_000_000)] = 100,
    compactness: Annotated[float, Bounds(1e-6, 1e6)] = 0.1,
    max_num_iter: Annotated[int, Bounds(1, 1000)] = 10,
    sigma: Annotated[float, Bounds(0, 1000, "px")] = 0.0,
    axes: Region = "YX",
) -> Found:
    """Part an image into pieces of like brightness or colour.

    Parameters
    ----------
    image : Image
        Intensity or RGB image with axes from YX to TCZYX; its range counts from 0 to 1.
    mask : Image, optional
        Where to make superpixels, of the axes of `image` but for samples; everywhere if not given.
    n_segments : int
        About how many, in each region.
    compactness : float
        Higher values make squarer pieces.
    max_num_iter : int
        Most iterations of the clustering.
    sigma : float
        Smoothing beforehand, in pixels.
    axes : {"YX", "ZYX"}
        Each plane alone, or each volume.

    Returns
    -------
    Found
        int32 labels with the axes and calibration of `image` but for samples; 0 beyond the mask;
        ``objects``, how many, one a region.

    Raises
    ------
    BadParameter
        `mask` differs in shape.
    OperationFailed
        A pixel is NaN or infinite, or the mask is empty.

    References
    ----------
    `skimage.segmentation.slic`; colours in CIELAB. R. Achanta et al. (2012), IEEE Trans. Pattern
    Anal. Mach. Intell. 34, 2274-2282.

    Examples
    --------
    >>> halves = Image(np.repeat([[0, 200]], 8, axis=1).repeat(8, axis=0).astype(np.uint8), "YX")
    >>> slic(halves, n_segments=2, compactness=0.01).values["objects"]
    2
    """
    last = None if image.kind == "intensity" else -1
    extent = _without_samples(image)
    if mask is not None:
        check_alike(extent, mask, "mask")
    result = empty(extent.shape, np.int32)
    objects = []
    for index, region in each(image, axes + "S"):
        place = index[: extent.ndim]
        # A copy, because the algorithm takes no read-only array.
        where = None if mask is None else read(mask, place).copy()
        if where is not None and not where.any():
            raise OperationFailed("The mask is empty.", "Choose another, or none.")
        floating(region)
        result[place] = ski.segmentation.slic(
            region,
            n_segments,
            compactness,
            max_num_iter,
            sigma,
            mask=where,
            channel_axis=last,
        )
        objects.append(count_objects(result[place]))
    return Found(extent.with_pixels(result), {"objects": one(objects)})


def _walked(region: Array, seeds: Array, beta: float, steps: Array | None) -> Array:
    """`seeds` spread over `region`; where there are fewer than two, nothing has to be decided."""
    numbers, values = dense(seeds)
    known, places = np.unique(numbers, return_inverse=True)
    if known[0] != 0 or known.size == 1:
        return seeds
    if known.size == 2:
        return np.full(region.shape, values[known[1]])
    most = MOST_PIXELS[region.ndim]
    if (undecided := int(np.count_nonzero(seeds == 0))) > most:
        raise OperationFailed(
            f"{undecided} undecided pixels in one region are more than the {most} that can be solved for.",
            "Crop or resize the image, go plane by plane (axes YX), or use the watershed.",
        )
    marks = places.reshape(region.shape).astype(np.int32)
    walked = ski.segmentation.random_walker(region, marks, beta, mode="bf", spacing=steps)
    return np.asarray(values[known[walked]])


def _without_samples(image: Image) -> Image:
    """The extent of `image` without its samples, as labels that hold nothing yet."""
    axes = image.axes.removesuffix("S")
    ndim = len(axes)
    pixels = np.broadcast_to(np.int32(0), image.shape[:ndim])
    return Image(pixels, axes, image.scale[:ndim], image.units[:ndim], image.channels, "labels")
