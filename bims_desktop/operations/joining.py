"""Images one after another along an axis, old or new."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from bims_desktop.errors import BadParameter
from bims_desktop.model.axes import ordered
from bims_desktop.model.image import Channel, Image
from bims_desktop.operations.regions import check_axis, each, promoted
from bims_desktop.operations.registry import operation
from bims_desktop.operations.running import empty
from bims_desktop.operations.spec import Found


@operation(title="Stack", menu="Geometry", sentence="Stacked {x1} and others along {axis}, {planes} in number")
def stack(
    x1: Image, x2: Image, x3: Image | None = None, x4: Image | None = None, *, axis: Literal["Z", "T"] = "Z"
) -> Found:
    """Images one after another along a new axis.

    Parameters
    ----------
    x1, x2 : Image
        Images of one kind, one shape and the same axes, without the new one.
    x3, x4 : Image, optional
        More of them.
    axis : {"Z", "T"}
        The new axis, of scale 1 without unit. For channels there is `merge_channels`.

    Returns
    -------
    Found
        Calibration of `x1`; the dtype is that which NumPy promotes the dtypes to, float64 where
        that is int64. ``planes``, how many lie along the axis.

    Raises
    ------
    BadParameter
        Kinds, axes, shapes or pixel sizes differ, or the axis is there already.

    References
    ----------
    `numpy.stack`.

    Examples
    --------
    >>> import numpy as np
    >>> one, two = (Image(np.full((1, 2), n, np.uint8), "YX") for n in (1, 2))
    >>> stack(one, two, axis="T").result.axes
    'TYX'
    """
    given = [image for image in (x1, x2, x3, x4) if image is not None]
    if taken := [image for image in given if axis in image.axes]:
        raise BadParameter(
            f"An image has the axis {axis} already: {taken[0].axes}.", "Concatenate, or stack along another axis."
        )
    result = joined(given, axis)
    return Found(result, {"planes": result.size(axis)})


@operation(title="Concatenate", menu="Geometry", sentence="Joined {x1} and others along {axis}, {length} in length")
def concatenate(
    x1: Image,
    x2: Image,
    x3: Image | None = None,
    x4: Image | None = None,
    *,
    axis: Literal["T", "C", "Z", "Y", "X"] = "T",
) -> Found:
    """Images one after another along an axis that they have.

    Parameters
    ----------
    x1, x2 : Image
        Images of one kind and the same axes, of one size along the others.
    x3, x4 : Image, optional
        More of them.
    axis : {"T", "C", "Z", "Y", "X"}
        Along which they are joined.

    Returns
    -------
    Found
        Calibration of `x1`; the dtype is that which NumPy promotes the dtypes to, float64 where
        that is int64. ``length``, the size along the axis.

    Raises
    ------
    BadParameter
        Kinds, axes, shapes or pixel sizes differ, or the axis is not there.

    References
    ----------
    `numpy.concatenate`.

    Examples
    --------
    >>> import numpy as np
    >>> one, two = (Image(np.full((1, 2), n, np.uint8), "YX") for n in (1, 2))
    >>> concatenate(one, two, axis="X").result.array().tolist()
    [[1, 1, 2, 2]]
    """
    given = [image for image in (x1, x2, x3, x4) if image is not None]
    for image in given:
        check_axis(image, axis)
    result = joined(given, axis)
    return Found(result, {"length": result.size(axis)})


def joined(images: Sequence[Image], axis: str) -> Image:
    """`images` one after another along `axis`; one that has no such axis counts as one plane of it.

    Raises
    ------
    BadParameter
        Kinds, other axes, shapes or pixel sizes differ.
    """
    first = images[0]
    for image in images[1:]:
        _check_joinable(first, image, axis)
    axes = ordered("".join({*first.axes, axis}))
    total = sum(image.size(axis) for image in images)
    result = empty(tuple(total if a == axis else first.size(a) for a in axes), promoted(*images))
    start = 0
    for image in images:
        stop = start + image.size(axis)
        part = result[(slice(None),) * axes.index(axis) + (slice(start, stop) if axis in image.axes else start,)]
        for index, region in each(image, "YX"):
            part[index] = region
        start = stop
    scale, units = tuple(map(first.scale_of, axes)), tuple(map(first.unit_of, axes))
    return Image(result, axes, scale, units, _names(images) if axis == "C" else first.channels, first.kind)


def _names(images: Sequence[Image]) -> tuple[Channel, ...]:
    """Those of all channels, empty where one has none; none where nobody has."""
    if not any(image.channels for image in images):
        return ()
    return tuple(channel for image in images for channel in image.channels or (Channel(),) * image.size("C"))


def _check_joinable(first: Image, other: Image, axis: str) -> None:
    along = [a for a in first.axes if a != axis]
    if along != [a for a in other.axes if a != axis] or any(first.size(a) != other.size(a) for a in along):
        raise BadParameter(
            f"The axes {other.axes} and shape {other.shape} do not join {first.axes} and {first.shape} along {axis}.",
            "Choose images of one size along the other axes, or crop first.",
        )
    if first.kind != other.kind:
        raise BadParameter(f"An image of kind {other.kind} does not join one of kind {first.kind}.", "Convert it.")
    if any(first.unit_of(a) != other.unit_of(a) or not _near(first.scale_of(a), other.scale_of(a)) for a in along):
        raise BadParameter("The images have different pixel sizes.", "Resize one of them first.")


def _near(one: float, other: float) -> bool:
    return abs(one - other) <= 0.01 * one
