"""Data versions: pixels or a table as they were after an action, read-only, with their digest."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from pathlib import Path
from threading import RLock
from typing import Any

import numpy as np

from bims_desktop.errors import BadParameter
from bims_desktop.model.digest import DTYPES, pixel_digest
from bims_desktop.model.image import Image
from bims_desktop.model.mapped import mapping_of
from bims_desktop.model.table import Table, table_digest
from bims_desktop.provenance.budget import memory_budget
from bims_desktop.provenance.spill import Spill

Array = np.ndarray[Any, Any]
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
    """All versions of a session; their SHA-256 digests are computed beside the work.

    Beyond the budget those that were asked for least recently go to disk and are read from there, mapped and
    read-only; their digests stay. All methods may be called from any thread.

    Parameters
    ----------
    folder : Path
        On the disk that takes what memory does not.
    budget : int, optional
        Bytes of pixels in memory, by default those of `memory_budget`.
    """

    def __init__(self, folder: Path, budget: int | None = None) -> None:
        self.budget = memory_budget() if budget is None else budget
        self._versions: dict[int, Version] = {}
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="version-digest")
        self._last = 0
        self._spill = Spill(folder, self.budget)
        self._used: dict[int, int] = {}
        self._clock = count()
        self._lock = RLock()
        self._door = RLock()

    def reserve(self, count: int) -> tuple[int, ...]:
        """The next `count` running numbers."""
        first = self._last + 1
        self._last += count
        return tuple(range(first, self._last + 1))

    def empty(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
        """A new array for a result: on disk where it would take a large part of the budget; see `Spill.empty`.

        Raises
        ------
        SaveFailed
            The disk has no room for it.
        """
        return self._spill.empty(shape, dtype)

    def admit(self, values: Sequence[Value], shown: Collection[int] = ()) -> list[Value]:
        """Make room for `values`, and give them back; on disk where they do not fit.

        Parameters
        ----------
        values : sequence of Image or Table
            What is about to become versions.
        shown : collection of int
            Versions on layers: they go last, since somebody looks at them.

        Raises
        ------
        SaveFailed
            The disk is full; everything is as it was.
        """
        coming = sum({id(a): a.nbytes for v in values for a in _in_memory(v)}.values())
        with self._door:  # not the lock: others shall read and count while this writes
            while self.nbytes + coming > self.budget and (oldest := self._oldest(shown)) is not None:
                self._move(oldest, self._spill.put(oldest))
            if coming <= self.budget:
                return list(values)
            return [self._on_disk(value) for value in values]

    def allow(self, budget: int, shown: Collection[int] = ()) -> None:
        """Let pixels take `budget` bytes of memory from now on; what is beyond goes to disk, see `admit`.

        Raises
        ------
        SaveFailed
            The disk is full; the budget holds for what comes.
        """
        self.budget = budget
        self._spill.allow(budget)
        self.admit((), shown)

    def add(self, number: int, value: Value, writer: int, name: str, digest: str = "") -> Version:
        """Keep `value` as version `number`, read-only from now on; a known `digest` is believed."""
        freeze(value)
        future: Future[str] = Future()
        if digest:
            future.set_result(digest)
        else:
            future = self._pool.submit(partial(value_digest, value))
        version = Version(number, value, writer, name, future)
        with self._lock:
            self._versions[number] = version
            self._used[number] = next(self._clock)
            self._last = max(self._last, number)
        return version

    def __getitem__(self, number: int) -> Version:
        with self._lock:
            version = self._versions[number]
            self._used[number] = next(self._clock)
        return version

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
        return sum({id(a): a.nbytes for v in self._all() for a in _in_memory(v.value)}.values())

    @property
    def spilled(self) -> int:
        """Bytes that this session's own files hold on disk in place of memory, each shared array once."""
        return sum({id(a): a.nbytes for v in self._all() for a in _arrays(v.value) if _is_spilled(a)}.values())

    def close(self) -> None:
        self._pool.shutdown()
        self._spill.close()

    def _all(self) -> list[Version]:
        with self._lock:
            return list(self._versions.values())

    def _oldest(self, shown: Collection[int]) -> Array | None:
        """The pixels in memory that were asked for least recently."""
        last: dict[int, tuple[bool, int]] = {}
        arrays: dict[int, Array] = {}
        for version in self._all():
            for array in _in_memory(version.value) if isinstance(version.value, Image) else ():
                arrays[id(array)] = array
                used = (version.number in shown, self._used[version.number])
                last[id(array)] = max(used, last.get(id(array), used))
        return arrays[min(last, key=last.__getitem__)] if last else None

    def _move(self, pixels: Array, stored: Array) -> None:
        with self._lock:
            for number, version in self._versions.items():
                if isinstance(version.value, Image) and version.value.pixels is pixels:
                    self._versions[number] = replace(version, value=version.value.with_pixels(stored))

    def _on_disk(self, value: Value) -> Value:
        arrays = _in_memory(value)
        return value.with_pixels(self._spill.put(arrays[0])) if isinstance(value, Image) and arrays else value


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


def _arrays(value: Value) -> list[Array]:
    found = value.columns.values() if isinstance(value, Table) else [value.pixels]
    return [array for array in found if isinstance(array, np.ndarray)]


def _in_memory(value: Value) -> list[Array]:
    return [array for array in _arrays(value) if array.nbytes and mapping_of(array) is None]


def _is_spilled(array: Array) -> bool:
    # The files of a spill have no name; those that a person opened have.
    mapping = mapping_of(array)
    return mapping is not None and mapping.filename is None
