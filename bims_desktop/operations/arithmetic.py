"""Image with image, pixel by pixel; integer overflow is never silent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

import numpy as np

from bims_desktop.model.image import Image
from bims_desktop.operations.regions import Array, check_alike, each, fit, promoted, read
from bims_desktop.operations.registry import operation
from bims_desktop.operations.running import empty
from bims_desktop.operations.spec import Accepts, Found

Operand = Annotated[Image, Accepts("intensity", "rgb")]
ResultDtype = Literal["input", "int16", "int32", "float32", "float64"]


@operation(
    title="Add",
    menu="Arithmetic",
    sentence="Added {x2} to {x1} ({clipped} pixels clipped)",
    halo="0",
)
def add(x1: Operand, x2: Operand, *, dtype: ResultDtype = "input") -> Found:
    """Sum of two images.

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
    `numpy.add`.

    Examples
    --------
    >>> found = add(Image(np.array([[200]], np.uint8), "YX"), Image(np.array([[100]], np.uint8), "YX"))
    >>> found.result.array().tolist(), found.values["clipped"]
    ([[255]], 1)
    """
    return combined(np.add, x1, x2, dtype)


@operation(
    title="Subtract",
    menu="Arithmetic",
    sentence="Subtracted {x2} from {x1} ({clipped} pixels clipped)",
    halo="0",
)
def subtract(x1: Operand, x2: Operand, *, dtype: ResultDtype = "input") -> Found:
    """Difference of two images.

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
    `numpy.subtract`.

    Examples
    --------
    >>> one, two = (Image(np.array([[value]], np.uint8), "YX") for value in (1, 2))
    >>> subtract(one, two).values["clipped"], subtract(one, two, dtype="int16").result.array().tolist()
    (1, [[-1]])
    """
    return combined(np.subtract, x1, x2, dtype)


def combined(ufunc: Callable[..., Any], x1: Image, x2: Image, dtype: ResultDtype) -> Found:
    """`ufunc` of two images, integers exactly, in the type asked for, and how many pixels did not fit it.

    Raises
    ------
    BadParameter
        Axes or shapes differ.
    """
    check_alike(x1, x2, "x2")
    target = promoted(x1, x2) if dtype == "input" else np.dtype(dtype)
    result = empty(x1.shape, target)
    clipped = 0
    for index, first in each(x1, "YX"):
        result[index], beyond = fit(_exact(ufunc, first, read(x2, index), target), target)
        clipped += beyond
    return Found(x1.with_pixels(result), {"clipped": clipped})


def _exact(ufunc: Callable[..., Any], first: Array, second: Array, target: np.dtype[Any]) -> Array:
    if first.dtype.kind in "biu" and second.dtype.kind in "biu":
        return np.asarray(ufunc(first, second, dtype=np.int64))
    wide = np.result_type(first, second, target)
    # Infinity and NaN stay in the result, where they can be seen.
    with np.errstate(over="ignore", invalid="ignore"):
        return np.asarray(ufunc(first, second, dtype=np.float64 if wide.kind in "biu" else wide))
