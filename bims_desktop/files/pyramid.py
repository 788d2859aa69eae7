"""Smaller levels of a large plane, so that viewers need not decode it whole to show it.

The rule is written down in ``docs/formats/embedding.md``: equal planes have equal levels on every machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
FROM = 4096
"""Planes with a side longer than this have levels."""
LAST = 1024
"""The last level has no side longer than this."""
_ROWS = 256


def sizes(height: int, width: int) -> list[tuple[int, int]]:
    """Height and width of each level below a plane; none where it is small.

    Examples
    --------
    >>> sizes(5000, 3001), sizes(4096, 4096)
    ([(2500, 1501), (1250, 751), (625, 376)], [])
    """
    found = []
    if max(height, width) > FROM:
        while max(height, width) > LAST:
            height, width = (height + 1) // 2, (width + 1) // 2
            found.append((height, width))
    return found


def levels(plane: Array, *, nearest: bool) -> Iterator[Array]:
    """Each level of `plane` (Y, X or Y, X, S), made of the one before.

    Parameters
    ----------
    plane : array
        Of any type that OME-TIFF can hold.
    nearest : bool
        Whether the pixels are names (labels, masks), of which there is no mean.
    """
    for _ in sizes(*plane.shape[:2]):
        plane = np.ascontiguousarray(plane[::2, ::2]) if nearest else halved(plane)
        yield plane


def halved(plane: Array) -> Array:
    """Mean of every 2 x 2 pixels, those beyond an edge being those at it; NaN where one of them is.

    Summed in double precision, left to right and top to bottom; integers are rounded half to even.

    Examples
    --------
    >>> halved(np.array([[0, 1, 9], [4, 5, 4]], np.uint8))
    array([[2, 6]], dtype=uint8)
    """
    height, width = plane.shape[:2]
    result = np.empty(((height + 1) // 2, (width + 1) // 2, *plane.shape[2:]), plane.dtype)
    wide = np.complex128 if plane.dtype.kind == "c" else np.float64
    for start in range(0, height, 2 * _ROWS):
        rows = plane[start : start + 2 * _ROWS]
        edges = [(0, size % 2) for size in rows.shape[:2]] + [(0, 0)] * (plane.ndim - 2)
        even = np.pad(rows, edges, mode="edge").astype(wide)
        with np.errstate(invalid="ignore"):  # infinity less infinity is NaN, where it can be seen
            top, bottom = even[::2, ::2] + even[::2, 1::2], even[1::2, ::2] + even[1::2, 1::2]
            mean = (top + bottom) / 4
        result[start // 2 : start // 2 + len(mean)] = np.rint(mean) if plane.dtype.kind in "iu" else mean
    return result
