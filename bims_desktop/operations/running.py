"""Progress and cancel of the operation that runs now, without passing them through every function."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Event

from bims_desktop.errors import Cancelled

Report = Callable[[float], None]
_current: ContextVar[tuple[Report, Event] | None] = ContextVar("running", default=None)


@contextmanager
def monitored(report: Report, cancel: Event) -> Iterator[None]:
    """Send progress (0 to 1) of what runs inside to `report`; stop it once `cancel` is set."""
    token = _current.set((report, cancel))
    try:
        yield
    finally:
        _current.reset(token)


def tick(fraction: float) -> None:
    """Tell how far the work is.

    Raises
    ------
    Cancelled
        The user asked it to stop.
    """
    if (current := _current.get()) is None:
        return
    report, cancel = current
    if cancel.is_set():
        raise Cancelled("The operation was cancelled.", "Nothing was changed.")
    report(fraction)
