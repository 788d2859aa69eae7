"""`Courier`: what is sent when. A bounded number under way, pauses that grow, nothing held up by others' troubles."""

from __future__ import annotations

import queue
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Literal, TypeAlias

from bims_desktop.app.line import Line, pause_s
from bims_desktop.app.sending import Outcome, Sending
from bims_desktop.app.settings import Fabric
from bims_desktop.ledger.base import Stored
from bims_desktop.ledger.local import LocalLog
from bims_desktop.ledger.outbox import STUCK, Outbox

IN_FLIGHT = 16
PAGE = 256
POLL_S = 0.5
MOST_MISSING = 1000

Job: TypeAlias = tuple[Literal["entry", "anchor", "evidence"], int]
Report: TypeAlias = Callable[[bool, str], None]

_ANCHOR: Job = ("anchor", 0)


class Courier:
    """Carries everything that waits, over one connection, until it is told to stop.

    Parameters
    ----------
    log, outbox : LocalLog, Outbox
        The queue, and how far each entry has come.
    sending : Sending
        Does one thing at a time.
    fabric : Fabric
        What is to be carried.
    first : int
        Index of the first entry that is.
    report : callable
        Told after each attempt whether the network is there, and what troubles there are.
    """

    def __init__(
        self, log: LocalLog, outbox: Outbox, sending: Sending, fabric: Fabric, first: int, report: Report
    ) -> None:
        self._log = log
        self._outbox = outbox
        self._sending = sending
        self._fabric = fabric
        self._report = report
        self._cursor = outbox.first_open(first)
        self._line = Line()
        self._under_way: set[Job] = set()
        self._ended: queue.SimpleQueue[tuple[Job, Future[Outcome]] | None] = queue.SimpleQueue()
        self._missing = deque(int(item.name[1]) for item in outbox.without_evidence(MOST_MISSING))
        self._not_before: dict[str, float] = {"entry": 0.0, "anchor": 0.0, "evidence": 0.0}
        self._failures = self._anchor_failures = self._evidence_failures = 0
        self._anchor_stuck = bool(outbox.items(*STUCK, kind="anchor"))
        self._troubles: dict[Job, str] = {}

    @property
    def idle(self) -> bool:
        """Whether nothing is left but what waits for a person."""
        everything_read = not self._fabric.carries_records or self._cursor >= self._log.size
        nothing_left = not (self._under_way or self._line.ready or self._missing)
        return everything_read and nothing_left and not self._anchor_due()

    def nudge(self) -> None:
        """Look at once whether there is something new."""
        self._ended.put(None)

    def run(self, stopped: Callable[[], bool]) -> None:
        """Carry until `stopped`; what is under way then comes to its end, or is taken up by the next one."""
        with ThreadPoolExecutor(IN_FLIGHT + 2, "carrier") as pool:
            while not stopped():
                self._refill()
                self._start(pool)
                self._collect(stopped)

    def _refill(self) -> None:
        while self._fabric.carries_records and self._line.ready < IN_FLIGHT and self._cursor < self._log.size:
            stop = min(self._cursor + PAGE, self._log.size)
            ended = self._outbox.ended(self._cursor, stop)
            stuck = {item.name[1] for item in self._outbox.items(*STUCK)}
            for stored in self._log.entries(self._cursor, stop):
                if stored.entry.kind == "key":
                    self._stay(stored.index, ended)
                elif stored.index not in ended:
                    self._line.add(stored.index, _records(stored), held=stored.index in stuck)
            self._cursor = stop

    def _stay(self, index: int, ended: frozenset[int]) -> None:
        if index not in ended:
            self._outbox.leave(("entry", index))

    def _start(self, pool: ThreadPoolExecutor) -> None:
        now = time.monotonic()
        if now >= self._not_before["entry"]:
            room = (1 if self._failures else IN_FLIGHT) - sum(kind == "entry" for kind, _ in self._under_way)
            for index in self._line.take(now, room):
                self._submit(pool, ("entry", index), partial(self._sending.entry, index))
        if now >= self._not_before["anchor"] and _ANCHOR not in self._under_way and self._anchor_due():
            self._submit(pool, _ANCHOR, self._sending.anchor)
        if now >= self._not_before["evidence"] and self._missing and not self._fetching():
            item = self._outbox.item(("entry", self._missing[0]))
            self._submit(pool, ("evidence", self._missing[0]), lambda: self._sending.evidence(item))

    def _fetching(self) -> bool:
        return any(kind == "evidence" for kind, _ in self._under_way)

    def _submit(self, pool: ThreadPoolExecutor, job: Job, work: Callable[[], Outcome]) -> None:
        self._under_way.add(job)
        pool.submit(work).add_done_callback(lambda done: self._ended.put((job, done)))

    def _collect(self, stopped: Callable[[], bool]) -> None:
        try:
            ended = self._ended.get(timeout=self._patience())
        except queue.Empty:
            return
        if ended is not None and not stopped():
            job, done = ended
            self._under_way.discard(job)
            self._finish(job, done.result())

    def _patience(self) -> float:
        due = self._line.next_at()
        if due is None or self._under_way:
            return POLL_S
        return min(POLL_S, max(0.0, max(due, self._not_before["entry"]) - time.monotonic()))

    def _finish(self, job: Job, outcome: Outcome) -> None:
        self._hear(outcome)
        {"entry": self._end_entry, "anchor": self._end_anchor, "evidence": self._end_evidence}[job[0]](job, outcome)
        self._troubles.pop(job, None)
        if outcome.state == "again":
            self._troubles[job] = outcome.text
        self._report(outcome.reachable, next(reversed(self._troubles.values()), ""))

    def _hear(self, outcome: Outcome) -> None:
        now = time.monotonic()
        if not outcome.reachable and now >= self._not_before["entry"]:  # those that failed together are one failure
            self._failures += 1
            self._not_before["entry"] = self._not_before["anchor"] = now + pause_s(self._failures)
        elif outcome.reachable and self._failures:
            self._failures = 0
            self._not_before = dict.fromkeys(self._not_before, 0.0)
            self._line.hurry()
            self._troubles.clear()

    def _end_entry(self, job: Job, outcome: Outcome) -> None:
        index = job[1]
        match outcome.state:
            case "done":
                self._line.end(index)
                self._missing.append(index)
            case "stuck":
                self._line.hold(index)
            case "again" | "at once":
                self._line.again(index, time.monotonic(), soon=outcome.state == "at once")

    def _end_anchor(self, job: Job, outcome: Outcome) -> None:
        self._anchor_stuck = outcome.state == "stuck"
        self._anchor_failures = self._anchor_failures + 1 if outcome.state == "again" else 0
        if self._anchor_failures:
            self._not_before["anchor"] = time.monotonic() + pause_s(self._anchor_failures)

    def _end_evidence(self, job: Job, outcome: Outcome) -> None:
        self._missing.rotate(-1)
        if outcome.state == "done":
            self._missing.pop()
            self._evidence_failures = 0
        else:
            self._evidence_failures += 1
            self._not_before["evidence"] = time.monotonic() + pause_s(self._evidence_failures)

    def _anchor_due(self) -> bool:
        wanted = self._fabric.carries_anchors and not self._anchor_stuck
        return wanted and self._outbox.anchored() < self._log.size


def _records(stored: Stored) -> tuple[str, ...]:
    """The records that an entry is about: it goes after every earlier one about any of them."""
    return tuple(str(stored.entry.body[key]) for key in ("record", "by") if key in stored.entry.body)
