"""Images of another extent: parts, an axis less, other sizes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from bims_desktop.model.image import Channel, Image, Pixels
from bims_desktop.model.mapped import release
from bims_desktop.operations.regions import Array, Index, each, native, restore, span
from bims_desktop.operations.running import empty, tick


def part(image: Image, index: Index) -> Pixels:
    """What lies at `index`: copied out of an array in memory, left lazy otherwise."""
    part: Pixels = image.pixels[index]
    if not isinstance(part, np.ndarray):
        return part
    result = empty(part.shape, native(part.dtype))
    gone = {axis for axis, place in zip(image.axes, index, strict=False) if isinstance(place, int)}
    planes = list(np.ndindex(part.shape[: part.ndim - len(set(span(image, "YXS")) - gone)]))
    for done, place in enumerate(planes):
        tick(done / len(planes))
        result[place] = part[place]
        release(image.pixels)
    return result


def without(image: Image, axis: str, pixels: Pixels, channels: tuple[Channel, ...]) -> Image:
    """`pixels` that have lost `axis`, with the calibration of what `image` has left; without samples no RGB."""
    place = image.axes.index(axis)

    def drop(values: Any) -> Any:
        return values[:place] + values[place + 1 :]

    return replace(
        image,
        pixels=pixels,
        axes=drop(image.axes),
        scale=drop(image.scale),
        units=drop(image.units),
        channels=channels,
        kind="intensity" if axis == "S" else image.kind,
    )


def resized(image: Image, sizes: Mapping[str, int], function: Callable[[Array], Array], axes: str) -> Image:
    """`function` of every region over `axes`, which makes it `sizes` along these axes, in the same dtype.

    The scale changes so that the image covers what it did.
    """
    shape = tuple(sizes.get(axis, size) for axis, size in zip(image.axes, image.shape, strict=True))
    scale = tuple(step * old / new for step, old, new in zip(image.scale, image.shape, shape, strict=True))
    result = empty(shape, native(image.dtype))
    for index, region in each(image, axes):
        result[index] = restore(function(region), result.dtype)
    return replace(image, pixels=result, scale=scale)
