"""Go through the planes along an axis, reading each once, and make one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any

import numpy as np

from bims_desktop.errors import BadParameter
from bims_desktop.model.image import Image
from bims_desktop.operations.extent import without
from bims_desktop.operations.regions import Array, Index, check_axis, native, read, regions, restore, span
from bims_desktop.operations.running import empty, steps


class Column:
    """The planes along an axis at one place of the other axes, read anew whenever they are gone through."""

    def __init__(self, image: Image, place: int, index: Index, step: Callable[[], None]) -> None:
        self._image, self._place, self._index, self._step = image, place, index, step

    def __len__(self) -> int:
        return self._image.shape[self._place]

    def __iter__(self) -> Iterator[Array]:
        before, after = self._index[: self._place], self._index[self._place :]
        for number in range(len(self)):
            self._step()
            yield read(self._image, (*before, number, *after))


Reduce = Callable[[Column], Array]


def maximum(column: Column) -> Array:
    """The greatest value of each pixel; NaN wins."""
    return _folded(np.maximum, column)


def minimum(column: Column) -> Array:
    """The least value of each pixel; NaN wins."""
    return _folded(np.minimum, column)


def total(column: Column) -> Array:
    """The sum of each pixel, in float64."""
    return _added(plane.astype(np.float64) for plane in column)


def mean(column: Column) -> Array:
    """The mean of each pixel, in float64."""
    return total(column) / len(column)


def deviation(column: Column) -> Array:
    """The standard deviation of each pixel, divided by n; planes are read twice."""
    middle = mean(column)
    # Infinity less infinity is NaN in the result, where it can be seen.
    with np.errstate(invalid="ignore"):
        return np.asarray(np.sqrt(_added(np.square(plane - middle) for plane in column) / len(column)))


def median(column: Column) -> Array:
    """The median of each pixel; holds all planes."""
    return np.asarray(np.median(np.stack(list(column)), axis=0))


def _added(planes: Iterable[Array]) -> Array:
    """Their sum as `numpy.sum` along the first axis gives it: one after another."""
    waiting = iter(planes)
    first = next(waiting)
    if first.size > 1:
        return _folded(np.add, chain([first], waiting))
    # Single pixels are a row of numbers to NumPy, which it adds in pairs.
    return np.asarray(np.sum(np.stack([first, *waiting]), axis=0))


def _folded(combine: np.ufunc, planes: Iterable[Array]) -> Array:
    waiting = iter(planes)
    result = next(waiting).copy()
    with np.errstate(invalid="ignore"):
        for plane in waiting:
            combine(result, plane, out=result)
    return result


def projected(
    image: Image, axis: str, reduce: Reduce, dtype: np.dtype[Any], passes: int = 1, rows: int | None = None
) -> Image:
    """`image` without `axis`, `rows` rows at a time or all; planes are decoded once a pass."""
    check_axis(image, axis)
    if not image.size(axis):
        raise BadParameter(f"The image has no planes along {axis}.", "Choose another axis.")
    place = image.axes.index(axis)
    shape = image.shape[:place] + image.shape[place + 1 :]
    rows = rows or max(1, image.size("Y"))
    blocks = [slice(start, start + rows) for start in range(0, image.size("Y"), rows)]
    columns = [(*i, block) for i in np.ndindex(shape[: len(shape) - len(span(image, "YXS"))]) for block in blocks]
    decoded = [] if len(blocks) == 1 or isinstance(image.pixels, np.ndarray) else list(regions(image, "YXS"))
    step = steps(len(decoded) + len(columns) * image.size(axis) * passes)
    source = _decoded(image, decoded, step) if decoded else image
    result = empty(shape, dtype)
    for index in columns:
        result[index] = restore(reduce(Column(source, place, index, step)), dtype)
    return without(image, axis, result, () if axis == "C" else image.channels)


def _decoded(image: Image, planes: list[Index], step: Callable[[], None]) -> Image:
    """A copy that rows can be read from without decoding a plane for each few of them."""
    copy = empty(image.shape, native(image.dtype))
    for index in planes:
        step()
        copy[index] = read(image, index)
    return image.with_pixels(copy)
