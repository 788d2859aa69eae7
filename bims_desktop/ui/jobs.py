"""Work beside the window: one thread a job, with progress and cancel, results handed over in the GUI thread."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from threading import Event, Thread
from typing import Any, TypeVar

from PySide6.QtCore import QEventLoop, QObject, Signal
from PySide6.QtWidgets import QApplication

from bims_desktop.errors import Cancelled, OperationFailed
from bims_desktop.operations.running import monitored

T = TypeVar("T")
STEPS = 1000
GRACE_S = 0.5
"""For work to notice that it was cancelled, where nobody needs what comes of it."""

_forsaken: list[Job] = []
"""Held here, since a thread must not find the object gone that it speaks through."""


class Job(QObject):
    """One piece of work that runs now.

    Signals
    -------
    progressed : float
        How far it is, 0 to 1.
    succeeded : object
        Its result.
    failed : object
        The exception that ended it; `Cancelled` among them.
    ended : no value
        After either of the two.
    late : object
        The result of a job that had been let go, after all.

    `dispensable` says that nothing but its result comes of it: no file, no entry of a ledger. A window that
    closes does not wait for such work. `result_counts` says that the result is a step of the session, so that a
    person who closes the window is asked first.
    """

    progressed = Signal(float)
    succeeded = Signal(object)
    failed = Signal(object)
    ended = Signal()
    late = Signal(object)
    _ticked = Signal(float)
    _settled = Signal(object, object)

    def __init__(self, title: str, work: Callable[[], Any], parent: QObject) -> None:
        super().__init__(parent)
        self.title = title
        self.silent = False
        self.dispensable = False
        self.result_counts = False
        self.cancelled = Event()
        self._work = work
        self._news = (-1, "")
        self._over = False
        self._forsaken = False
        # Slots of this object run in its own thread, the GUI's, whichever thread emits.
        self._ticked.connect(self._tell)
        self._settled.connect(self._deliver)
        self._thread = Thread(target=self._run, name=f"job: {title}", daemon=True)

    @property
    def label(self) -> str:
        """What is being done now, as the person reads it."""
        return self.title

    @property
    def alive(self) -> bool:
        """Whether its thread still runs, which it may beyond the end of a cancelled job."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def cancel(self) -> None:
        """Ask the work to stop at its next step."""
        self.cancelled.set()

    def join(self, timeout: float | None = None) -> None:
        """Wait until the thread has ended, or for `timeout` seconds."""
        self._thread.join(timeout)

    def forsake(self) -> None:
        """Hear nothing of the thread any more, which may outlive the window (in the GUI thread)."""
        self._forsaken = True
        self.blockSignals(True)
        self.setParent(None)
        _forsaken.append(self)

    def report(self, fraction: float) -> None:
        """Tell how far the work is (from any thread)."""
        news = (int(fraction * STEPS), self.label)
        if news != self._news and not self._forsaken:  # the GUI thread must not drown in equal news
            self._news = news
            self._ticked.emit(fraction)

    def perform(self) -> Any:
        """Do the work, in the job's own thread."""
        with monitored(self.report, self.cancelled):
            return self._work()

    def _run(self) -> None:
        try:
            result, failure = self.perform(), None
        except BaseException as error:  # noqa: BLE001  handed over to the GUI thread, which shows it
            result, failure = None, error
        if not self._forsaken:
            self._settled.emit(result, failure)

    def _tell(self, fraction: float) -> None:
        self.progressed.emit(fraction)

    def let_go(self) -> None:
        """End as cancelled now, whatever the thread still does (in the GUI thread)."""
        self._deliver(None, Cancelled("The operation was cancelled.", "Nothing was changed."))

    def _deliver(self, result: object, error: BaseException | None) -> None:
        if self._over:
            if error is None:
                self.late.emit(result)
            return
        self._over = True
        try:
            if error is None:
                self.succeeded.emit(result)
            else:
                self.failed.emit(error)
        finally:
            self.ended.emit()


