"""Parts of an image."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

from bims_desktop.errors import BadParameter
from bims_desktop.model.image import Image
from bims_desktop.operations.extent import part
from bims_desktop.operations.regions import check_axis
from bims_desktop.operations.registry import operation
from bims_desktop.operations.spec import EXACT, Bounds, Found, IfNone

Start = Annotated[int, Bounds(0, EXACT, "px")]
Stop = Annotated[int, Bounds(1, EXACT, "px"), IfNone("the end")] | None
FirstPlane = Annotated[int, Bounds(0, EXACT, "planes")]
LastPlane = Annotated[int, Bounds(1, EXACT, "planes"), IfNone("the end")] | None
FirstTime = Annotated[int, Bounds(0, EXACT, "time points")]
LastTime = Annotated[int, Bounds(1, EXACT, "time points"), IfNone("the end")] | None
FirstChannel = Annotated[int, Bounds(0, EXACT, "channels")]
LastChannel = Annotated[int, Bounds(1, EXACT, "channels"), IfNone("the end")] | None


@operation(title="Crop", menu="Geometry", sentence="Cropped {image} to {extent}")
def crop(
    image: Image,
    *,
    x_start: Start = 0,
    x_stop: Stop = None,
    y_start: Start = 0,
    y_stop: Stop = None,
    z_start: FirstPlane = 0,
    z_stop: LastPlane = None,
    t_start: FirstTime = 0,
    t_stop: LastTime = None,
    c_start: FirstChannel = 0,
    c_stop: LastChannel = None,
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

    References
    ----------
    Basic slicing of NumPy arrays, as `numpy.ndarray.__getitem__`; `skimage.util.crop` counts from both ends.

    Examples
    --------
    >>> import numpy as np
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
            check_axis(image, axis)
    kept = {axis: _kept(image, axis, *box.get(axis, (0, None))) for axis in image.axes}
    kept_part = replace(
        image,
        pixels=part(image, tuple(kept.values())),
        channels=image.channels[kept["C"]] if "C" in kept else image.channels,
    )
    extent = ", ".join(f"{axis} {span.start} to {span.stop}" for axis, span in kept.items() if axis != "S")
    return Found(kept_part, {"extent": extent})


@operation(
    title="Select planes",
    menu="Geometry",
    sentence="Selected every {step}. of {image} along {axis}, from {start}: {planes} in number",
)
def select_planes(
    image: Image,
    *,
    axis: Literal["Z", "T", "C"] = "Z",
    start: Annotated[int, Bounds(0, 2**53 - 1)] = 0,
    stop: Annotated[int, Bounds(1, 2**53 - 1), IfNone("the end")] | None = None,
    step: Annotated[int, Bounds(1, 2**53 - 1)] = 1,
) -> Found:
    """Every plane, or every so many, between two indices along an axis.

    Parameters
    ----------
    image : Image
        Any image that has the axis; a lazy one stays lazy.
    axis : {"Z", "T", "C"}
        Along which to select.
    start : int
        First index kept.
    stop : int, optional
        First index dropped after it; the end if not given.
    step : int
        From one index kept to the next.

    Returns
    -------
    Found
        Same axes, dtype and kind; the scale along the axis is `step` times as large, and channels
        that stay keep their names. ``planes``, how many were kept.

    Raises
    ------
    BadParameter
        Nothing would be left, or the image has no such axis.

    References
    ----------
    Basic slicing of NumPy arrays with a step, as `numpy.ndarray.__getitem__`.

    Examples
    --------
    >>> import numpy as np
    >>> found = select_planes(Image(np.arange(5).reshape(5, 1, 1), "ZYX"), step=2)
    >>> found.result.array().ravel().tolist(), found.result.scale_of("Z")
    ([0, 2, 4], 2.0)
    """
    check_axis(image, axis)
    place = image.axes.index(axis)
    within = _kept(image, axis, start, stop)
    kept = slice(within.start, within.stop, step)
    scale = (*image.scale[:place], image.scale[place] * (1 if axis == "C" else step), *image.scale[place + 1 :])
    channels = image.channels[kept] if axis == "C" else image.channels
    pixels = part(image, (*(slice(None),) * place, kept))
    return Found(replace(image, pixels=pixels, scale=scale, channels=channels), {"planes": pixels.shape[place]})


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

    References
    ----------
    `copy.copy`.

    Examples
    --------
    >>> import numpy as np
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
