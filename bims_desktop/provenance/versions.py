"""Data versions: pixels or a table as they were after an action, read-only, with their digest."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from bims_desktop.errors import BadParameter
from bims_desktop.model.digest import DTYPES, pixel_digest
from bims_desktop.model.image import Image
from bims_desktop.model.table import Table, table_digest

Value = Image | Table


@dataclass(frozen=True, slots=True, eq=False)
class Version:
    """One version: its value, the action that wrote it, the name it was born with."""

    number: int
    value: Value
    writer: int
    name: str
    digest: Future[str]


class Versions:
    """All versions of a session; their SHA-256 digests are computed beside the work."""

    def __init__(self) -> None:
        self._versions: dict[int, Version] = {}
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="version-digest")
        self._last = 0

    def reserve(self, count: int) -> tuple[int, ...]:
        """The next `count` running numbers."""
        first = self._last + 1
        self._last += count
        return tuple(range(first, self._last + 1))

    def add(self, number: int, value: Value, writer: int, name: str, digest: str = "") -> Version:
        """Keep `value` as version `number`, read-only from now on; a known `digest` is believed."""
        freeze(value)
        future: Future[str] = Future()
        if digest:
            future.set_result(digest)
        else:
            future = self._pool.submit(partial(value_digest, value))
        version = Version(number, value, writer, name, future)
        self._versions[number] = version
        self._last = max(self._last, number)
        return version

    def __getitem__(self, number: int) -> Version:
        return self._versions[number]

    def __contains__(self, number: int) -> bool:
        return number in self._versions

    def __len__(self) -> int:
        return len(self._versions)

    @property
    def last(self) -> int:
        """The highest number given so far."""
        return self._last

    @property
    def nbytes(self) -> int:
        """Bytes that the versions hold in memory, each shared array once."""
        arrays = {id(a): a.nbytes for v in self._versions.values() for a in _arrays(v.value)}
        return sum(arrays.values())

    def close(self) -> None:
        self._pool.shutdown()


def value_digest(value: Value) -> str:
    """`bims-pix-1` of an image, `bims-tab-1` of a table."""
    return pixel_digest(value) if isinstance(value, Image) else table_digest(value)


def check(value: Value) -> None:
    """Refuse pixels of a type that no file and no digest can hold.

    Raises
    ------
    BadParameter
        Integers of 64 bits, for instance.
    """
    if isinstance(value, Image) and value.dtype.name not in DTYPES:
        raise BadParameter(
            f"Pixels of type {value.dtype} cannot be recorded.", f"Convert them to one of {', '.join(DTYPES)}."
        )


def detached(image: Image) -> Image:
    """`image`, its pixels copied where they are a view of an array that somebody else can still write to."""
    base = image.pixels.base if isinstance(image.pixels, np.ndarray) else None
    return image.with_pixels(image.array().copy()) if isinstance(base, np.ndarray) and base.flags.writeable else image


def freeze(value: Value) -> None:
    """Set the arrays of `value` read-only."""
    for array in _arrays(value):
        array.setflags(write=False)


def _arrays(value: Value) -> list[np.ndarray[Any, Any]]:
    found = value.columns.values() if isinstance(value, Table) else [value.pixels]
    return [array for array in found if isinstance(array, np.ndarray)]
