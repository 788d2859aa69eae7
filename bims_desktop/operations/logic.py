"""Masks with masks, and images within masks."""

from __future__ import annotations

import numpy as np

from bims_desktop.errors import BadParameter
from bims_desktop.model.image import Image
from bims_desktop.operations.kinds import Mask
from bims_desktop.operations.regions import apply, check_alike, each, limits, native, read
from bims_desktop.operations.registry import operation
from bims_desktop.operations.running import empty


@operation(title="And", menu="Arithmetic/Logic", sentence="Kept what is in both {x1} and {x2}", halo="0")
def logical_and(x1: Mask, x2: Mask) -> Image:
    """Where both masks are true.

    Parameters
    ----------
    x1, x2 : Image
        Masks of one shape and the same axes.

    Returns
    -------
    Image
        Mask with the axes and calibration of `x1`.

    Raises
    ------
    BadParameter
        Axes or shapes differ.

    References
    ----------
    `numpy.logical_and`.

    Examples
    --------
    >>> one, two = (Image(np.array([row], bool), "YX", kind="mask") for row in ([0, 0, 1, 1], [0, 1, 0, 1]))
    >>> logical_and(one, two).array().tolist()
    [[False, False, False, True]]
    """
    return _both(np.logical_and, x1, x2)


@operation(title="Or", menu="Arithmetic/Logic", sentence="Took what is in {x1} or {x2}", halo="0")
def logical_or(x1: Mask, x2: Mask) -> Image:
    """Where at least one mask is true.

    Parameters
    ----------
    x1, x2 : Image
        Masks of one shape and the same axes.

    Returns
    -------
    Image
        Mask with the axes and calibration of `x1`.

    Raises
    ------
    BadParameter
        Axes or shapes differ.

    References
    ----------
    `numpy.logical_or`.

    Examples
    --------
    >>> one, two = (Image(np.array([row], bool), "YX", kind="mask") for row in ([0, 0, 1, 1], [0, 1, 0, 1]))
    >>> logical_or(one, two).array().tolist()
    [[False, True, True, True]]
    """
    return _both(np.logical_or, x1, x2)


@operation(
    title="Exclusive or", menu="Arithmetic/Logic", sentence="Took what is in either {x1} or {x2}, not in both", halo="0"
)
def logical_xor(x1: Mask, x2: Mask) -> Image:
    """Where two masks differ.

    Parameters
    ----------
    x1, x2 : Image
        Masks of one shape and the same axes.

    Returns
    -------
    Image
        Mask with the axes and calibration of `x1`.

    Raises
    ------
    BadParameter
        Axes or shapes differ.

    References
    ----------
    `numpy.logical_xor`.

    Examples
    --------
    >>> one, two = (Image(np.array([row], bool), "YX", kind="mask") for row in ([0, 0, 1, 1], [0, 1, 0, 1]))
    >>> logical_xor(one, two).array().tolist()
    [[False, True, True, False]]
    """
    return _both(np.logical_xor, x1, x2)


@operation(title="Not", menu="Arithmetic/Logic", sentence="Took what is not in {x}", halo="0")
def logical_not(x: Mask) -> Image:
    """Where a mask is false.

    Parameters
    ----------
    x : Image
        Mask.

    Returns
    -------
    Image
        Mask with the same axes and calibration.

    References
    ----------
    `numpy.logical_not`.

    Examples
    --------
    >>> logical_not(Image(np.array([[True, False]]), "YX", kind="mask")).array().tolist()
    [[False, True]]
    """
    return x.with_pixels(apply(x, np.logical_not, "YX", np.dtype(bool)))


@operation(
    title="Keep where mask",
    menu="Arithmetic/Logic",
    sentence="Kept {x} where {condition} is true, {y} elsewhere",
    halo="0",
)
def where(x: Image, condition: Mask, *, y: float = 0.0) -> Image:
    """An image within a mask, one value beyond it.

    Parameters
    ----------
    x : Image
        Any image.
    condition : Image
        Mask of the same axes and shape, but for RGB samples.
    y : float
        Value where the mask is false; 0 is the background of labels.

    Returns
    -------
    Image
        Same axes, dtype, kind and calibration as `x`.

    Raises
    ------
    BadParameter
        Axes or shapes differ, or the dtype cannot hold `y`.

    References
    ----------
    `numpy.where`.

    Examples
    --------
    >>> inside = Image(np.array([[True, False]]), "YX", kind="mask")
    >>> where(Image(np.array([[7, 8]], np.uint8), "YX"), inside).array().tolist()
    [[7, 0]]
    """
    ndim = len(x.axes.removesuffix("S"))
    if (x.axes[:ndim], x.shape[:ndim]) != (condition.axes, condition.shape):
        check_alike(x, condition, "condition")
    dtype = native(x.dtype)
    if dtype.kind in "biu" and not (y.is_integer() and limits(dtype)[0] <= y <= limits(dtype)[1]):
        raise BadParameter(f"{dtype} cannot hold {y:g}.", "Choose another value for y.")
    result = empty(x.shape, dtype)
    for index, region in each(x, "YX"):
        result[index] = np.where(read(condition, index[:ndim]), region, dtype.type(y))
    return x.with_pixels(result)


def _both(combine: np.ufunc, x1: Image, x2: Image) -> Image:
    check_alike(x1, x2, "x2")
    result = empty(x1.shape, bool)
    for index, first in each(x1, "YX"):
        result[index] = combine(first, read(x2, index))
    return x1.with_pixels(result)
