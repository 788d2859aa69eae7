"""The values that a threshold is found from, and the mask above it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeAlias

import numpy as np

from bims_desktop.errors import OperationFailed
from bims_desktop.model.image import Image
from bims_desktop.operations.planes import Planes, each_by_planes
from bims_desktop.operations.regions import Array, Region, each, one
from bims_desktop.operations.running import empty
from bims_desktop.operations.spec import Found

# Histograms count every integer between the extremes; beyond this the counts fill the memory.
WIDEST = 2**24
# How many values lie in each bin, and the middles of the bins.
Counts: TypeAlias = tuple[Array, Array]


def above(image: Image, axes: Region, find: Callable[[Array], float]) -> Found:
    """Mask of what is strictly greater than the threshold found in each region, and the thresholds."""
    mask = empty(image.shape, bool)
    thresholds = []
    for index, region in each(image, axes):
        found = find_threshold(region, find)
        np.greater(region, found, out=mask[index])
        thresholds.append(found)
    return Found(image.with_pixels(mask, "mask"), {"threshold": one(thresholds)})


def above_counts(image: Image, axes: Region, nbins: int, find: Callable[[Counts], float]) -> Found:
    """As `above`, where `find` needs no more than the histogram: planes are read one by one."""
    mask = empty(image.shape, bool)
    thresholds = []
    for planes in each_by_planes(image, axes, 3):
        low, high, counts = counted(planes, nbins)
        found = low.item() if low == high else _found(partial(find, counts))
        for index, plane in planes:
            np.greater(plane, found, out=mask[index])
        thresholds.append(found)
    return Found(image.with_pixels(mask, "mask"), {"threshold": one(thresholds)})


def find_threshold(region: Array, find: Callable[[Array], float]) -> float:
    """What `find` makes of the finite values of a region.

    Raises
    ------
    OperationFailed
        There are none, they are too far apart to be counted, or no threshold comes of them.
    """
    values = finite_values(region)
    _check_span(values.min(), values.max())
    if values.min() == values.max():
        equal: float = values[0].item()
        return equal
    return _found(partial(find, values))


def _found(find: Callable[[], float]) -> float:
    try:
        found: float = np.asarray(find()).item()
    except (ValueError, IndexError) as error:
        raise OperationFailed(f"No threshold was found: {error}.", "Choose other parameters.") from error
    if not np.isfinite(found):
        raise OperationFailed("The threshold came out as no finite number.", "Choose another method.")
    return found


def finite_values(region: Array) -> Array:
    """The finite values of a region, Booleans as 0 and 1.

    Raises
    ------
    OperationFailed
        There are none.
    """
    values = _finite(region)
    if not values.size:
        raise OperationFailed("The image has no finite pixel to threshold.", "Look at the image for NaN.")
    return values


def counted(planes: Planes, nbins: int, dtype: np.dtype[Any] | None = None) -> tuple[Any, Any, Counts]:
    """Least and greatest finite value, and the histogram that `skimage.exposure.histogram` makes of all of them.

    They are counted in `dtype`, or in their own; integers have one bin a value. The planes are gone through twice.

    Raises
    ------
    OperationFailed
        There are none, or they are too far apart to be counted.
    """
    extremes = []
    for _, plane in planes:
        if (values := _finite(plane, dtype)).size:
            extremes += [values.min(), values.max()]
    if not extremes:
        raise OperationFailed("The image has no finite pixel to threshold.", "Look at the image for NaN.")
    low, high = min(extremes), max(extremes)
    _check_span(low, high)
    if low.dtype.kind == "f":
        return low, high, _counted_apart(planes, nbins, (low, high), dtype)
    return low, high, _counted_each(planes, int(low), int(high))


def _counted_each(planes: Planes, low: int, high: int) -> Counts:
    centers = np.arange(low, high + 1)
    counts = np.zeros(centers.size, np.int64)
    for _, plane in planes:
        counts += np.bincount(_finite(plane).astype(np.int64) - low, minlength=centers.size)
    return counts, centers


def _counted_apart(planes: Planes, nbins: int, span: tuple[Any, Any], dtype: np.dtype[Any] | None) -> Counts:
    counts, edges = np.zeros(nbins, np.int64), np.zeros(nbins + 1)
    for _, plane in planes:
        try:
            more, edges = np.histogram(_finite(plane, dtype), nbins, span)
        except ValueError as error:
            raise OperationFailed(f"No threshold was found: {error}.", "Choose other parameters.") from error
        counts += more
    return counts, (edges[:-1] + edges[1:]) / 2.0


def _finite(region: Array, dtype: np.dtype[Any] | None = None) -> Array:
    values = region[np.isfinite(region)] if region.dtype.kind == "f" else region.ravel()
    return values.astype(dtype or (np.uint8 if values.dtype.kind == "b" else values.dtype), copy=False)


def _check_span(low: Any, high: Any) -> None:
    if low.dtype.kind in "iu" and int(high) - int(low) >= WIDEST:
        raise OperationFailed("The image's integers are too far apart to be counted.", "Rescale it, or use float32.")
