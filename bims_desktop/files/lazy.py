"""Pixels that stay on disk: planes read when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from math import prod
from typing import Any

import numpy as np

from bims_desktop.model.image import Pixels
from bims_desktop.model.mapped import release

Array = np.ndarray[Any, Any]
PIECE = 1 << 24
SAMPLES = 4
"""A last axis as short as this may be the samples of a colour."""


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
        indices = list(product(*wanted[: self._leading]))
        if len(indices) == 1:
            block = self._part(indices[0], inner).reshape(lengths)
        else:
            block = np.empty(lengths, self.dtype)
            for place, index in zip(np.ndindex(lengths[: self._leading]), indices, strict=True):
                block[place] = self._part(index, inner)
        return block[tuple(slice(None) if isinstance(one, slice) else 0 for one in key)]

    def _part(self, index: tuple[int, ...], inner: tuple[slice, ...]) -> Array:
        number = int(np.ravel_multi_index(index, self.shape[: self._leading])) if index else 0
        page = self._read(number).astype(self.dtype, copy=False)
        # A view would keep the whole page in memory for as long as anybody holds a few rows of it.
        return page if page[inner].size == page.size and _forwards(inner) else page[inner].copy()


def _forwards(slices: tuple[slice, ...]) -> bool:
    return all(one.step in (None, 1) for one in slices)


class Copied:
    """A mapped array of which every part that is asked for is copied out, so that none of it stays resident.

    Parameters
    ----------
    pixels : numpy.memmap
        Read-only.
    """

    def __init__(self, pixels: np.memmap[Any, Any]) -> None:
        self._pixels = pixels
        self.shape = pixels.shape
        self.dtype = pixels.dtype
        self.ndim = pixels.ndim

    def __getitem__(self, key: tuple[slice | int, ...]) -> Array:
        part = np.array(self._pixels[key])
        release(self._pixels)
        return part


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
    lazy: Any = by_plane(Copied(pixels), max(pixels.ndim - 2, 0)) if isinstance(pixels, np.memmap) else pixels
    result: Pixels = lazy.map_blocks(convert, dtype=dtype)
    return result


def frozen(array: Array) -> Array:
    """`array`, set read-only."""
    array.setflags(write=False)
    return array


def pieces(pixels: Pixels) -> Iterator[Array]:
    """`pixels` piece by piece, each as much as fits `PIECE`, and never less than a plane."""
    planes = max(pixels.ndim - (3 if pixels.shape[-1] <= SAMPLES else 2), 0)
    fits = (n for n in range(planes) if prod(pixels.shape[n:]) * pixels.dtype.itemsize <= PIECE)
    for index in np.ndindex(pixels.shape[: next(fits, planes)]):
        yield np.asarray(pixels[index])
        release(pixels)
