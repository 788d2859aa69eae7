"""Channels, and the colours of RGB images: one of them, each of them, several in one image."""

from __future__ import annotations

from typing import Annotated

from bims_desktop.errors import BadParameter
from bims_desktop.model.image import Channel, Image
from bims_desktop.operations.extent import part, without
from bims_desktop.operations.joining import joined
from bims_desktop.operations.kinds import Intensity
from bims_desktop.operations.regions import check_axis
from bims_desktop.operations.registry import operation
from bims_desktop.operations.spec import Bounds, Found

RGBA = (Channel("red", "#ff0000"), Channel("green", "#00ff00"), Channel("blue", "#0000ff"), Channel("alpha"))


@operation(title="Select channel", menu="Geometry", sentence="Selected channel {channel} of {image}")
def select_channel(image: Image, *, channel: Annotated[int, Bounds(0, 2**53 - 1)] = 0) -> Image:
    """One channel of an image, or one colour of an RGB image.

    Parameters
    ----------
    image : Image
        Any image with channels, or an RGB image without; a lazy one stays lazy.
    channel : int
        Index of the channel, from 0; of colours 0 is red, 1 green, 2 blue.

    Returns
    -------
    Image
        Same dtype, kind and calibration without the axis C; the channel keeps its name. A colour is an
        intensity image without the axis S, and called red, green or blue.

    Raises
    ------
    BadParameter
        The image has neither channels nor colours, or not so many.

    References
    ----------
    `numpy.take`; for what a channel is, the OME data model: I. G. Goldberg et al. (2005), Genome
    Biol. 6, R47.

    Examples
    --------
    >>> import numpy as np
    >>> select_channel(Image(np.arange(8).reshape(2, 2, 2), "CYX"), channel=1).array().tolist()
    [[4, 5], [6, 7]]
    """
    axis = _parted(image)
    if channel >= image.size(axis):
        raise BadParameter(
            f"The image has no channel {channel}.", f"Its channels are numbered 0 to {image.size(axis) - 1}."
        )
    names = image.channels if axis == "C" else _colours(image)
    pixels = part(image, (*(slice(None),) * image.axes.index(axis), channel))
    return without(image, axis, pixels, names[channel : channel + 1])


@operation(title="Split channels", menu="Geometry", sentence="Split the channels of {image}")
def split_channels(image: Image) -> tuple[Image, ...]:
    """Every channel, or every colour of an RGB image, as an image of its own.

    Parameters
    ----------
    image : Image
        Any image with channels, or an RGB image without; a lazy one stays lazy.

    Returns
    -------
    tuple of Image
        As `select_channel` gives them, in their order.

    Raises
    ------
    BadParameter
        The image has neither channels nor colours.

    References
    ----------
    `numpy.unstack`; for what a channel is, the OME data model: I. G. Goldberg et al. (2005), Genome
    Biol. 6, R47.

    Examples
    --------
    >>> import numpy as np
    >>> [one.array().tolist() for one in split_channels(Image(np.arange(4).reshape(2, 1, 2), "CYX"))]
    [[[0, 1]], [[2, 3]]]
    """
    return tuple(select_channel(image, channel=channel) for channel in range(image.size(_parted(image))))


@operation(title="Merge channels", menu="Geometry", sentence="Merged {x1} with others into {channels} channels")
def merge_channels(
    x1: Intensity,
    x2: Intensity,
    x3: Intensity | None = None,
    x4: Intensity | None = None,
    x5: Intensity | None = None,
    x6: Intensity | None = None,
    x7: Intensity | None = None,
) -> Found:
    """Several images as the channels of one.

    Parameters
    ----------
    x1, x2 : Image
        Intensity images of the same axes and shape, but that each may have several channels
        already, or none.
    x3, x4, x5, x6, x7 : Image, optional
        More of them.

    Returns
    -------
    Found
        Image with the axis C and the calibration of `x1`; channels keep their names, and the dtype
        is that which NumPy promotes the dtypes to, float64 where that is int64. ``channels``, how many.

    Raises
    ------
    BadParameter
        Axes or shapes differ.

    References
    ----------
    `numpy.stack`, `numpy.concatenate`; for what a channel is, the OME data model: I. G. Goldberg et
    al. (2005), Genome Biol. 6, R47.

    Examples
    --------
    >>> import numpy as np
    >>> red, green = (Image(np.full((1, 2), n, np.uint8), "YX", channels=()) for n in (1, 2))
    >>> merge_channels(red, green).result.array().tolist()
    [[[1, 1]], [[2, 2]]]
    """
    given = [image for image in (x1, x2, x3, x4, x5, x6, x7) if image is not None]
    merged = joined(given, "C")
    return Found(merged, {"channels": merged.size("C")})


def _parted(image: Image) -> str:
    """The axis that channels lie along: C, or the samples of an RGB image without channels."""
    if "C" in image.axes or image.kind != "rgb":
        check_axis(image, "C")
        return "C"
    return "S"


def _colours(image: Image) -> tuple[Channel, ...]:
    return RGBA if image.size("S") in (3, 4) else ()
