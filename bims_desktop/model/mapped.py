"""Pixels mapped from a file: told apart from pixels in memory, and let go between uses."""

from __future__ import annotations

import mmap
from typing import Any

import numpy as np


def mapping_of(pixels: object) -> np.memmap[Any, Any] | None:
    """The memory map whose samples `pixels` are, as a whole or as a view; None where they are in memory.

    Examples
    --------
    >>> mapping_of(np.zeros(3)) is None
    True
    """
    while isinstance(pixels, np.ndarray):
        # A copy of a map keeps its type, and nothing of the file.
        if isinstance(pixels, np.memmap) and isinstance(_root(pixels), mmap.mmap):
            return pixels
        pixels = pixels.base
    return None


def release(pixels: object) -> None:
    """Give the resident pages of mapped `pixels` back; what was written stays in the file, what is read comes again.

    Without it the resident memory of a pass over a file grows to the size of that file. Pixels in memory,
    and maps whose changes are private, are left alone.
    """
    found = mapping_of(pixels)
    if found is not None and found.mode != "c":
        _root(found).madvise(mmap.MADV_DONTNEED)


def _root(array: np.ndarray[Any, Any]) -> Any:
    base: Any = array
    while isinstance(base, np.ndarray):
        base = base.base
    return base
