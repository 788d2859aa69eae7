"""A threshold that you choose, and those of Otsu and Li."""

from __future__ import annotations

from typing import Annotated

import numpy as np
import skimage as ski

from bims_desktop.model.image import Image
from bims_desktop.operations.kinds import Intensity
from bims_desktop.operations.regions import Array, Region, apply
from bims_desktop.operations.registry import operation
from bims_desktop.operations.spec import Accepts, Bounds, Found, IfNone
from bims_desktop.operations.thresholding import above, above_counts


@operation(
    title="Threshold",
    menu="Segmentation/Threshold",
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

    References
    ----------
    `numpy.greater`; M. Sezgin and B. Sankur (2004), J. Electron. Imaging 13, 146-165, compare how to
    choose the value.

    Examples
    --------
    >>> threshold(Image(np.array([[1, 2, 3]], np.uint8), "YX"), value=2).array().tolist()
    [[False, False, True]]
    """
    return image.with_pixels(apply(image, lambda region: region > value, "YX", np.dtype(bool)), "mask")


@operation(
    title="Threshold by Otsu's method",
    menu="Segmentation/Threshold",
    sentence="Thresholded {image} by Otsu's method, at {threshold}",
)
def threshold_otsu(
    image: Intensity,
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
    return above_counts(image, axes, nbins, lambda counts: ski.filters.threshold_otsu(hist=counts))


@operation(
    title="Threshold by Li's method",
    menu="Segmentation/Threshold",
    sentence="Thresholded {image} by Li's method, at {threshold}",
)
def threshold_li(
    image: Intensity,
    *,
    tolerance: Annotated[float, Bounds(0), IfNone("half a step")] | None = None,
    initial_guess: Annotated[float, IfNone("the mean")] | None = None,
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

    return above(image, axes, li)
