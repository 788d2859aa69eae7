"""`Performance`: one run of a macro from its first step, in as many parts as the person likes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bims_desktop.app.keeping import Keeping
from bims_desktop.app.replay import Replay, ReplayResult
from bims_desktop.app.session import Session
from bims_desktop.files.readers import read
from bims_desktop.macro.replay import StepResult
from bims_desktop.operations.running import tick
from bims_desktop.ui.comparison import Pictures, pictures
from bims_desktop.ui.rehearsal import Rehearsal


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of a performance: its result, and pictures where it is an image."""

    result: ReplayResult
    pictures: Pictures | None


class Performance:
    """A run of `rehearsal` as it was when the first step began; a change needs a new one."""

    def __init__(self, rehearsal: Rehearsal) -> None:
        self._rehearsal = rehearsal
        self._replay: Replay | None = None
        self._steps: Iterator[StepResult] = iter(())
        self._done: list[StepResult] = []

    @property
    def finished(self) -> bool:
        """Whether its last step was run."""
        return self._replay is not None and len(self._done) == len(self._replay.plan.steps)

    @property
    def done(self) -> int:
        """How many steps were run."""
        return len(self._done)

    def told(self, result: StepResult) -> str:
        """What a step did; of an input, what stood for it."""
        return self._rehearsal.told(result)

    def keeping(self, session: Session) -> Keeping:
        """What it made, to be kept; it must be finished."""
        assert self._replay is not None
        return Keeping(session, self._replay, self._done, self._rehearsal.bound)

    def play(self, last: str, began: Callable[[str], None], ended: Callable[[StepResult], None]) -> Outcome | None:
        """Run on to the step called `last`, in a job; the outcome where that was the end.

        Raises
        ------
        BimsError
            A step cannot run, or the person stopped it; this performance is over.
        """
        replay = self._begin()
        total = len(replay.plan.steps)
        for step in replay.plan.steps[len(self._done) :]:
            tick(len(self._done) / total)
            began(step.name)
            self._done.append(next(self._steps))
            ended(self._done[-1])
            if step.name == last:
                break
        return self._outcome(replay) if self.finished else None

    def _begin(self) -> Replay:
        if self._replay is None:
            self._replay = self._rehearsal.prepare()
            self._steps = self._replay.steps()
        return self._replay

    def _outcome(self, replay: Replay) -> Outcome:
        result = replay.result(tuple(self._done))
        if result.image is None:
            return Outcome(result, None)
        before = read(replay.source).image if replay.record is not None else None
        return Outcome(result, pictures(before, result.image))
