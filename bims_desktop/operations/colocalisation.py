"""Colocalisation coefficients of two images."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import skimage as ski

from bims_desktop.errors import OperationFailed
from bims_desktop.model.image import Image
from bims_desktop.model.table import Table
from bims_desktop.operations.kinds import Intensity, Mask
from bims_desktop.operations.regions import Array, Index, Region, check_alike, floating, one, read
from bims_desktop.operations.registry import operation
from bims_desktop.operations.rows import gathered
from bims_desktop.operations.spec import Found


@operation(
    title="Pearson correlation",
    menu="Measure/Colocalisation",
    sentence="Correlated {image0} with {image1}: Pearson's coefficient {pearson}",
)
def pearson_corr_coeff(
    image0: Intensity, image1: Intensity, mask: Mask | None = None, *, axes: Region = "ZYX"
) -> Found:
    """How far two intensities rise and fall together: 1 always, 0 by chance, -1 against each other.

    Parameters
    ----------
    image0, image1 : Image
        Intensity images of one shape and the same axes: two channels.
    mask : Image, optional
        Where to look; everywhere if not given.
    axes : {"YX", "ZYX"}
        One coefficient for each plane, or for each volume.

    Returns
    -------
    Found
        A `Table`, one row a region: an index column for each of T, C, Z that a region does not
        span, ``pearson``, ``p_value`` (two-sided, of pixels taken as independent, which they seldom
        are) and ``pixels``; ``pearson``, a number, or a list with one a region.

    Raises
    ------
    BadParameter
        Axes or shapes differ.
    OperationFailed
        A pixel is NaN or infinite, the mask holds fewer than two pixels, or an image is constant.

    References
    ----------
    `skimage.measure.pearson_corr_coeff`; E. M. M. Manders et al. (1992), J. Cell Sci. 103, 857-862.

    Examples
    --------
    >>> one, two = (Image(np.array([row], np.uint8), "YX") for row in ([1, 2, 3], [2, 4, 6]))
    >>> round(pearson_corr_coeff(one, two).values["pearson"], 12)
    1.0
    """
    check_alike(image0, image1, "image1")

    def measure(first: Array, second: Array) -> dict[str, float]:
        if first.size < 2 or first.min() == first.max() or second.min() == second.max():
            raise OperationFailed("An image is constant there, so that nothing correlates.", "Choose another mask.")
        pearson, p_value = ski.measure.pearson_corr_coeff(first, second)
        return {"pearson": pearson, "p_value": p_value}

    return _coefficients(image0, image1, mask, axes, measure)


@operation(
    title="Manders' colocalisation",
    menu="Measure/Colocalisation",
    sentence="Measured the share of {image0} within {image1_mask}: Manders' coefficient {manders}",
)
def manders_coloc_coeff(
    image0: Intensity, image1_mask: Mask, mask: Mask | None = None, *, axes: Region = "ZYX"
) -> Found:
    """Which share of one channel's intensity lies where another channel is: M1, or M2 the other way round.

    Parameters
    ----------
    image0 : Image
        Intensity image without negative pixels, its background subtracted.
    image1_mask : Image
        Where the other channel is, of the same axes and shape: a threshold of it.
    mask : Image, optional
        Where to look; everywhere if not given.
    axes : {"YX", "ZYX"}
        One coefficient for each plane, or for each volume.

    Returns
    -------
    Found
        A `Table`, one row a region: an index column for each of T, C, Z that a region does not
        span, ``manders`` and ``pixels``; ``manders``, a number, or a list with one a region.

    Raises
    ------
    BadParameter
        Axes or shapes differ.
    OperationFailed
        A pixel is negative, NaN or infinite, the mask is empty, or the image dark there.

    References
    ----------
    `skimage.measure.manders_coloc_coeff`; E. M. M. Manders, F. J. Verbeek and J. A. Aten (1993),
    J. Microsc. 169, 375-382.

    Examples
    --------
    >>> light = Image(np.array([[1, 3]], np.uint8), "YX")
    >>> manders_coloc_coeff(light, Image(np.array([[False, True]]), "YX", kind="mask")).values["manders"]
    0.75
    """
    check_alike(image0, image1_mask, "image1_mask")

    def measure(first: Array, second: Array) -> dict[str, float]:
        _check_light(first)
        return {"manders": float(ski.measure.manders_coloc_coeff(first, second > 0))}

    return _coefficients(image0, image1_mask, mask, axes, measure)


@operation(
    title="Manders' overlap",
    menu="Measure/Colocalisation",
    sentence="Measured the overlap of {image0} and {image1}: coefficient {overlap}",
)
def manders_overlap_coeff(
    image0: Intensity, image1: Intensity, mask: Mask | None = None, *, axes: Region = "ZYX"
) -> Found:
    """How far two intensities are high at the same places: 1 always, 0 never.

    Parameters
    ----------
    image0, image1 : Image
        Intensity images of one shape and the same axes without negative pixels.
    mask : Image, optional
        Where to look; everywhere if not given.
    axes : {"YX", "ZYX"}
        One coefficient for each plane, or for each volume.

    Returns
    -------
    Found
        A `Table`, one row a region: an index column for each of T, C, Z that a region does not
        span, ``overlap`` and ``pixels``; ``overlap``, a number, or a list with one a region.

    Raises
    ------
    BadParameter
        Axes or shapes differ.
    OperationFailed
        A pixel is negative, NaN or infinite, the mask is empty, or an image dark there.

    References
    ----------
    `skimage.measure.manders_overlap_coeff` in float64, because squares of small integers overflow;
    E. M. M. Manders, F. J. Verbeek and J. A. Aten (1993), J. Microsc. 169, 375-382.

    Examples
    --------
    >>> one, two = (Image(np.array([row], np.uint8), "YX") for row in ([0, 9], [9, 0]))
    >>> manders_overlap_coeff(one, one).values["overlap"], manders_overlap_coeff(one, two).values["overlap"]
    (1.0, 0.0)
    """
    check_alike(image0, image1, "image1")

    def measure(first: Array, second: Array) -> dict[str, float]:
        _check_light(first)
        _check_light(second)
        return {"overlap": float(ski.measure.manders_overlap_coeff(first, second))}

    return _coefficients(image0, image1, mask, axes, measure)


def _coefficients(
    image0: Image,
    image1: Image,
    mask: Image | None,
    axes: Region,
    measure: Callable[[Array, Array], dict[str, float]],
) -> Found:
    """A row of what `measure` gives of the pixels of both images, as float64, within the mask."""
    if mask is not None:
        check_alike(image0, mask, "mask")

    def measured(index: Index, region: Array) -> dict[str, Array]:
        where = np.ones(region.shape, bool) if mask is None else read(mask, index)
        first, second = (floating(values)[where].astype(np.float64) for values in (region, read(image1, index)))
        if not first.size:
            raise OperationFailed("The mask is empty.", "Choose another, or none.")
        row = {**measure(first, second), "pixels": first.size}
        return {name: np.array([value]) for name, value in row.items()}

    table = Table(gathered(image0, axes, measured))
    name = next(name for name in table.columns if name in ("pearson", "manders", "overlap"))
    return Found(table, {name: one(table.columns[name].tolist())})


def _check_light(values: Array) -> None:
    if values.min() < 0 or not values.any():
        raise OperationFailed("An image has negative pixels, or none above 0.", "Subtract its background, and clip it.")
