"""`Rehearsal`: a macro that a person changes before and between runs: steps left out, parameters, inputs, trust."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bims_desktop.app.bound import Bound
from bims_desktop.app.data import Data
from bims_desktop.app.find_input import FoundInput
from bims_desktop.app.home import Home
from bims_desktop.app.origin import package_of
from bims_desktop.app.replay import Replay
from bims_desktop.errors import BimsError, MacroRefused, MissingInput
from bims_desktop.macro.plan import Plan, Step
from bims_desktop.macro.replay import StepResult


@dataclass
class Rehearsal:
    """What was changed about the macro of `source`; `prepare` makes a replay of it.

    Raises
    ------
    NoRecord, MacroRefused, MissingInput
        The source holds no macro that can be read.
    """

    source: Path
    home: Home
    plan: Plan = field(init=False)
    edits: dict[str, dict[str, Any]] = field(init=False, default_factory=dict)
    left_out: set[str] = field(init=False, default_factory=set)
    bound: dict[str, Bound] = field(init=False, default_factory=dict)
    trust: set[str] = field(init=False, default_factory=set)
    look_in: list[Path] = field(init=False, default_factory=list)
    allow_edits: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        self.plan = Replay(self.source, self.home).plan

    @property
    def packages(self) -> list[str]:
        """Packages whose functions or readers the steps run and nobody trusted yet."""
        names = {package_of(step) for step in self.plan if step.name not in self.bound and not self.skipped(step)}
        return sorted(names - self.trust - {""})

    @property
    def unbound(self) -> list[str]:
        """Inputs that nothing stands for yet."""
        return [name for name in self.plan.inputs if name not in self.bound and name not in self.skips()]

    @property
    def changed(self) -> bool:
        """Whether a parameter has another value than in the macro, or a step was left out."""
        return bool(self.edits or self.left_out)

    @property
    def manual(self) -> bool:
        """Whether there are edits by hand, which belong to their own data."""
        return any(step.manual for step in self.plan)

    def edit(self, step: Step, changes: Mapping[str, Any]) -> None:
        """Run `step` with other parameters; none at all takes its edits back."""
        if changes:
            self.edits[step.name] = dict(changes)
        else:
            self.edits.pop(step.name, None)

    def find(self, name: str) -> FoundInput | BimsError:
        """The recorded file of an input, or why it cannot be had."""
        try:
            return self._replay().find(self.plan.inputs[name])
        except BimsError as error:
            return error

    def read(self, name: str, path: Path, series: int | None = None) -> FoundInput | BimsError:
        """What is in another file for an input: of several images the recorded one, else `series`; or why not."""
        try:
            replay = self._replay()
            replay.bind(name, path, series)
            return replay.chosen(self.plan.inputs[name]) or MissingInput(f"{path.name} holds no image.")
        except BimsError as error:
            return error

    def bind(self, name: str, source: FoundInput | Data | BimsError, told: str) -> tuple[str, str]:
        """Let a file or a layer stand for the input `name`; says whether that is good, unknown or bad, and why."""
        if isinstance(source, BimsError):
            self.bound.pop(name, None)
            return "bad", f"{source.what} Locate it, or choose another file or a layer."
        self.bound[name] = Bound.to(source)
        if self.bound[name].digest == self.plan.inputs[name].parameters["digest"]:
            return "good", f"{told} Its pixels are the recorded ones."
        return "unknown", f"{told} Its pixels are others: the result is derived."

    def told(self, result: StepResult) -> str:
        """What a step did; of an input, what stood for it."""
        bound = self.bound.get(result.name)
        return bound.sentence if bound is not None else result.sentence

    def skipped(self, step: Step) -> str:
        """Why `step` would not run, as a key of `signs.STEP`; empty where it would."""
        if step.name in self.left_out:
            return "left out"
        return "" if step.name in {kept.name for kept in self._kept()} else "no input"

    def skips(self) -> dict[str, str]:
        """The same for all steps at once, by name."""
        kept = {step.name for step in self._kept()}
        lost = (step.name for step in self.plan if step.name not in kept)
        return {name: "left out" if name in self.left_out else "no input" for name in lost}

    def prepare(self) -> Replay:
        """A replay with everything that was changed.

        Raises
        ------
        BimsError
            A value does not fit, or no step is left.
        """
        replay = Replay(self.source, self.home)
        for name, changes in self.edits.items():
            for parameter, value in changes.items():
                replay.set(name, parameter, value)
        if self.left_out:
            replay.leave_out(*self.left_out)
        for name, bound in self.bound.items():
            if name in replay.plan.inputs:
                replay.bind_image(name, bound.image)
        replay.trust, replay.allow_edits = frozenset(self.trust), self.allow_edits
        return replay

    @property
    def loses_result(self) -> bool:
        """Whether what was left out takes the result of the macro with it."""
        return not any(self.plan.result in step.results for step in self._kept())

    def problem(self) -> str:
        """Why it cannot run now; empty where it can."""
        if not self._kept():
            return "No step is left; tick at least one."
        if self.unbound:
            return f"The input {self.unbound[0]} is missing; choose a file or a layer for it."
        try:
            self.prepare()
        except BimsError as error:
            return str(error)
        return ""

    def _replay(self) -> Replay:
        replay = Replay(self.source, self.home)
        replay.trust, replay.look_in = frozenset(self.trust), tuple(self.look_in)
        return replay

    def _kept(self) -> tuple[Step, ...]:
        if not self.left_out:
            return self.plan.steps
        try:
            return self.plan.without(*self.left_out).steps
        except MacroRefused:
            return ()
