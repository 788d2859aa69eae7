"""Markers for the watershed: peaks of an image or of a distance map."""

from __future__ import annotations

from typing import Annotated

import numpy as np
import skimage as ski

from bims_desktop.operations.kinds import Intensity, Objects
from bims_desktop.operations.regions import Region, check_alike, dense, each, floating, one, read
from bims_desktop.operations.registry import operation
from bims_desktop.operations.running import zeros
from bims_desktop.operations.spec import Bounds, Found, IfNone


@operation(
    title="Peaks as markers",
    menu="Segmentation/Markers",
    sentence="Marked {objects} peaks of {image}, at least {min_distance} px apart",
)
def peak_local_max(
    image: Intensity,
    labels: Objects | None = None,
    *,
    min_distance: Annotated[int, Bounds(1, 10_000, "px")] = 1,
    threshold_abs: Annotated[float, IfNone("the least")] | None = None,
    threshold_rel: Annotated[float, Bounds(0, 1), IfNone("no limit")] | None = None,
    exclude_border: bool = False,
    num_peaks: Annotated[int, Bounds(1, 2**31 - 1), IfNone("all")] | None = None,
    axes: Region = "ZYX",
) -> Found:
    """Mark local maxima, each with a number of its own: the seeds of a watershed.

    Parameters
    ----------
    image : Image
        Intensity image with axes from YX to TCZYX; of a distance transform, the middles of objects.
    labels : Image, optional
        Where to look: in each label, or each pixel of a mask, alone; everywhere if not given.
    min_distance : int
        Least distance of two peaks, in pixels.
    threshold_abs : float, optional
        Least intensity; the least of the image if not given.
    threshold_rel : float, optional
        Least intensity as a share of the greatest; no limit if not given.
    exclude_border : bool
        Whether peaks nearer to the border than `min_distance` are left out.
    num_peaks : int, optional
        Most peaks, the brightest first; all if not given.
    axes : {"YX", "ZYX"}
        Peaks of each plane, or of each volume.

    Returns
    -------
    Found
        int32 labels with the axes and calibration of `image`, numbered from 1 in each region by
        falling intensity, one pixel each; ``objects``, how many, one a region.

    Raises
    ------
    BadParameter
        The images differ in shape.
    OperationFailed
        A pixel is NaN or infinite.

    References
    ----------
    `skimage.feature.peak_local_max`, which leaves the border out by default.

    Examples
    --------
    >>> from bims_desktop.model.image import Image
    >>> peak_local_max(Image(np.array([[0, 3, 0, 0, 5, 0]], np.uint8), "YX")).result.array().tolist()
    [[0, 2, 0, 0, 1, 0]]
    """
    if labels is not None:
        check_alike(image, labels, "labels")
    result = zeros(image.shape, np.int32)
    objects = []
    for index, region in each(image, axes):
        places = ski.feature.peak_local_max(
            floating(region),
            min_distance=min_distance,
            threshold_abs=threshold_abs,
            threshold_rel=threshold_rel,
            exclude_border=exclude_border,
            num_peaks=np.inf if num_peaks is None else num_peaks,
            labels=None if labels is None else dense(read(labels, index))[0].astype(np.int64),
        )
        if len(places):  # an empty answer has two columns, in volumes too
            result[index][tuple(places.T)] = np.arange(1, len(places) + 1)
        objects.append(len(places))
    return Found(image.with_pixels(result, "labels"), {"objects": one(objects)})
