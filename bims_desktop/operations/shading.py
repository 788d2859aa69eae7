"""Light that was uneven in space (flat field) or in time (bleaching)."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
import skimage as ski

from bims_desktop.errors import BadParameter, OperationFailed
from bims_desktop.model.image import Image
from bims_desktop.operations.kinds import Colours, Intensity
from bims_desktop.operations.regions import (
    Array,
    Dtype,
    Index,
    check_axis,
    each,
    floating,
    one,
    output_dtype,
    read,
    restore,
)
from bims_desktop.operations.registry import operation
from bims_desktop.operations.running import empty
from bims_desktop.operations.spec import Bounds, Found


@operation(
    title="Flat-field correction",
    menu="Intensity",
    sentence="Corrected {image} for uneven illumination",
)
def correct_flat_field(image: Colours, flat: Colours, dark: Colours | None = None, *, dtype: Dtype = "input") -> Image:
    """Divide by the illumination: (image - dark) / (flat - dark) x mean of (flat - dark).

    Parameters
    ----------
    image : Image
        Intensity or RGB image with axes from YX to TCZYX.
    flat : Image
        Picture of an even sample. It has the plane of `image`, and of its other axes those along
        which it differs: CYX for one a channel.
    dark : Image, optional
        Picture without light, likewise; 0 if not given.
    dtype : {"input", "float32"}
        Type of the result; computed in floating point, rounded half to even and clipped.

    Returns
    -------
    Image
        Axes and calibration of `image`.

    Raises
    ------
    BadParameter
        `flat` or `dark` has an axis that `image` has not, or another size.
    OperationFailed
        A pixel is NaN or infinite, or `flat` is not brighter than `dark` everywhere.

    References
    ----------
    T. Peng et al. (2017), Nat. Commun. 8, 14836: what is measured is the true image times the
    flat field, plus the dark field.

    Examples
    --------
    >>> lit = Image(np.array([[10, 20, 40]], np.uint8), "YX")
    >>> correct_flat_field(lit, lit).array().tolist()
    [[23, 23, 23]]
    """
    for name, other in (("flat", flat), ("dark", dark)):
        if other is not None:
            _check_covers(image, other, name)
    result = empty(image.shape, output_dtype(image, dtype))
    for index, region in each(image, "YX"):
        black: Array | float = 0.0 if dark is None else floating(read(dark, _at(dark, image, index)))
        light = floating(read(flat, _at(flat, image, index))) - black
        if not (light > 0).all():
            raise OperationFailed("The flat field is not brighter than the dark one everywhere.", "Check both.")
        result[index] = restore((floating(region) - black) / light * light.mean(), result.dtype)
    return image.with_pixels(result)


@operation(
    title="Bleach correction",
    menu="Intensity",
    sentence="Corrected {image} for bleaching ({method}, ratio to the first time point {ratio})",
)
def correct_bleaching(
    image: Intensity,
    *,
    method: Literal["ratio", "histogram"] = "ratio",
    background: Annotated[float, Bounds(-1e9, 1e9)] = 0.0,
    dtype: Dtype = "input",
) -> Found:
    """Make every time point as bright as the first, each channel alone.

    Parameters
    ----------
    image : Image
        Intensity image with the axis T; planes of a volume are corrected together.
    method : {"ratio", "histogram"}
        Multiply by the ratio of the means, or match the whole histogram.
    background : float
        Intensity without any fluorescence, which stays as it is; for the ratio only.
    dtype : {"input", "float32"}
        Type of the result; computed in floating point, rounded half to even and clipped.

    Returns
    -------
    Found
        Same axes and calibration; ``ratio``, mean above background of the first time point
        over that of each, one a time point and channel.

    Raises
    ------
    BadParameter
        The image has no axis T.
    OperationFailed
        A pixel is NaN or infinite, or a time point is not brighter than the background.

    References
    ----------
    K. Miura (2020), F1000Research 9, 1494 (simple ratio; histogram matching by
    `skimage.exposure.match_histograms`).

    Examples
    --------
    >>> found = correct_bleaching(Image(np.array([[[8, 16]], [[4, 8]]], np.uint8), "TYX"))
    >>> found.result.array().tolist(), found.values["ratio"]
    ([[[8, 16]], [[8, 16]]], [1.0, 2.0])
    """
    check_axis(image, "T")
    result = empty(image.shape, output_dtype(image, dtype))
    place = image.axes.index("T")
    ratios = []
    for index, region in each(image, "ZYX"):
        values, first = floating(region), floating(read(image, (*index[:place], 0, *index[place + 1 :])))
        bright, dim = float(first.mean()) - background, float(values.mean()) - background
        if dim <= 0 or bright <= 0:
            raise OperationFailed("A time point is not brighter than the background.", "Lower the background.")
        ratios.append(bright / dim)
        if method == "ratio":
            corrected = (values - background) * ratios[-1] + background
        else:
            corrected = ski.exposure.match_histograms(values, first)
        result[index] = restore(np.asarray(corrected), result.dtype)
    return Found(image.with_pixels(result), {"ratio": one(ratios)})


def _check_covers(image: Image, other: Image, name: str) -> None:
    sizes = {axis: other.size(axis) for axis in other.axes}
    if not set(sizes) <= set(image.axes) or any(image.size(axis) != size for axis, size in sizes.items()):
        raise BadParameter(
            f"{name} has the axes {other.axes} and shape {other.shape}, the image {image.axes} and {image.shape}.",
            "Choose a picture of the same plane, or crop it first.",
        )


def _at(other: Image, image: Image, index: Index) -> Index:
    """Where in `other` the region of `image` at `index` lies."""
    return tuple(index[image.axes.index(axis)] for axis in other.axes)
