"""Replay: run a plan step by step on bound inputs, headless, through the operation registry."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from bims_desktop.errors import MissingInput, NotTrusted, ReplayStopped
from bims_desktop.macro.plan import Plan, Step
from bims_desktop.model.image import Image
from bims_desktop.operations import registry
from bims_desktop.operations.execute import Outcome, execute
from bims_desktop.operations.running import Allocate, new_array, storing
from bims_desktop.operations.spec import Value

State = Literal["done", "running", "failed", "waiting"]


def no_blob(digest: str) -> bytes:
    raise MissingInput(
        f"The stored edit {digest[:19]}… is not here.", "Replay the saved image instead of its text alone."
    )


def no_call(step: Step, arguments: Mapping[str, Image]) -> Outcome:
    raise NotTrusted(
        f"The step {step.name} runs {step.parameters['function']} of another package.",
        f"Trust {step.parameters['function'].partition('.')[0]} if you know where it comes from.",
    )


@dataclass(frozen=True, slots=True)
class Context:
    """Where a replay finds what its text only names.

    Parameters
    ----------
    load : callable
        Image of a load step.
    blob : callable
        Bytes of a stored edit by digest.
    snapshot : callable
        Image of a snapshot by digest.
    call : callable
        Runs a third-party step, where its package is trusted.
    altered : set of str
        Names of load steps bound to other data, and of steps with other parameters.
    allow_edits : bool
        Whether manual edits may be put on other data than their own.
    allocate : callable
        Makes the arrays of results; by default in memory.
    """

    load: Callable[[Step], Image]
    blob: Callable[[str], bytes] = no_blob
    snapshot: Callable[[Step], Image] | None = None
    call: Callable[[Step, Mapping[str, Image]], Outcome] = no_call
    altered: frozenset[str] = frozenset()
    allow_edits: bool = False
    allocate: Allocate = new_array


@dataclass(frozen=True, slots=True)
class StepResult:
    """A step that was run: its results, what it found now, and how long it took."""

    step: Step
    values: tuple[Value, ...]
    found: Mapping[str, Any]
    seconds: float
    state: State = "done"
    number: int = field(default=0)

    @property
    def name(self) -> str:
        return self.step.name

    @property
    def sentence(self) -> str:
        """The step in words, with the values it found this time."""
        return Step(
            self.step.results, self.step.operation, self.step.arguments, self.step.parameters, self.found
        ).sentence


def run(plan: Plan, context: Context) -> Iterator[StepResult]:
    """Run one step each time the iterator is asked; results nobody needs any more are let go.

    Raises
    ------
    MissingInput, NotTrusted, ReplayStopped, OperationFailed, Cancelled
        The step that cannot run says why; the steps before it were given.
    """
    values: dict[str, Value] = {}
    remaining = plan.uses()
    altered = set(context.altered)
    for number, step in enumerate(plan, 1):
        if not altered.isdisjoint(step.arguments.values()):
            altered.update(step.results)
        _check_edit(step, altered, context)
        start = time.perf_counter()
        outcome = _outcome(step, {name: _image(values[read], step) for name, read in step.arguments.items()}, context)
        seconds = time.perf_counter() - start
        if len(outcome.results) != len(step.results):
            raise ReplayStopped(
                f"The step {step.name} gave {len(outcome.results)} results instead of {len(step.results)}."
            )
        values.update(zip(step.results, outcome.results, strict=True))
        for read in step.arguments.values():
            remaining[read] -= 1
            if not remaining[read]:
                del values[read]
        yield StepResult(step, outcome.results, outcome.found, seconds, number=number)


def _outcome(step: Step, images: Mapping[str, Image], context: Context) -> Outcome:
    match step.operation:
        case "load":
            return Outcome((context.load(step),), {})
        case "snapshot" if context.snapshot:
            return Outcome((context.snapshot(step),), {})
        case "snapshot":
            raise MissingInput(
                f"The pixels of {step.name} are not here.", "Replay the saved image instead of its text alone."
            )
        case "call":
            return context.call(step, images)
        case _:
            with storing(context.allocate):
                return execute(registry.get(step.operation), images, step.parameters, context.blob)


def _check_edit(step: Step, altered: set[str], context: Context) -> None:
    if step.manual and step.name in altered and not context.allow_edits:
        raise ReplayStopped(
            f"The step {step.name} is a manual edit of other data than these.",
            "Leave it out, or allow manual edits on other data.",
        )


def _image(value: Value, step: Step) -> Image:
    if not isinstance(value, Image):
        raise ReplayStopped(f"The step {step.name} needs an image, not a table.", "Bind another input.")
    return value