class Jobs(QObject):
    """All jobs of one window.

    Parameters
    ----------
    show_error : callable
        Shows an exception to the person; called in the GUI thread.

    Signals
    -------
    changed : no value
        A job began or ended.
    """

    changed = Signal()

    def __init__(self, show_error: Callable[[BaseException], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._show_error = show_error
        self._running: list[Job] = []
        self._left: list[Job] = []

    @property
    def running(self) -> tuple[Job, ...]:
        """Those that the person waits for; see `start`."""
        return tuple(job for job in self._running if not job.silent)

    def start(
        self,
        title: str,
        work: Callable[[], T],
        on_done: Callable[[T], None] | None = None,
        on_error: Callable[[BaseException], None] | None = None,
        silent: bool = False,
        dispensable: bool = False,
    ) -> Job:
        """Run `work` beside the window.

        Parameters
        ----------
        title : str
            What is being done, as the person reads it.
        work : callable
            Runs in a thread of its own, within `operations.running.monitored`.
        on_done : callable, optional
            Takes the result, in the GUI thread.
        on_error : callable, optional
            Takes the exception, in the GUI thread, in place of a notification.
        silent : bool
            Whether nobody waits for it: a small picture, a histogram. It is not shown as running.
        dispensable : bool
            Whether nothing but the result comes of it, as of all that is silent; see `Job`.
        """
        job = Job(title, work, self)
        job.silent, job.dispensable = silent, dispensable or silent
        return self.follow(job, on_done, on_error)

    def follow(
        self,
        job: Job,
        on_done: Callable[[Any], None] | None = None,
        on_error: Callable[[BaseException], None] | None = None,
    ) -> Job:
        """Start a job that was made elsewhere; see `start`."""
        if on_done is not None:
            job.succeeded.connect(on_done)
        job.failed.connect(on_error or self._complain)
        job.ended.connect(lambda: self._end(job))
        self._running.append(job)
        job.start()
        self._announce(job)
        return job

    def wait(self, timeout: float = 60.0) -> None:
        """Keep the window alive until every job has ended and delivered its result.

        Raises
        ------
        OperationFailed
            Some still run after `timeout` seconds.
        """
        deadline = time.monotonic() + timeout
        while self._running:
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
            if time.monotonic() > deadline:
                titles = ", ".join(job.title for job in self._running)
                raise OperationFailed(f"Still running after {timeout:g} s: {titles}.", "Wait longer, or cancel it.")
            time.sleep(0.002)

    def close(self) -> None:
        """Cancel what runs and join its threads, but for dispensable work that does not notice: it is forsaken."""
        for job in self._running:
            job.cancel()
        # What was let go was cancelled long ago; nobody knows how long it still takes.
        jobs = sorted((*self._running, *self._left), key=lambda job: job.dispensable)
        ends = time.monotonic() + GRACE_S
        for job in jobs:
            job.join(max(0.0, ends - time.monotonic()) if job.dispensable else None)
            # What is on its way from it would work on a closed window, and begin the next job there.
            job.blockSignals(True)
            if job.alive:
                job.forsake()
        self._running.clear()
        self._left.clear()

    def _complain(self, error: BaseException) -> None:
        if not isinstance(error, Cancelled):
            self._show_error(error)

    def _end(self, job: Job) -> None:
        if job in self._running:
            self._running.remove(job)
            self._left.append(job)
            self._sweep()
            self._announce(job)

    def _announce(self, job: Job) -> None:
        if not job.silent:
            self.changed.emit()

    def _sweep(self) -> None:
        """Delete ended jobs once their threads are through, which those that were let go may be later."""
        for job in self._left:
            if not job.alive:
                job.deleteLater()
        self._left = [job for job in self._left if job.alive]


def leave() -> None:
    """End the process now, if threads still compute what nobody wants any more; for when all else is closed.

    The interpreter would wait for their pools, and then take away under the rest what they stand on.
    """
    if any(job.alive for job in _forsaken):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)
