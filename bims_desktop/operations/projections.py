"""Projections along an axis, which goes."""

from __future__ import annotations

from typing import Literal

import numpy as np

from bims_desktop.model.image import Image
from bims_desktop.operations import projecting
from bims_desktop.operations.kinds import Colours
from bims_desktop.operations.projecting import projected
from bims_desktop.operations.regions import Dtype, native, output_dtype
from bims_desktop.operations.registry import operation

Axis = Literal["Z", "T", "C"]
# Pixels that a median is taken of at once: rows of all planes along the axis.
BLOCK = 2**22


@operation(
    title="Maximum projection", menu="Geometry/Project", sentence="Projected {image} along {axis} by its maximum"
)
def max_projection(image: Image, *, axis: Axis = "Z") -> Image:
    """The greatest value along an axis, which goes.

    Parameters
    ----------
    image : Image
        Any image that has the axis; read a plane at a time.
    axis : {"Z", "T", "C"}
        Along which to look.

    Returns
    -------
    Image
        Same dtype, kind and calibration without the axis.

    Raises
    ------
    BadParameter
        The image has no such axis, or complex pixels.

    References
    ----------
    `numpy.max`; NaN wins.

    Examples
    --------
    >>> max_projection(Image(np.arange(8).reshape(2, 2, 2), "ZYX")).array().tolist()
    [[4, 5], [6, 7]]
    """
    return projected(image, axis, projecting.maximum, native(image.dtype))


@operation(
    title="Minimum projection", menu="Geometry/Project", sentence="Projected {image} along {axis} by its minimum"
)
def min_projection(image: Image, *, axis: Axis = "Z") -> Image:
    """The least value along an axis, which goes.

    Parameters
    ----------
    image : Image
        Any image that has the axis; read a plane at a time.
    axis : {"Z", "T", "C"}
        Along which to look.

    Returns
    -------
    Image
        Same dtype, kind and calibration without the axis.

    Raises
    ------
    BadParameter
        The image has no such axis, or complex pixels.

    References
    ----------
    `numpy.min`; NaN wins.

    Examples
    --------
    >>> min_projection(Image(np.arange(8).reshape(2, 2, 2), "ZYX")).array().tolist()
    [[0, 1], [2, 3]]
    """
    return projected(image, axis, projecting.minimum, native(image.dtype))


@operation(title="Mean projection", menu="Geometry/Project", sentence="Projected {image} along {axis} by its mean")
def mean_projection(image: Colours, *, axis: Axis = "Z", dtype: Dtype = "input") -> Image:
    """The mean along an axis, which goes.

    Parameters
    ----------
    image : Image
        Intensity or RGB image that has the axis; read a plane at a time.
    axis : {"Z", "T", "C"}
        Along which to look.
    dtype : {"input", "float32"}
        Type of the result; computed in float64, rounded half to even where it holds integers.

    Returns
    -------
    Image
        Same kind and calibration without the axis.

    Raises
    ------
    BadParameter
        The image has no such axis, or complex pixels.

    References
    ----------
    `numpy.mean`; NaN wins.

    Examples
    --------
    >>> mean_projection(Image(np.arange(8).reshape(2, 2, 2), "ZYX")).array().tolist()
    [[2, 3], [4, 5]]
    """
    return projected(image, axis, projecting.mean, output_dtype(image, dtype))


@operation(title="Median projection", menu="Geometry/Project", sentence="Projected {image} along {axis} by its median")
def median_projection(image: Colours, *, axis: Axis = "Z", dtype: Dtype = "input") -> Image:
    """The median along an axis, which goes.

    Parameters
    ----------
    image : Image
        Intensity or RGB image that has the axis; read some rows of all planes at a time.
    axis : {"Z", "T", "C"}
        Along which to look.
    dtype : {"input", "float32"}
        Type of the result; rounded half to even where it holds integers.

    Returns
    -------
    Image
        Same kind and calibration without the axis.

    Raises
    ------
    BadParameter
        The image has no such axis, or complex pixels.

    References
    ----------
    `numpy.median`; NaN wins.

    Examples
    --------
    >>> median_projection(Image(np.array([[[1]], [[2]], [[9]]], np.uint8), "ZYX")).array().tolist()
    [[2]]
    """
    rows = max(1, BLOCK // max(1, image.size(axis) * image.size("X") * image.size("S")))
    return projected(image, axis, projecting.median, output_dtype(image, dtype), rows=rows)


@operation(title="Sum projection", menu="Geometry/Project", sentence="Projected {image} along {axis} by its sum")
def sum_projection(image: Colours, *, axis: Axis = "Z") -> Image:
    """The sum along an axis, which goes.

    Parameters
    ----------
    image : Image
        Intensity or RGB image that has the axis; read a plane at a time.
    axis : {"Z", "T", "C"}
        Along which to look.

    Returns
    -------
    Image
        float64, which sums integers exactly; same kind and calibration without the axis.

    Raises
    ------
    BadParameter
        The image has no such axis, or complex pixels.

    References
    ----------
    `numpy.sum`; NaN wins.

    Examples
    --------
    >>> sum_projection(Image(np.full((3, 1, 1), 200, np.uint8), "ZYX")).array().tolist()
    [[600.0]]
    """
    return projected(image, axis, projecting.total, np.dtype(np.float64))


@operation(
    title="Standard deviation projection",
    menu="Geometry/Project",
    sentence="Projected {image} along {axis} by its standard deviation",
)
def std_projection(image: Colours, *, axis: Axis = "Z", dtype: Dtype = "float32") -> Image:
    """The standard deviation along an axis, which goes.

    Parameters
    ----------
    image : Image
        Intensity or RGB image that has the axis; read a plane at a time, twice.
    axis : {"Z", "T", "C"}
        Along which to look.
    dtype : {"input", "float32"}
        Type of the result; computed in float64, rounded half to even where it holds integers.

    Returns
    -------
    Image
        Same kind and calibration without the axis; of the population (divided by n).

    Raises
    ------
    BadParameter
        The image has no such axis, or complex pixels.

    References
    ----------
    `numpy.std`; NaN wins.

    Examples
    --------
    >>> std_projection(Image(np.array([[[1]], [[3]]], np.uint8), "ZYX")).array().tolist()
    [[1.0]]
    """
    return projected(image, axis, projecting.deviation, output_dtype(image, dtype), passes=2)
