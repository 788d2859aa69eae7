"""Work beside the window: progress, cancel, errors, and results in the GUI thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from bims_desktop.errors import BimsError, Cancelled, OperationFailed
from bims_desktop.operations.running import tick
from bims_desktop.ui.jobs import Jobs
from bims_desktop.ui.series import Series
from tests.ui.conftest import pump


@pytest.fixture
def shown() -> list[BaseException]:
    return []


@pytest.fixture
def jobs(qapp: Any, shown: list[BaseException]) -> Iterator[Jobs]:
    jobs = Jobs(shown.append)
    yield jobs
    jobs.close()


def count(to: int) -> int:
    for number in range(to):
        tick(number / to)
        time.sleep(0.005)
    return to


def test_result_and_progress_arrive_in_the_gui_thread(jobs: Jobs) -> None:
    seen: list[tuple[str, Any, bool]] = []

    def note(what: str) -> Any:
        return lambda value: seen.append((what, value, threading.current_thread() is threading.main_thread()))

    job = jobs.start("count", lambda: count(5), note("done"))
    job.progressed.connect(note("progress"))
    jobs.wait()
    assert seen[-1] == ("done", 5, True)
    assert all(in_gui for _, _, in_gui in seen)
    assert [value for what, value, _ in seen if what == "progress"] == sorted(n / 5 for n in range(5))


def test_the_next_part_of_a_series_is_told_though_the_share_stays(jobs: Jobs) -> None:
    told: list[float] = []
    series = Series("parts", [lambda: tick(1.0), lambda: None], jobs)
    series.progressed.connect(told.append)
    jobs.follow(series, lambda results: None)
    jobs.wait()
    assert told == [0.0, 0.5, 0.5]


def test_the_window_lives_meanwhile(jobs: Jobs) -> None:
    from PySide6.QtCore import QTimer

    beats: list[None] = []
    alive, seen = threading.Event(), list[bool]()

    def beat() -> None:
        beats.append(None)
        if len(beats) > 5:
            alive.set()

    timer = QTimer(interval=5)
    timer.timeout.connect(beat)
    timer.start()
    jobs.start("wait", lambda: alive.wait(20), seen.append)
    jobs.wait()
    assert seen == [True]


def test_cancel(jobs: Jobs, shown: list[BaseException]) -> None:
    ended: list[BaseException] = []
    job = jobs.start("count", lambda: count(10_000), on_error=ended.append)
    job.cancel()
    jobs.wait(5)
    assert isinstance(ended[0], Cancelled)
    other = jobs.start("count", lambda: count(10_000))
    other.cancel()
    jobs.wait(5)
    assert shown == [], "a cancel is no error"


def test_errors_are_shown(jobs: Jobs, shown: list[BaseException]) -> None:
    def fail() -> None:
        raise BimsError("It broke.", "Mend it.")

    jobs.start("fail", fail)
    jobs.wait()
    assert [str(error) for error in shown] == ["It broke. Mend it."]


def test_wait_gives_up(jobs: Jobs) -> None:
    stop = threading.Event()
    jobs.start("sleep", lambda: stop.wait(10))
    with pytest.raises(OperationFailed, match="sleep"):
        jobs.wait(0.1)
    stop.set()
    jobs.wait()
    assert jobs.running == ()


def test_close_joins_the_threads(jobs: Jobs) -> None:
    jobs.start("count", lambda: count(10_000))
    jobs.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "job: count"]


def test_close_waits_for_what_leaves_something_behind_and_for_nothing_else(jobs: Jobs) -> None:
    through, never, written = threading.Event(), threading.Event(), []

    def save() -> None:
        through.wait(20)
        written.append("file")

    jobs.start("save", save)
    idle = jobs.start("dream", lambda: never.wait(20), written.append, dispensable=True)
    threading.Timer(0.2, through.set).start()
    jobs.close()
    assert (written, idle.alive) == (["file"], True)
    never.set()
    idle.join()
    pump()
    assert written == ["file"], "nobody is there to take it"
