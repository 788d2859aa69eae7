"""Image with image, pixel by pixel; integer overflow is never silent."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np

from bims_desktop.model.image import Image
from bims_desktop.operations.regions import Array, check_alike, each, limits, read, restore
from bims_desktop.operations.registry import operation
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
    return _combine(np.add, x1, x2, dtype)


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
    return _combine(np.subtract, x1, x2, dtype)


def _combine(ufunc: np.ufunc, x1: Image, x2: Image, dtype: ResultDtype) -> Found:
    check_alike(x1, x2, "x2")
    target = _promoted(x1, x2) if dtype == "input" else np.dtype(dtype)
    result = np.empty(x1.shape, target)
    clipped = 0
    for index, first in each(x1, "YX"):
        result[index], beyond = _fit(_exact(ufunc, first, read(x2, index), target), target)
        clipped += beyond
    return Found(x1.with_pixels(result), {"clipped": clipped})


def _promoted(x1: Image, x2: Image) -> np.dtype[Any]:
    # OME-TIFF holds neither 64-bit integers nor half floats; float64 holds every sum of 32-bit integers.
    promoted = np.result_type(x1.dtype, x2.dtype)
    if promoted.kind in "iu" and promoted.itemsize == 8:
        return np.dtype(np.float64)
    return promoted.newbyteorder("=")


def _exact(ufunc: np.ufunc, first: Array, second: Array, target: np.dtype[Any]) -> Array:
    if first.dtype.kind in "biu" and second.dtype.kind in "biu":
        return np.asarray(ufunc(first, second, dtype=np.int64))
    wide = np.result_type(first, second, target)
    # Infinity and NaN stay in the result, where they can be seen.
    with np.errstate(over="ignore", invalid="ignore"):
        return np.asarray(ufunc(first, second, dtype=np.float64 if wide.kind in "biu" else wide))


def _fit(values: Array, target: np.dtype[Any]) -> tuple[Array, int]:
    """`values` in `target`, and how many of them did not fit its range; NaN becomes 0 and does not fit."""
    if target.kind not in "biu":
        return restore(values, target), 0
    low, high = limits(target)
    whole = np.rint(values) if values.dtype.kind == "f" else values
    fits = (whole >= low) & (whole <= high)
    return np.nan_to_num(np.clip(whole, low, high)).astype(target), int(fits.size - np.count_nonzero(fits))
