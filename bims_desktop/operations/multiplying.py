"""Products, quotients, extremes and distances of two images, pixel by pixel."""

from __future__ import annotations

import numpy as np

from bims_desktop.model.image import Image
from bims_desktop.operations.arithmetic import Operand, ResultDtype, combined
from bims_desktop.operations.regions import Array, check_alike, each, promoted, read
from bims_desktop.operations.registry import operation
from bims_desktop.operations.running import empty
from bims_desktop.operations.spec import Found


@operation(title="Multiply", menu="Arithmetic", sentence="Multiplied {x1} by {x2} ({clipped} pixels clipped)", halo="0")
def multiply(x1: Operand, x2: Operand, *, dtype: ResultDtype = "input") -> Found:
    """Product of two images.

    Parameters
    ----------
    x1, x2 : Image
        Intensity or RGB images of one shape and the same axes; nothing is broadcast.
    dtype : {"input", "int16", "int32", "float32", "float64"}
        Type of the result; input is what NumPy promotes the two types to, float64 where
        that is int64. Integers are computed exactly, then clipped.

    Returns
    -------
    Found
        Axes and calibration of `x1`; ``clipped``, the number of pixels that did not fit.

    Raises
    ------
    BadParameter
        Axes or shapes differ.

    References
    ----------
    `numpy.multiply`.

    Examples
    --------
    >>> one, two = (Image(np.array([[value]], np.uint8), "YX") for value in (20, 30))
    >>> found = multiply(one, two, dtype="int32")
    >>> found.result.array().tolist(), multiply(one, two).values["clipped"]
    ([[600]], 1)
    """
    return combined(np.multiply, x1, x2, dtype)


@operation(title="Divide", menu="Arithmetic", sentence="Divided {x1} by {x2} ({by_zero} pixels divided by 0)", halo="0")
def divide(x1: Operand, x2: Operand, *, by_zero_value: float = 0.0) -> Found:
    """Quotient of two images: a ratio image.

    Parameters
    ----------
    x1, x2 : Image
        Intensity or RGB images of one shape and the same axes; nothing is broadcast.
    by_zero_value : float
        Result where `x2` is 0.

    Returns
    -------
    Found
        float32, or float64 where either is; axes and calibration of `x1`; ``by_zero``, the number
        of pixels where `x2` is 0.

    Raises
    ------
    BadParameter
        Axes or shapes differ.

    References
    ----------
    `numpy.divide` in float64.

    Examples
    --------
    >>> one, two = (Image(np.array([row], np.uint8), "YX") for row in ([1, 5], [4, 0]))
    >>> found = divide(one, two)
    >>> found.result.array().tolist(), found.values["by_zero"]
    ([[0.25, 0.0]], 1)
    """
    check_alike(x1, x2, "x2")
    result = empty(x1.shape, np.float64 if np.float64 in (x1.dtype, x2.dtype) else np.float32)
    by_zero = 0
    for index, first in each(x1, "YX"):
        second = read(x2, index)
        zero = second == 0
        by_zero += int(np.count_nonzero(zero))
        # What float32 cannot hold becomes infinite, which says so itself.
        with np.errstate(over="ignore", invalid="ignore"):
            result[index] = np.where(zero, by_zero_value, np.divide(first, np.where(zero, 1, second), dtype=np.float64))
    return Found(x1.with_pixels(result), {"by_zero": by_zero})


@operation(title="Maximum", menu="Arithmetic", sentence="Took the maximum of {x1} and {x2}", halo="0")
def maximum(x1: Operand, x2: Operand) -> Image:
    """The greater of two images at each pixel.

    Parameters
    ----------
    x1, x2 : Image
        Intensity or RGB images of one shape and the same axes; nothing is broadcast.

    Returns
    -------
    Image
        Axes and calibration of `x1`, of the dtype that NumPy promotes the two to, float64 where
        that is int64.

    Raises
    ------
    BadParameter
        Axes or shapes differ.

    References
    ----------
    `numpy.maximum`; NaN wins.

    Examples
    --------
    >>> one, two = (Image(np.array([row], np.uint8), "YX") for row in ([1, 5], [4, 0]))
    >>> maximum(one, two).array().tolist()
    [[4, 5]]
    """
    return _extreme(np.maximum, x1, x2)


@operation(title="Minimum", menu="Arithmetic", sentence="Took the minimum of {x1} and {x2}", halo="0")
def minimum(x1: Operand, x2: Operand) -> Image:
    """The lesser of two images at each pixel.

    Parameters
    ----------
    x1, x2 : Image
        Intensity or RGB images of one shape and the same axes; nothing is broadcast.

    Returns
    -------
    Image
        Axes and calibration of `x1`, of the dtype that NumPy promotes the two to, float64 where
        that is int64.

    Raises
    ------
    BadParameter
        Axes or shapes differ.

    References
    ----------
    `numpy.minimum`; NaN wins.

    Examples
    --------
    >>> one, two = (Image(np.array([row], np.uint8), "YX") for row in ([1, 5], [4, 0]))
    >>> minimum(one, two).array().tolist()
    [[1, 0]]
    """
    return _extreme(np.minimum, x1, x2)


@operation(
    title="Absolute difference",
    menu="Arithmetic",
    sentence="Took the absolute difference of {x1} and {x2} ({clipped} pixels clipped)",
    halo="0",
)
def absolute_difference(x1: Operand, x2: Operand, *, dtype: ResultDtype = "input") -> Found:
    """How far two images are apart at each pixel.

    Parameters
    ----------
    x1, x2 : Image
        Intensity or RGB images of one shape and the same axes; nothing is broadcast.
    dtype : {"input", "int16", "int32", "float32", "float64"}
        Type of the result; input is what NumPy promotes the two types to, float64 where
        that is int64. Integers are computed exactly, then clipped.

    Returns
    -------
    Found
        Axes and calibration of `x1`; ``clipped``, the number of pixels that did not fit.

    Raises
    ------
    BadParameter
        Axes or shapes differ.

    References
    ----------
    `numpy.absolute` of `numpy.subtract`.

    Examples
    --------
    >>> one, two = (Image(np.array([row], np.uint8), "YX") for row in ([1, 5], [4, 0]))
    >>> absolute_difference(one, two).result.array().tolist()
    [[3, 5]]
    """

    def distance(first: Array, second: Array, dtype: np.dtype[np.generic]) -> Array:
        return np.asarray(np.absolute(np.subtract(first, second, dtype=dtype)))

    return combined(distance, x1, x2, dtype)


def _extreme(take: np.ufunc, x1: Image, x2: Image) -> Image:
    check_alike(x1, x2, "x2")
    result = empty(x1.shape, promoted(x1, x2))
    for index, first in each(x1, "YX"):
        result[index] = take(first, read(x2, index))
    return x1.with_pixels(result)
