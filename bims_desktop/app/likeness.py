"""What pixels may have been recorded as, where a tool took their axes, their type or their colours away.

Pillow flattens a stack to numbered pages, tifffile names no axes, a mask comes back as 0 and 255:
the samples are the same, and their digest is another.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, islice
from math import prod
from typing import NamedTuple

import numpy as np

from bims_desktop.files.samples import as_mask
from bims_desktop.model.digest import PixelDigester, plane_root, planes
from bims_desktop.model.image import Image, Pixels

MAX_ARRANGEMENTS = 500
STACKS = "TCZ"


class Likeness(NamedTuple):
    """A reading of the samples: its pixel digest, and the samples in C order."""

    digest: str
    pixels: Pixels


def likenesses(image: Image) -> Iterator[Likeness]:
    """Every reading of `image` that a record may be about, likeliest first; the first is the image as it is.

    Planes are hashed once, however many arrangements they are tried in.

    Examples
    --------
    >>> stack = Image(np.zeros((4, 2, 2), np.uint8), "ZYX")
    >>> readings = [reading.digest for reading in likenesses(stack)]
    >>> from bims_desktop.model.digest import pixel_digest
    >>> pixel_digest(Image(np.zeros((2, 2, 2, 2), np.uint8), "TZYX")) in readings
    True
    """
    for version in _readings(image):
        little = version.dtype.newbyteorder("<")
        roots = [plane_root(plane.astype(little, copy=False)) for plane in planes(version)]
        for axes, shape in _arrangements(version):
            digester = PixelDigester(axes, shape, version.dtype)
            for root in roots:
                digester.add_root(root)
            yield Likeness(digester.digest(), version.pixels)


def _readings(image: Image) -> Iterator[Image]:
    """`image`, and what looks like colours as planes; the samples of each as true and false, or back."""
    for version in (image, _as_planes(image)) if image.kind == "rgb" else (image,):
        yield version
        mask = as_mask(version.pixels) if version.kind != "rgb" else None
        if version.dtype == np.bool_:
            yield version.with_pixels(version.array().astype(np.uint8) * np.uint8(255), "intensity")
        elif mask is not None:
            yield version.with_pixels(mask, "mask")


def _as_planes(image: Image) -> Image:
    # Of three or four planes next to each other tifffile makes colours where nobody names the axis.
    planes = np.moveaxis(image.array(), -1, -3)
    return Image(planes.reshape(-1, *planes.shape[-2:]), "ZYX")


def _arrangements(image: Image) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Axes and shapes that the planes of `image`, in their order, may belong to."""
    yield image.axes, image.shape
    leading = len(image.axes.rstrip("S")) - 2
    given = [(axis, n) for axis, n in zip(image.axes[:leading], image.shape[:leading], strict=True) if n > 1]
    same = tuple(n for _, n in given)
    shapes = dict.fromkeys((same, *_factorisations(prod(same), len(STACKS))))
    every = ((axes, shape) for shape in shapes for axes in combinations(STACKS, len(shape)))
    others = ((axes, shape) for axes, shape in every if [*zip(axes, shape, strict=True)] != given)
    for axes, shape in islice(others, MAX_ARRANGEMENTS):
        yield "".join(axes) + image.axes[leading:], shape + image.shape[leading:]


def _factorisations(count: int, parts: int) -> Iterator[tuple[int, ...]]:
    """Every way to write `count` as up to `parts` factors above 1, in order; fewer factors first."""
    for length in range(1, parts + 1):
        yield from _products(count, length)


def _products(count: int, length: int) -> Iterator[tuple[int, ...]]:
    if length == 1:
        yield from [(count,)] if count > 1 else []
        return
    for first in range(2, count // 2 + 1):
        if count % first == 0:
            yield from ((first, *rest) for rest in _products(count // first, length - 1))
