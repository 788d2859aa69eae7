"""What surrounds the operation that runs now, without passing it through every function.

Progress and cancel, and where results too large for the memory go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Event
from typing import Any

import numpy as np

from bims_desktop.errors import Cancelled
from bims_desktop.model.mapped import mapping_of, release

Array = np.ndarray[Any, Any]
Report = Callable[[float], None]
Allocate = Callable[[tuple[int, ...], np.dtype[Any]], Array]


def new_array(shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
    """An array in memory."""
    return np.empty(shape, dtype)


_current: ContextVar[tuple[Report, Event] | None] = ContextVar("running", default=None)
_allocate: ContextVar[Allocate] = ContextVar("allocate", default=new_array)
_mapped: ContextVar[dict[int, object] | None] = ContextVar("mapped", default=None)


@contextmanager
def monitored(report: Report, cancel: Event) -> Iterator[None]:
    """Send progress (0 to 1) of what runs inside to `report`; stop it once `cancel` is set."""
    token = _current.set((report, cancel))
    try:
        yield
    finally:
        _current.reset(token)


@contextmanager
def storing(allocate: Allocate) -> Iterator[None]:
    """Make the results of what runs inside by `allocate`, from shape and dtype: in memory or on disk."""
    tokens = _allocate.set(allocate), _mapped.set({})
    try:
        yield
        _let_go()
    finally:
        _allocate.reset(tokens[0])
        _mapped.reset(tokens[1])


def empty(shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
    """A new array for a result that is written region by region; on disk where it is large."""
    result = _allocate.get()(shape, dtype)
    passing(result)
    return result


def passing(pixels: object) -> None:
    """Say that `pixels` are gone through region by region: none of it has to stay in memory between two of them."""
    known = _mapped.get()
    if known is not None and (found := mapping_of(pixels)) is not None:
        known.setdefault(id(found), found)


def tick(fraction: float) -> None:
    """Tell how far the work is, between two regions.

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
    report(fraction)


def _let_go() -> None:
    for pixels in (_mapped.get() or {}).values():
        release(pixels)
