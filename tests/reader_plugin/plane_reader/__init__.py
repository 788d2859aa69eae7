"""Reads text of numbers: as pixels, as marks at the brightest one, and as labels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


def reader_of(path: str | list[str]) -> Callable[[str], list[Any]] | None:
    """The reader, for one file that is called as ours are."""
    return read if isinstance(path, str) and path.endswith(".plane") else None


def read(path: str) -> list[Any]:
    """Three layers, the middle one of which holds no pixels."""
    pixels = np.loadtxt(path, dtype=np.uint16, ndmin=2)
    where = {"scale": (0.5, 0.25), "units": ("um", "um")}
    brightest = np.argwhere(pixels == pixels.max())
    return [
        (pixels, {"name": "pixels", **where}, "image"),
        (brightest, {"name": "brightest", **where}, "points"),
        ((pixels > 3).astype(np.int64), {"name": "regions", **where}, "labels"),
    ]
