"""The pixels of one series of an open TIFF, whole or lazy, once they were found to be there."""

from __future__ import annotations

import struct
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from bims_desktop.errors import UnreadableFile
from bims_desktop.files.damage import decoding
from bims_desktop.files.guard import MIB, Budget
from bims_desktop.files.lazy import Array, Pages, by_plane, frozen
from bims_desktop.model.image import Pixels

LAZY_FROM = 256 * MIB


def choose(tiff: Any, number: int | None, path: Path) -> tuple[Any, int]:
    """Series `number`, or the first that has pixels, and its number.

    Raises
    ------
    UnreadableFile
        There is none such.
    """
    with decoding(path):
        every = list(tiff.series)
    wanted = [n for n, series in enumerate(every) if series.size and series.shape and (number is None or n == number)]
    if not wanted:
        which = "no image" if number is None else f"no series {number} (it has {len(every)})"
        raise UnreadableFile(f"{path.name} holds {which}.", "Choose another file or series.")
    return every[wanted[0]], wanted[0]


def check(tiff: Any, series: Any, path: Path, budget: Budget) -> None:
    """Before decoding: are the sizes within `budget`, and are all bytes there?

    Raises
    ------
    FileTooLarge
        Beyond the budget.
    UnreadableFile
        Pages or bytes are missing, or it points at files outside of its folder.
    """
    with decoding(path):
        size = tiff.filehandle.size
        decoded, contiguous, page = series.nbytes, series.dataoffset, series.keyframe
        # A tile may be far larger than the plane that it is cut to.
        plane = max(page.nbytes, prod(page.chunks) * page.dtype.itemsize)
        ends = max(_chain_end(tiff), 0 if contiguous is None else contiguous + decoded)
    budget.check_pixels(path.name, decoded=decoded, stored=_stored(series, size))
    if contiguous is None:
        budget.check_plane(path.name, plane)
        with decoding(path):
            ends = max(ends, *(_page_end(page, path) for page in series))
    if planes_missing(tiff, series) and len(tiff.pages) == 1 and size >= ends + plane:
        # ImageJ writes one page for all planes beyond 4 GiB: such a file was cut within its planes.
        raise UnreadableFile(f"{path.name} ends within its planes.", "Copy it again from its source.")
    if ends > size and not series.is_multifile:
        raise UnreadableFile(
            f"{path.name} ends too early: {ends} bytes are needed and it has {size}.", "Copy it again from its source."
        )


def planes_missing(tiff: Any, series: Any) -> int:
    """How many of the planes that ImageJ's metadata promise `series` lacks."""
    if not tiff.is_imagej:
        return 0
    promised = int((tiff.imagej_metadata or {}).get("images", 1))
    return max(0, promised - int(series.size // series.keyframe.size))


def _stored(series: Any, size: int) -> int:
    return sum(page.parent.filehandle.size for page in series if page) if series.is_multifile else size


def _page_end(page: Any, path: Path) -> int:
    if page is None:
        raise UnreadableFile(
            f"{path.name} lacks planes that its metadata promise.", "Copy it again, with all its parts."
        )
    if Path(page.parent.filehandle.path).resolve().parent != path.resolve().parent:
        raise UnreadableFile(f"{path.name} refers to a file in another folder.", "Put its parts into one folder.")
    ends = (offset + count for offset, count in zip(page.dataoffsets, page.databytecounts, strict=False))
    return max(ends, default=0)


def _chain_end(tiff: Any) -> int:
    """End of the chain of pages; beyond the file where a pointer to the next page leads there."""
    form, last, handle = tiff.tiff, tiff.pages[-1], tiff.filehandle
    handle.seek(last.offset)
    (tags,) = struct.unpack(form.tagnoformat, handle.read(form.tagnosize))
    handle.seek(last.offset + form.tagnosize + tags * form.tagsize)
    pointer = handle.read(form.offsetsize)
    if len(pointer) < form.offsetsize:
        return int(handle.size) + 1
    (following,) = struct.unpack(form.offsetformat, pointer)
    return int(following)


def pixels(tiff: Any, series: Any, path: Path) -> tuple[Pixels, bool]:
    """All samples of `series` along its own axes, and whether they are read through `tiff` for as long as they live.

    Up to 256 MiB decoded they are loaded. Above, they are memory-mapped where they stand
    uncompressed in one run, or a Dask array of one chunk a plane.
    """
    if series.nbytes <= LAZY_FROM:
        return _loaded(series, path), False
    if series.dataoffset is not None and not series.is_multifile and series.transform is None:
        dtype = series.dtype.newbyteorder(tiff.byteorder)
        return np.memmap(path, dtype, "r", series.dataoffset, tuple(series.shape)), False
    leading = _leading(series)
    if leading is None or series.transform is not None:
        return _loaded(series, path), False
    lazy: Pixels = by_plane(_pages(series, leading, path), leading)
    return lazy, True


def _loaded(series: Any, path: Path) -> Array:
    with decoding(path):
        array = np.asarray(series.asarray())
    if array.shape != tuple(series.shape):
        raise UnreadableFile(f"{path.name} holds fewer pixels than its metadata promise.", "Copy it again.")
    return frozen(array.astype(array.dtype.newbyteorder("="), copy=False))


def _leading(series: Any) -> int | None:
    for leading in range(len(series.shape) - 1):
        if prod(series.shape[:leading]) == len(series) and prod(series.shape[leading:]) == series.keyframe.size:
            return leading
    return None


def _pages(series: Any, leading: int, path: Path) -> Pages:
    series.parent.filehandle.set_lock(True)

    def read(number: int) -> Array:
        with decoding(path):
            page: Array = series[number].asarray().reshape(series.shape[leading:])
        return page

    return Pages(read, tuple(series.shape), leading, series.dtype.newbyteorder("="))
