"""Parts and projections of an image."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Annotated, Any, Literal

import numpy as np

from bims_desktop.errors import BadParameter
from bims_desktop.model.image import Image, Pixels
from bims_desktop.operations.regions import Index, native, read
from bims_desktop.operations.registry import operation
from bims_desktop.operations.running import tick
from bims_desktop.operations.spec import Bounds, Found

Start = Annotated[int, Bounds(0, 2**53 - 1, "px")]
Stop = Annotated[int, Bounds(1, 2**53 - 1, "px")] | None


@operation(title="Crop", menu="Geometry", sentence="Cropped {image} to {extent}")
def crop(
    image: Image,
    *,
    x_start: Start = 0,
    x_stop: Stop = None,
    y_start: Start = 0,
    y_stop: Stop = None,
    z_start: Start = 0,
    z_stop: Stop = None,
    t_start: Start = 0,
    t_stop: Stop = None,
    c_start: Start = 0,
    c_stop: Stop = None,
) -> Found:
    """Cut a box out of an image.

    Parameters
    ----------
    image : Image
        Any image; a lazy one stays lazy.
    x_start, y_start, z_start, t_start, c_start : int
        First index kept along the axis.
    x_stop, y_stop, z_stop, t_stop, c_stop : int, optional
        First index dropped after it; the end if not given.

    Returns
    -------
    Found
        Same axes, dtype, kind and calibration; the channels that stay keep their names.
        ``extent`` says what was kept.

    Raises
    ------
    BadParameter
        The box is empty or reaches beyond the image, or the image has no such axis.

    Examples
    --------
    >>> found = crop(Image(np.arange(12).reshape(3, 4), "YX"), x_start=1, x_stop=3)
    >>> found.result.shape, found.values["extent"]
    ((3, 2), 'Y 0 to 3, X 1 to 3')
    """
    box = {
        "T": (t_start, t_stop),
        "C": (c_start, c_stop),
        "Z": (z_start, z_stop),
        "Y": (y_start, y_stop),
        "X": (x_start, x_stop),
    }
    for axis, bounds in box.items():
        if axis not in image.axes and bounds != (0, None):
            raise _missing(image, axis)
    kept = {axis: _kept(image, axis, *box.get(axis, (0, None))) for axis in image.axes}
    part = replace(
        image,
        pixels=_part(image, tuple(kept.values())),
        channels=image.channels[kept["C"]] if "C" in kept else image.channels,
    )
    extent = ", ".join(f"{axis} {span.start} to {span.stop}" for axis, span in kept.items() if axis != "S")
    return Found(part, {"extent": extent})


@operation(title="Maximum projection", menu="Geometry", sentence="Projected {image} along {axis} by its maximum")
def max_projection(image: Image, *, axis: Literal["Z", "T", "C"] = "Z") -> Image:
    """The greatest value along an axis, which goes.

    Parameters
    ----------
    image : Image
        Any image that has the axis; read one plane at a time.
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
    if axis not in image.axes:
        raise _missing(image, axis)
    if image.dtype.kind == "c":
        raise BadParameter("Complex pixels have no maximum.", "Take their magnitude first.")
    place = image.axes.index(axis)
    shape = image.shape[:place] + image.shape[place + 1 :]
    leading = len(image.axes.rstrip("S")) - 3
    result = np.empty(shape, native(image.dtype))
    indices = list(product(*map(range, shape[:leading])))
    for done, index in enumerate(indices):
        tick(done / len(indices))
        result[index] = read(image, (*index[:place], 0, *index[place:]))
        for step in range(1, image.shape[place]):
            plane = read(image, (*index[:place], step, *index[place:]))
            np.maximum(result[index], plane, out=result[index])
    return _without(image, place, result, () if axis == "C" else image.channels)


@operation(title="Select channel", menu="Geometry", sentence="Selected channel {channel} of {image}")
def select_channel(image: Image, *, channel: Annotated[int, Bounds(0, 2**53 - 1)] = 0) -> Image:
    """One channel of an image.

    Parameters
    ----------
    image : Image
        Any image with channels; a lazy one stays lazy.
    channel : int
        Index of the channel, from 0.

    Returns
    -------
    Image
        Same dtype, kind and calibration without the axis C; the channel keeps its name.

    Raises
    ------
    BadParameter
        The image has no channels, or not so many.

    Examples
    --------
    >>> select_channel(Image(np.arange(8).reshape(2, 2, 2), "CYX"), channel=1).array().tolist()
    [[4, 5], [6, 7]]
    """
    if "C" not in image.axes:
        raise _missing(image, "C")
    if channel >= image.size("C"):
        raise BadParameter(
            f"The image has no channel {channel}.", f"Its channels are numbered 0 to {image.size('C') - 1}."
        )
    place = image.axes.index("C")
    pixels = _part(image, (*(slice(None),) * place, channel))
    return _without(image, place, pixels, image.channels[channel : channel + 1])


@operation(title="Duplicate", menu="", sentence="Duplicated {image}", halo="0")
def duplicate(image: Image) -> Image:
    """The same image again, as data of its own.

    Parameters
    ----------
    image : Image
        Any image.

    Returns
    -------
    Image
        Shares the pixels, which nothing ever changes.

    Examples
    --------
    >>> image = Image(np.zeros((2, 2)), "YX")
    >>> duplicate(image).pixels is image.pixels
    True
    """
    return replace(image)


def _kept(image: Image, axis: str, start: int, stop: int | None) -> slice:
    end = image.size(axis) if stop is None else stop
    if not start < end <= image.size(axis):
        raise BadParameter(
            f"The image cannot be cropped to {start} … {end} along {axis}.",
            f"Start must be less than stop, and stop at most {image.size(axis)}.",
        )
    return slice(start, end)


def _part(image: Image, index: Index) -> Pixels:
    """What lies at `index`: copied out of an array in memory, left lazy otherwise."""
    part: Any = image.pixels[index]
    return np.array(part, native(part.dtype), order="C") if isinstance(part, np.ndarray) else part


def _without(image: Image, place: int, pixels: Any, channels: tuple[Any, ...]) -> Image:
    def drop(values: Any) -> Any:
        return values[:place] + values[place + 1 :]

    return replace(
        image,
        pixels=pixels,
        axes=drop(image.axes),
        scale=drop(image.scale),
        units=drop(image.units),
        channels=channels,
    )


def _missing(image: Image, axis: str) -> BadParameter:
    return BadParameter(f"The image has no axis {axis}.", f"Its axes are {image.axes}.")
