"""Thresholds found from the histogram: triangle, Yen, isodata."""

from __future__ import annotations

from typing import Annotated

import numpy as np
import skimage as ski

from bims_desktop.operations.kinds import Intensity
from bims_desktop.operations.regions import Region
from bims_desktop.operations.registry import operation
from bims_desktop.operations.spec import Bounds, Found
from bims_desktop.operations.thresholding import Counts, above, above_counts

Bins = Annotated[int, Bounds(2, 65536)]


@operation(
    title="Threshold by the triangle method",
    menu="Segmentation/Threshold",
    sentence="Thresholded {image} by the triangle method, at {threshold}",
)
def threshold_triangle(image: Intensity, *, nbins: Bins = 256, axes: Region = "ZYX") -> Found:
    """Keep what is brighter than the corner of the histogram; suits few bright pixels on much background.

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
    `skimage.filters.threshold_triangle`; G. W. Zack, W. E. Rogers and S. A. Latt (1977),
    J. Histochem. Cytochem. 25, 741-753.

    Examples
    --------
    >>> from bims_desktop.model.image import Image
    >>> found = threshold_triangle(Image(np.array([[1, 1, 1, 1, 2, 9]], np.uint8), "YX"))
    >>> found.result.array().tolist()
    [[False, False, False, False, False, True]]
    """
    return above(image, axes, lambda values: ski.filters.threshold_triangle(values, nbins))


@operation(
    title="Threshold by Yen's method",
    menu="Segmentation/Threshold",
    sentence="Thresholded {image} by Yen's method, at {threshold}",
)
def threshold_yen(image: Intensity, *, nbins: Bins = 256, axes: Region = "ZYX") -> Found:
    """Keep what is brighter than Yen's threshold of maximum correlation.

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
    `skimage.filters.threshold_yen`; J.-C. Yen, F.-J. Chang and S. Chang (1995), IEEE Trans.
    Image Process. 4, 370-378.

    Examples
    --------
    >>> from bims_desktop.model.image import Image
    >>> found = threshold_yen(Image(np.array([[1, 1, 2, 8, 9, 9]], np.uint8), "YX"))
    >>> found.result.array().tolist()
    [[False, False, False, True, True, True]]
    """

    def yen(counts: Counts) -> float:
        # An empty half of the histogram has the criterion log 0, which no maximum takes.
        with np.errstate(divide="ignore", invalid="ignore"):
            found: float = ski.filters.threshold_yen(hist=counts)
        return found

    return above_counts(image, axes, nbins, yen)


@operation(
    title="Threshold by the isodata method",
    menu="Segmentation/Threshold",
    sentence="Thresholded {image} by the isodata method, at {threshold}",
)
def threshold_isodata(image: Intensity, *, nbins: Bins = 256, axes: Region = "ZYX") -> Found:
    """Keep what is brighter than midway between the means of foreground and background.

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
    `skimage.filters.threshold_isodata`; T. W. Ridler and S. Calvard (1978), IEEE Trans. Syst.
    Man Cybern. 8, 630-632.

    Examples
    --------
    >>> from bims_desktop.model.image import Image
    >>> found = threshold_isodata(Image(np.array([[1, 1, 2, 8, 9, 9]], np.uint8), "YX"))
    >>> found.result.array().tolist()
    [[False, False, False, True, True, True]]
    """
    return above_counts(image, axes, nbins, lambda counts: ski.filters.threshold_isodata(hist=counts))
