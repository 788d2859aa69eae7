"""How long an event loop stands still, by the clock and by its own thread's share of the processor, and where."""

from __future__ import annotations

import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType

from PySide6.QtCore import QEventLoop, QTimer

BEAT = 5
"""Milliseconds between beats, where nothing is in the way."""
LOOK = 10
"""Milliseconds between looks at where a loop stands that missed its beats."""
QUIET = 0.4
"""Seconds without anything to wait for after which an action counts as over."""


@dataclass(frozen=True, slots=True)
class Pause:
    """One standstill: during which action, milliseconds by the clock and of the thread's processor time, and where."""

    action: str
    wall: float
    processor: float
    where: str


class Heartbeat:
    """A timer that ought to tick, and a thread that looks where the loop stands when it does not."""

    def __init__(self) -> None:
        self.pauses: list[Pause] = []
        self._action = ""
        self._last = time.perf_counter(), time.thread_time()
        self._seen: Counter[str] = Counter()
        self._main = threading.get_ident()
        self._timer = QTimer(interval=BEAT)
        self._timer.timeout.connect(self._beat)
        self._timer.start()
        threading.Thread(target=self._look, daemon=True).start()

    def during(self, action: str, do: Callable[[], object], until: Callable[[], bool], patience: float = 60.0) -> None:
        """Do something, and let the loop run until it is over and all has come to rest."""
        self._run_loop(0.05)  # what was before belongs to what was before
        self._action = action
        do()
        begin = time.perf_counter()
        while not until():
            if time.perf_counter() - begin > patience:
                raise SystemExit(f"{action} did not end.")
            self._run_loop(0.02)
        self._run_loop(QUIET)

    def worst(self, action: str) -> Pause:
        """The longest standstill of `action` by the clock."""
        every = (p for p in self.pauses if p.action == action)
        return max(every, key=lambda p: p.wall, default=Pause(action, 0, 0, ""))

    def busiest(self, action: str) -> Pause:
        """The longest standstill of `action` by the processor's time of the thread itself."""
        every = (p for p in self.pauses if p.action == action)
        return max(every, key=lambda p: p.processor, default=Pause(action, 0, 0, ""))

    def _run_loop(self, seconds: float) -> None:
        loop = QEventLoop()
        QTimer.singleShot(int(1000 * seconds), loop.quit)
        loop.exec()

    def _beat(self) -> None:
        now = time.perf_counter(), time.thread_time()
        wall, processor = (1000 * (new - old) for new, old in zip(now, self._last, strict=True))
        seen, self._seen = self._seen, Counter()
        where = " | ".join(f"{place} {count}" for place, count in seen.most_common(4))
        self.pauses.append(Pause(self._action, max(wall - BEAT, 0.0), processor, where))
        self._last = now

    def _look(self) -> None:
        while True:
            time.sleep(LOOK / 1000)
            if time.perf_counter() - self._last[0] > 6 * BEAT / 1000:
                self._seen[_place(sys._current_frames().get(self._main))] += 1


def _place(frame: FrameType | None) -> str:
    """The innermost frame, and the innermost one of ours."""
    named = []
    while frame is not None:
        module = str(frame.f_globals.get("__name__", ""))
        if not named or (module.startswith("bims_desktop") and len(named) < 2):
            named.append(f"{module}:{frame.f_lineno}")
        frame = frame.f_back
    return " < ".join(named)
