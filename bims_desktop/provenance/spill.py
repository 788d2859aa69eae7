"""`Spill`: pixels on disk instead of in memory, in files without a name."""

from __future__ import annotations

import os
import tempfile
from math import prod
from pathlib import Path
from threading import Lock
from typing import IO, Any

import numpy as np

from bims_desktop.errors import SaveFailed

Array = np.ndarray[Any, Any]
LARGE = 4
SEGMENT = 1 << 30
"""Bytes of one file: each map holds a file descriptor, and a session may have thousands of versions."""
_ALIGNED = 4096


class Spill:
    """Where a session keeps pixels that do not fit its memory.

    The files have no name: the disk has their room back once the last array over them is gone, after a
    crash too. Room is taken before anything is written, so that a full disk is an error and never a signal.

    Parameters
    ----------
    folder : Path
        On the disk to be used; made once it is needed.
    budget : int
        Bytes that the memory may take; a new array above a part of it (`LARGE`) is made on disk.
    """

    def __init__(self, folder: Path, budget: int) -> None:
        self.folder = folder
        self.allow(budget)
        self._lock = Lock()
        self._file: IO[bytes] | None = None
        self._map: Array = np.empty(0, np.uint8)
        self._used = 0

    def allow(self, budget: int) -> None:
        """Let the memory take `budget` bytes from now on."""
        self.large = budget // LARGE

    def empty(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
        """A new array to be written to: on disk where it is large, in memory otherwise.

        Raises
        ------
        SaveFailed
            The disk has no room for it.
        """
        size = prod(shape) * dtype.itemsize
        if size <= self.large:
            return np.empty(shape, dtype)
        try:
            with self._new(size) as file:
                os.posix_fallocate(file.fileno(), 0, size)
                return np.memmap(file, dtype, "r+", shape=shape)
        except OSError as error:
            raise self._full(size, error) from error

    def put(self, array: Array) -> Array:
        """A read-only copy of `array` on disk.

        Raises
        ------
        SaveFailed
            The disk has no room for it; `array` is what it was.
        """
        with self._lock:
            try:
                return self._put(array)
            except OSError as error:
                raise self._full(array.nbytes, error) from error

    def close(self) -> None:
        """Take nothing more; what was put can be read for as long as it is held."""
        with self._lock:
            if self._file is not None:
                self._file.close()
            self._file, self._map, self._used = None, np.empty(0, np.uint8), 0

    def _put(self, array: Array) -> Array:
        if self._file is None or self._used + array.nbytes > self._map.size:
            self._begin(max(SEGMENT, array.nbytes))
        assert self._file is not None
        start = self._used
        os.posix_fallocate(self._file.fileno(), start, array.nbytes)
        self._file.seek(start)
        for piece in array:
            self._file.write(np.ascontiguousarray(piece).data)
        self._file.flush()
        self._used = -(-(start + array.nbytes) // _ALIGNED) * _ALIGNED
        return self._map[start : start + array.nbytes].view(array.dtype).reshape(array.shape)

    def _begin(self, size: int) -> None:
        if self._file is not None:
            self._file.close()
        self._file = self._new(size)
        self._map, self._used = np.memmap(self._file, np.uint8, "r", shape=(size,)), 0

    def _new(self, size: int) -> IO[bytes]:
        self.folder.mkdir(parents=True, exist_ok=True)
        file = tempfile.TemporaryFile(dir=self.folder)  # noqa: SIM115  whoever asked for it closes it
        os.truncate(file.fileno(), size)
        return file

    def _full(self, size: int, error: OSError) -> SaveFailed:
        return SaveFailed(
            f"{size / 1e6:.0f} MB of pixels do not fit on the disk of {self.folder}: {error.strerror or error}.",
            "Free some space and do it again; what was there is still there.",
        )
