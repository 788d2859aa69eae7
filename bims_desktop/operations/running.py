"""What surrounds the operation that runs now, without passing it through every function.

Progress and cancel, and where results too large for the memory go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import count
from threading import Event
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from bims_desktop.errors import Cancelled
from bims_desktop.model.mapped import mapping_of, release

Array = np.ndarray[Any, Any]
Report = Callable[[float], None]
Allocate = Callable[[tuple[int, ...], np.dtype[Any]], Array]


def new_array(shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
    """An array in memory."""
    return np.empty(shape, dtype)


_current: ContextVar[tuple[Report, Event] | None] = ContextVar("running", default=None)
_stretch: ContextVar[tuple[float, float]] = ContextVar("stretch", default=(0.0, 1.0))
_allocate: ContextVar[Allocate] = ContextVar("allocate", default=new_array)
_made: ContextVar[list[Array] | None] = ContextVar("made", default=None)


@contextmanager
def monitored(report: Report, cancel: Event) -> Iterator[None]:
    """Send progress (0 to 1) of what runs inside to `report`; stop it once `cancel` is set."""
    token = _current.set((report, cancel))
    try:
        yield
    finally:
        _current.reset(token)


@contextmanager
def stretch(start: float, end: float) -> Iterator[None]:
    """Let the progress of what runs inside go from `start` to `end` of that of what surrounds it."""
    low, width = _stretch.get()
    token = _stretch.set((low + width * start, width * (end - start)))
    try:
        yield
    finally:
        _stretch.reset(token)


@contextmanager
def storing(allocate: Allocate) -> Iterator[None]:
    """Make the results of what runs inside by `allocate`, from shape and dtype: in memory or on disk."""
    tokens = _allocate.set(allocate), _made.set([])
    try:
        yield
        _let_go()
    finally:
        _allocate.reset(tokens[0])
        _made.reset(tokens[1])


def empty(shape: tuple[int, ...], dtype: DTypeLike) -> Array:
    """A new array for a result that is written region by region; on disk where it is large."""
    result = _allocate.get()(shape, np.dtype(dtype))
    if (made := _made.get()) is not None:
        made.append(result)
    return result


def zeros(shape: tuple[int, ...], dtype: DTypeLike) -> Array:
    """As `empty`, but full of zeros, as a new file is already."""
    result = empty(shape, dtype)
    if mapping_of(result) is None:
        result.fill(0)
    return result


def tick(fraction: float) -> None:
    """Tell how far the work is, between two regions or within a long one; see `stretch`.

    Raises
    ------
    Cancelled
        The user asked it to stop.
    """
    _let_go()
    if (current := _current.get()) is None:
        return
    report, cancel = current
    if cancel.is_set():
        raise Cancelled("The operation was cancelled.", "Nothing was changed.")
    start, width = _stretch.get()
    report(start + width * fraction)


def steps(total: int) -> Callable[[], None]:
    """What tells, whenever it is called, how many of `total` steps it was called for before.

    It raises as `tick` does.
    """
    done = count()
    return lambda: tick(next(done) / total)


def _let_go() -> None:
    # What was written to disk needs no memory until somebody reads it.
    for result in _made.get() or ():
        release(result)
