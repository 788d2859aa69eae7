"""Pixels that stay on disk: planes read when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import numpy as np

from bims_desktop.model.image import Pixels

Array = np.ndarray[Any, Any]


class Pages:
    """An array over pages of a file, each index of the leading axes one page.

    Parameters
    ----------
    read : callable
        Gives page `number` as an array of the shape `shape[leading:]`.
    shape : tuple of int
        Shape of the whole.
    leading : int
        How many of its axes run over pages.
    dtype : numpy.dtype
        Of each page.
    """

    def __init__(
        self, read: Callable[[int], Array], shape: tuple[int, ...], leading: int, dtype: np.dtype[Any]
    ) -> None:
        self._read = read
        self._leading = leading
        self.shape = shape
        self.dtype = dtype
        self.ndim = len(shape)

    def __getitem__(self, key: tuple[slice | int, ...]) -> Array:
        """Whole slices and single indices, as Dask asks for them."""
        slices = tuple(one if isinstance(one, slice) else slice(one, one + 1) for one in key)
        wanted = [range(*one.indices(size)) for one, size in zip(slices, self.shape, strict=True)]
        lengths = tuple(map(len, wanted))
        inner = slices[self._leading :]
        block = np.empty(lengths, self.dtype)
        for place, index in zip(np.ndindex(lengths[: self._leading]), product(*wanted[: self._leading]), strict=True):
            number = int(np.ravel_multi_index(index, self.shape[: self._leading])) if index else 0
            block[place] = self._read(number)[inner]
        return block[tuple(slice(None) if isinstance(one, slice) else 0 for one in key)]


def by_plane(pixels: Any, leading: int) -> Any:
    """`pixels` as a Dask array, one chunk for each index of the leading axes."""
    import dask.array as da  # slow to import, and few images need it

    chunks = (1,) * leading + tuple(pixels.shape[leading:])
    return da.from_array(  # type: ignore[no-untyped-call]
        pixels, chunks=chunks, name=False, fancy=False, meta=np.empty((0,) * pixels.ndim, pixels.dtype)
    )


def converted(pixels: Pixels, convert: Callable[[Array], Array], dtype: str) -> Pixels:
    """`convert` applied to `pixels`: now where they are in memory, plane by plane where they are not."""
    if isinstance(pixels, np.ndarray) and not isinstance(pixels, np.memmap):
        return frozen(convert(pixels))
    lazy: Any = by_plane(pixels, max(pixels.ndim - 2, 0)) if isinstance(pixels, np.memmap) else pixels
    result: Pixels = lazy.map_blocks(convert, dtype=dtype)
    return result


def frozen(array: Array) -> Array:
    """`array`, set read-only."""
    array.setflags(write=False)
    return array


def pieces(pixels: Pixels) -> Iterator[Array]:
    """`pixels` piece by piece, each no larger than what one index of the first axes holds."""
    for index in np.ndindex(pixels.shape[: max(pixels.ndim - 3, 0)]):
        yield np.asarray(pixels[index])
