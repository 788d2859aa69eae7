"""Which way an image lies: flips, quarter turns, exchanged and renamed axes. No pixel changes its value."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np

from bims_desktop.errors import BadParameter
from bims_desktop.model.axes import ordered, permutation
from bims_desktop.model.image import Image
from bims_desktop.operations.regions import check_axis, each, native
from bims_desktop.operations.registry import operation
from bims_desktop.operations.running import empty

Axis = Literal["T", "C", "Z", "Y", "X"]


@operation(title="Flip", menu="Geometry", sentence="Flipped {m} along {axis}")
def flip(m: Image, *, axis: Axis = "X") -> Image:
    """Reverse an axis.

    Parameters
    ----------
    m : Image
        Any image that has the axis.
    axis : {"T", "C", "Z", "Y", "X"}
        What is reversed; the names of channels follow.

    Returns
    -------
    Image
        Same axes, dtype, kind and calibration.

    Raises
    ------
    BadParameter
        The image has no such axis.

    References
    ----------
    `numpy.flip`.

    Examples
    --------
    >>> flip(Image(np.array([[1, 2, 3]]), "YX")).array().tolist()
    [[3, 2, 1]]
    """
    check_axis(m, axis)
    result = empty(m.shape, native(m.dtype))
    reversed_ = np.flip(result, m.axes.index(axis))
    for index, plane in each(m, "YX"):
        reversed_[index] = plane
    return replace(m, pixels=result, channels=m.channels[::-1] if axis == "C" else m.channels)


@operation(title="Turn by 90 degrees", menu="Geometry", sentence="Turned {m} by {k} quarter turns, counterclockwise")
def rot90(m: Image, *, k: Literal[1, 2, 3] = 1) -> Image:
    """Turn planes by quarter turns, counterclockwise as shown.

    Parameters
    ----------
    m : Image
        Any image.
    k : {1, 2, 3}
        How many quarter turns.

    Returns
    -------
    Image
        Same dtype and kind; after one or three turns Y and X have exchanged size, scale and unit.

    References
    ----------
    `numpy.rot90`.

    Examples
    --------
    >>> rot90(Image(np.array([[1, 2, 3]]), "YX")).array().tolist()
    [[3], [2], [1]]
    """
    turned = _exchanged(m, "Y", "X") if k % 2 else m
    result = empty(turned.shape, native(m.dtype))
    for index, plane in each(m, "YX"):
        result[index] = np.rot90(plane, k)
    return replace(turned, pixels=result)


@operation(
    title="Exchange axes (reslice)", menu="Geometry/Axes", sentence="Exchanged the axes {axis1} and {axis2} of {a}"
)
def swapaxes(a: Image, *, axis1: Axis = "Z", axis2: Axis = "Y") -> Image:
    """Look at an image from another side: what ran along one axis runs along the other.

    Parameters
    ----------
    a : Image
        Any image that has both axes. Z and Y: planes seen from the front; Z and X: from the side.
    axis1, axis2 : {"T", "C", "Z", "Y", "X"}
        What to exchange.

    Returns
    -------
    Image
        Same dtype and kind; the two axes have exchanged size, scale and unit. Channels lose their
        names where C is one of them.

    Raises
    ------
    BadParameter
        The image lacks one of the axes, or both are the same.

    References
    ----------
    `numpy.swapaxes`.

    Examples
    --------
    >>> side = swapaxes(Image(np.zeros((2, 3, 4)), "ZYX", (2.0, 0.5, 0.5)), axis1="Z", axis2="Y")
    >>> side.shape, side.scale
    ((3, 2, 4), (0.5, 2.0, 0.5))
    """
    for axis in (axis1, axis2):
        check_axis(a, axis)
    if axis1 == axis2:
        raise BadParameter(f"The axis {axis1} cannot be exchanged with itself.", "Choose another for axis2.")
    exchanged = _exchanged(a, axis1, axis2)
    result = empty(exchanged.shape, native(a.dtype))
    view = np.swapaxes(result, a.axes.index(axis1), a.axes.index(axis2))
    for index, plane in each(a, "YX"):
        view[index] = plane
    return replace(exchanged, pixels=result)


@operation(title="Rename axis", menu="Geometry/Axes", sentence="Took the axis {axis} of {image} as {name}")
def rename_axis(image: Image, *, axis: Literal["T", "C", "Z"] = "Z", name: Literal["T", "C", "Z"] = "T") -> Image:
    """Say what an axis really is: a time series that was read as planes, for instance.

    Parameters
    ----------
    image : Image
        Any image that has the axis.
    axis : {"T", "C", "Z"}
        As it is called now.
    name : {"T", "C", "Z"}
        What it is; the image must not have such an axis yet.

    Returns
    -------
    Image
        Same dtype and kind, axes in the usual order; the renamed one has scale 1 without unit, and
        channels no names.

    Raises
    ------
    BadParameter
        The image has no such axis, or has the other one already.

    References
    ----------
    Dimensions of the OME data model, `Pixels.DimensionOrder`: I. G. Goldberg et al. (2005), Genome
    Biol. 6, R47.

    Examples
    --------
    >>> rename_axis(Image(np.zeros((2, 3, 4)), "ZYX")).axes
    'TYX'
    """
    check_axis(image, axis)
    if name in image.axes:
        raise BadParameter(f"The image has an axis {name} already.", "Exchange the two instead.")
    given = image.axes.replace(axis, name)
    axes, order = ordered(given), permutation(given)
    result = empty(tuple(image.shape[place] for place in order), native(image.dtype))
    view = result.transpose(np.argsort(order))
    for index, plane in each(image, "YX"):
        view[index] = plane
    scale = tuple(1.0 if a == name else image.scale_of(a) for a in axes)
    units = tuple("" if a == name else image.unit_of(a) for a in axes)
    return Image(result, axes, scale, units, () if "C" in (axis, name) else image.channels, image.kind)


def _exchanged(image: Image, one: str, other: str) -> Image:
    """`image` with size, scale and unit of two axes exchanged, its pixels standing in for those to come."""
    order = [image.axes.index({one: other, other: one}.get(axis, axis)) for axis in image.axes]
    return replace(
        image,
        pixels=np.broadcast_to(np.zeros((), image.dtype), tuple(image.shape[place] for place in order)),
        scale=tuple(image.scale[place] for place in order),
        units=tuple(image.units[place] for place in order),
        channels=() if "C" in (one, other) else image.channels,
    )
