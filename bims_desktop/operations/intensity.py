"""Pixel by pixel changes of intensity."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
import skimage as ski

from bims_desktop.errors import BadParameter, OperationFailed
from bims_desktop.model.image import Image
from bims_desktop.operations.regions import Array, Dtype, apply, each, limits, native, one, output_dtype, restore
from bims_desktop.operations.registry import operation
from bims_desktop.operations.running import empty
from bims_desktop.operations.spec import Accepts, Found

Range = Literal["image", "dtype"] | tuple[float, float]
Pair = tuple[float, float]


@operation(
    title="Rescale intensity",
    menu="Intensity",
    sentence="Rescaled {image} from the range {low} to {high} onto {out_low} to {out_high}",
)
def rescale_intensity(
    image: Annotated[Image, Accepts("intensity", "rgb")],
    *,
    in_range: Range = "image",
    out_range: Range = "dtype",
    axes: Literal["image", "YX", "ZYX"] = "image",
    dtype: Dtype = "input",
) -> Found:
    """Stretch or shrink a range of intensities onto another; what lies outside is clipped.

    Parameters
    ----------
    image : Image
        Intensity or RGB image with axes from YX to TCZYX.
    in_range : {"image", "dtype"} or (low, high)
        From: the least and greatest finite value, the range of the dtype, or two values.
    out_range : {"image", "dtype"} or (low, high)
        To: likewise; floating-point dtypes range from -1, or 0 where nothing is negative, to 1.
    axes : {"image", "YX", "ZYX"}
        Where least and greatest are looked for: in the whole image, so that its planes stay
        comparable, or in each plane or volume alone.
    dtype : {"input", "float32"}
        Type of the result; computed in floating point, rounded half to even and clipped.

    Returns
    -------
    Found
        Same axes and calibration; ``low`` and ``high``, ``out_low`` and ``out_high``, the two ranges,
        or lists with one a region.

    Raises
    ------
    OperationFailed
        No pixel is finite.
    BadParameter
        A range ends below its start.

    References
    ----------
    `skimage.exposure.rescale_intensity`, which truncates where this rounds.

    Examples
    --------
    >>> found = rescale_intensity(Image(np.array([[51, 102, 153]], np.uint8), "YX"))
    >>> found.result.array().tolist(), found.values["low"], found.values["high"]
    ([[0, 128, 255]], 51, 153)
    """
    extremes = [_extremes(region) for _, region in each(image, "YX" if axes == "image" else axes)]
    if axes == "image":
        extremes = [_union(extremes)]
    pairs = [_ranges(in_range, out_range, native(image.dtype), found) for found in extremes]
    target = output_dtype(image, dtype)
    result = empty(image.shape, target)
    for number, (index, region) in enumerate(each(image, "YX" if axes == "image" else axes)):
        source, onto = pairs[number % len(pairs)]
        result[index] = restore(_rescaled(region, source, onto), target)
    names = ("low", "high", "out_low", "out_high")
    columns = zip(*((*source, *onto) for source, onto in pairs), strict=True)
    return Found(image.with_pixels(result), {n: one(list(c)) for n, c in zip(names, columns, strict=True)})


@operation(title="Invert", menu="Intensity", sentence="Inverted {image}", halo="0")
def invert(image: Annotated[Image, Accepts("intensity", "rgb", "mask")], *, signed_float: bool = False) -> Image:
    """Turn bright into dark.

    Parameters
    ----------
    image : Image
        Unsigned integers are taken from their type's greatest value, signed ones from -1,
        floating-point values from 1; a mask is negated.
    signed_float : bool
        Whether floating-point values are taken from 0 instead, as suits distances.

    Returns
    -------
    Image
        Same axes, dtype, kind and calibration.

    References
    ----------
    `skimage.util.invert`.

    Examples
    --------
    >>> invert(Image(np.array([[0, 10]], np.uint8), "YX")).array().tolist()
    [[255, 245]]
    """

    def inverted(region: Array) -> Array:
        return np.asarray(ski.util.invert(region, signed_float=signed_float))

    return image.with_pixels(apply(image, inverted, "YX", native(image.dtype)))


def _extremes(region: Array) -> Pair | None:
    finite = region[np.isfinite(region)] if region.dtype.kind == "f" else region
    return (finite.min().item(), finite.max().item()) if finite.size else None


def _union(extremes: list[Pair | None]) -> Pair | None:
    known = [pair for pair in extremes if pair is not None]
    return (min(low for low, _ in known), max(high for _, high in known)) if known else None


def _ranges(in_range: Range, out_range: Range, dtype: np.dtype[np.generic], found: Pair | None) -> tuple[Pair, Pair]:
    if found is None:
        raise OperationFailed("The image has no finite pixel to rescale.", "Look at the image for NaN.")
    source = _range("in_range", in_range, dtype, found, False)
    return source, _range("out_range", out_range, dtype, found, source[0] >= 0)


def _range(name: str, given: Range, dtype: np.dtype[np.generic], found: Pair, clip_negative: bool) -> Pair:
    if given == "image":
        return found
    if given == "dtype":
        low, high = limits(dtype) if dtype.kind in "biu" else (-1, 1)
        return (0 if clip_negative else low), high
    start, end = given
    if not start <= end:
        raise BadParameter(f"{name} cannot run from {start} to {end}.", "Give the lower value first.")
    return start, end


def _rescaled(region: Array, source: Pair, onto: Pair) -> Array:
    values = region if region.dtype.kind == "f" else region.astype(np.float64)
    return np.asarray(ski.exposure.rescale_intensity(values, source, onto))
