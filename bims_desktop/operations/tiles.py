"""Cut a region into overlapping tiles, so that a long filter can be stopped, and tells how far it is."""

from __future__ import annotations

from itertools import product
from math import isqrt, prod
from typing import Any, NamedTuple

import numpy as np

# Pixels that a tile may look at in all: a few tenths of a second.
WORK = 2**26
# Of its own pixels a tile is at least so many reaches wide, so that overlaps cost no more than what they enclose.
WIDEST = 8
# How much longer the median of values takes than their sum.
SORTING = 8

Slices = tuple[slice, ...]


class Local(NamedTuple):
    """How far along each axis a result pixel looks, and at how many pixels.

    Only a function that gives every pixel the same whatever lies beyond, to the last bit, may say so:
    no running sum, no greatest value of the whole, no border filled from the opposite side.
    """

    reach: int
    work: int


class Tile(NamedTuple):
    """Where a tile lies in the region, what of the region it sees, and where within that it lies."""

    place: Slices
    seen: Slices
    inside: Slices


def gaussian_local(sigma: float, truncate: float, mode: str, ndim: int) -> Local | None:
    """How far `scipy.ndimage.gaussian_filter` looks, one axis after another."""
    reach = int(truncate * sigma + 0.5)
    return None if mode == "wrap" else Local(reach, ndim * (2 * reach + 1))


def footprint_local(footprint: np.ndarray[Any, Any], mode: str, passes: int = 1, cost: int = 1) -> Local | None:
    """How far `passes` filters over one neighbourhood look; one of its pixels takes `cost` times as long as a sum."""
    reach = max(footprint.shape) // 2 * passes
    return None if mode == "wrap" else Local(reach, footprint.size * passes * cost)


def tiles(shape: tuple[int, ...], local: Local | None) -> list[Tile]:
    """The tiles of a region; the whole of it where nothing is `local`.

    Volumes are cut along Y and X alone. A tile ends where the region does, so that borders are filled as
    they are in the whole.

    Examples
    --------
    >>> [tile.seen for tile in tiles((1, 5000), Local(3, WORK // 4000))][1]
    (slice(0, 1, None), slice(60, 129, None))
    """
    whole = tuple(slice(0, size) for size in shape)
    if local is None or 0 in shape:
        return [Tile(whole, whole, whole)]
    side = max(1, WIDEST * local.reach, isqrt(WORK // max(1, local.work * prod(shape[:-2]))))
    ends = [_cut(size, side, local.reach) for size in shape[-2:]]
    before = whole[:-2]
    return [Tile(*((*before, *pair) for pair in zip(*pairs, strict=True))) for pairs in product(*ends)]


def _cut(size: int, side: int, reach: int) -> list[tuple[slice, slice, slice]]:
    found = []
    for start in range(0, size, side):
        stop = min(size, start + side)
        first = max(0, start - reach)
        seen = slice(first, min(size, stop + reach))
        found.append((slice(start, stop), seen, slice(start - first, stop - first)))
    return found
