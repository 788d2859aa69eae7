"""Calibration by hand: what a pixel measures. No pixel changes its value."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

from bims_desktop.errors import BadParameter
from bims_desktop.model.image import Image
from bims_desktop.operations.regions import check_axis
from bims_desktop.operations.registry import operation
from bims_desktop.operations.spacing import LENGTHS
from bims_desktop.operations.spec import Bounds, Found, IfNone

Size = Annotated[float, Bounds(1e-12, 1e12), IfNone("as it is")] | None
LengthUnit = Literal["pm", "Å", "nm", "µm", "mm", "cm", "m"]
TimeUnit = Literal["µs", "ms", "s", "min", "h", "d"]


@operation(
    title="Set pixel size",
    menu="Geometry",
    sentence="Set the calibration of {image} by hand: {calibration}",
    effect="calibration",
    halo="0",
)
def set_scale(
    image: Image,
    *,
    physical_size_x: Size = None,
    physical_size_y: Annotated[Size, IfNone("x if given")] = None,
    physical_size_z: Size = None,
    unit: LengthUnit = "µm",
    time_increment: Size = None,
    time_unit: TimeUnit = "s",
) -> Found:
    """Say what a pixel measures, where the file does not say it or says it wrongly.

    Parameters
    ----------
    image : Image
        Any image; it must have the axes that are given a size.
    physical_size_x : float, optional
        Width of a pixel, in `unit` (PhysicalSizeX of OME); as it is if not given.
    physical_size_y : float, optional
        Height of a pixel, in `unit` (PhysicalSizeY); that of X if only that is given.
    physical_size_z : float, optional
        Distance of two planes, in `unit` (PhysicalSizeZ); as it is if not given.
    unit : str
        Of the three lengths. An axis that keeps its size is converted to it where it has a unit of length.
    time_increment : float, optional
        From one time point to the next, in `time_unit` (TimeIncrement); as it is if not given.
    time_unit : str
        Of the time increment.

    Returns
    -------
    Found
        The same pixels, axes, channels and kind, with the new scale and units; ``calibration``, in words.

    Raises
    ------
    BadParameter
        Nothing is given, or a size for an axis that the image has not.

    References
    ----------
    OME Data Model 2016-06, attributes of Pixels.

    Examples
    --------
    >>> import numpy as np
    >>> found = set_scale(Image(np.zeros((2, 3, 4)), "ZYX"), physical_size_x=0.1, physical_size_z=0.3)
    >>> found.result.scale, found.values["calibration"]
    ((0.3, 0.1, 0.1), 'Z 0.3 µm, Y 0.1 µm, X 0.1 µm')
    """
    lengths = {
        "Z": physical_size_z,
        "Y": physical_size_x if physical_size_y is None else physical_size_y,
        "X": physical_size_x,
    }
    sizes: dict[str, tuple[float, str]] = {axis: (size, unit) for axis, size in lengths.items() if size is not None}
    if time_increment is not None:
        sizes["T"] = (time_increment, time_unit)
    if not sizes:
        raise BadParameter("No size was given.", "Say how large a pixel is, or how long a time step.")
    for axis in sizes:
        check_axis(image, axis)
    kept = {axis: _converted(image, axis, unit) for axis in image.axes if axis in "ZYX" and sizes.keys() & set("ZYX")}
    known = {axis: (image.scale_of(axis), image.unit_of(axis)) for axis in image.axes} | kept | sizes
    scale, units = zip(*(known[axis] for axis in image.axes), strict=True)
    words = ", ".join(f"{axis} {size:.6g} {name}" for axis, (size, name) in known.items() if name)
    return Found(replace(image, scale=scale, units=units), {"calibration": words})


def _converted(image: Image, axis: str, unit: str) -> tuple[float, str]:
    """The step along `axis` in another unit of length; as it is where its own is none."""
    step, own = image.scale_of(axis), image.unit_of(axis)
    if own == unit or own not in LENGTHS:
        return step, own
    return step * LENGTHS[own] / LENGTHS[unit], unit
