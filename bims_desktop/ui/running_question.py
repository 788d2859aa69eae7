"""`RunningQuestion`: asked when a window is closed while operations run whose results would be lost with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from bims_desktop.ui.question import Answer, Question
from bims_desktop.ui.words import several

if TYPE_CHECKING:
    from bims_desktop.ui import Desktop
    from bims_desktop.ui.jobs import Job

_DETAIL = "What it makes would be lost. Before the window closes it asks for everything that is not saved then."


class RunningQuestion(Question):
    """Wait for them, or stop them; it goes by itself when they end before it is answered.

    Parameters
    ----------
    desktop : Desktop
        The window.
    jobs : sequence of Job
        What runs, of which `result_counts` is true.
    go_on : callable
        Closes the window, or asks for what is not saved.
    """

    def __init__(self, desktop: Desktop, jobs: Sequence[Job], go_on: Callable[[], None]) -> None:
        self._desktop, self._jobs, self._go_on = desktop, jobs, go_on
        stop = Answer("Stop and close", "Stop what runs, ask for what is not saved, and close the window.", self._stop)
        wait = Answer("Wait, then close", "Go on until it has ended, then ask for what is not saved.", self._wait)
        titles = ", ".join(job.label for job in jobs)
        text = f"{several(len(jobs), 'operation')} still {'runs' if len(jobs) == 1 else 'run'}: {titles}."
        super().__init__(desktop, "Close BIMS Desktop", text, _DETAIL, (stop, wait))
        for job in jobs:
            job.ended.connect(self._look)

    def _look(self) -> None:
        # A job counts as running while it delivers its result.
        QTimer.singleShot(0, self, lambda: None if counting(self._desktop) else self.reject())

    def _wait(self) -> None:
        """Who cancels meanwhile, or whose operation fails, is not through and stays."""
        for job in self._jobs:
            job.succeeded.connect(self._then)
        self._desktop.notifier.show_info("The window closes when the operation has ended; nothing is lost unasked.")

    def _stop(self) -> None:
        for job in self._jobs:
            job.ended.connect(self._then)
            job.cancel()

    @property
    def _then(self) -> Callable[..., None]:
        """Once it delivered its result, which is then asked for with the rest."""
        main, desktop, go_on = self._desktop.main_window, self._desktop, self._go_on
        return lambda *_: QTimer.singleShot(0, main, partial(_if_none_runs, desktop, go_on))


def counting(desktop: Desktop) -> list[Job]:
    """What runs in `desktop` and makes something that a person would miss."""
    return [job for job in desktop.jobs.running if job.result_counts]


def _if_none_runs(desktop: Desktop, go_on: Callable[[], None]) -> None:
    if not counting(desktop):
        go_on()
