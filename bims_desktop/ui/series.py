"""`Series`: the same work on several things, one after the other, as one job."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QObject, QTimer

from bims_desktop.operations.running import monitored, tick
from bims_desktop.ui.jobs import Job

GRACE_MS = 300


class Series(Job):
    """A job of several parts; `done` holds the results of those that ended, also where a later one failed.

    A part that does not notice soon that it was cancelled is not waited for.

    Parameters
    ----------
    title : str
        What is being done, as the person reads it.
    parts : sequence of callable
        Each does one part and gives its result.
    """

    def __init__(self, title: str, parts: Sequence[Callable[[], Any]], parent: QObject) -> None:
        super().__init__(title, lambda: None, parent)
        self.dispensable = self.result_counts = True
        self._parts = parts
        self.done: list[Any] = []

    @property
    def count(self) -> int:
        """Of parts."""
        return len(self._parts)

    @property
    def label(self) -> str:
        now = min(len(self.done) + 1, self.count)
        return f"{self.title}, {now} of {self.count}" if self.count > 1 else self.title

    def cancel(self) -> None:
        """Stop at the next step; where that is far away, leave the thread to itself (in the GUI thread)."""
        super().cancel()
        QTimer.singleShot(GRACE_MS, self, self.let_go)

    def perform(self) -> list[Any]:
        with monitored(self._share, self.cancelled):
            for part in self._parts:
                tick(0)
                self.done.append(part())
        return self.done

    def _share(self, fraction: float) -> None:
        """Tell how far the whole is when its present part is at `fraction`."""
        self.report((len(self.done) + fraction) / self.count)
