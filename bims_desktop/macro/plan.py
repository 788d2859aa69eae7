"""`Plan`: a macro as data, a `Step` a statement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bims_desktop.errors import BadParameter, MacroRefused
from bims_desktop.operations import registry
from bims_desktop.operations.spec import fill
from bims_desktop.provenance.symbols import DATA_VERBS


@dataclass(frozen=True, slots=True)
class Step:
    """One statement: names of its results, the operation, what it reads by name, its parameters.

    `found` and `package` come from a record where there is one; the text does not hold them.
    """

    results: tuple[str, ...]
    operation: str
    arguments: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    found: Mapping[str, Any] = field(default_factory=dict)
    package: str = ""

    @property
    def name(self) -> str:
        """Its (first) result's name, by which a person addresses the step."""
        return self.results[0]

    @property
    def blobs(self) -> tuple[str, ...]:
        """Digests of the stored edits and snapshots that it needs."""
        if self.operation in DATA_VERBS:
            return (str(self.parameters["digest"]),) if self.operation == "snapshot" else ()
        return tuple(str(self.parameters[name]) for name in registry.get(self.operation).blobs)

    @property
    def manual(self) -> bool:
        """Whether it is an edit by hand, which belongs to its own data."""
        return self.operation not in DATA_VERBS and bool(self.blobs)

    @property
    def sentence(self) -> str:
        """What it does, in words, rendered anew from the registry."""
        return sentence(self)


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps of a macro in their order, and which result of the last one it is about (else the first)."""

    steps: tuple[Step, ...]
    output: str = ""

    @property
    def inputs(self) -> dict[str, Step]:
        """Its free variables: the load steps by name."""
        return {step.name: step for step in self.steps if step.operation == "load"}

    @property
    def result(self) -> str:
        return self.output if self.output in self.steps[-1].results else self.steps[-1].name

    def find(self, step: str) -> Step:
        """The step whose result is called `step`, or the only one of that operation.

        Raises
        ------
        BadParameter
            No step fits, or several do.
        """
        for candidate in self.steps:
            if step in candidate.results:
                return candidate
        fitting = [candidate for candidate in self.steps if candidate.operation == step]
        if len(fitting) == 1:
            return fitting[0]
        names = ", ".join(s.name for s in (fitting or self.steps))
        problem = f"{len(fitting)} steps are called {step!r}." if fitting else f"No step is called {step!r}."
        raise BadParameter(problem, f"Name one of {names}.")

    def set(self, step: str, parameter: str, value: Any) -> Plan:
        """The plan with another value of one parameter.

        Raises
        ------
        BadParameter
            No such step or parameter, or the value does not fit.
        """
        found = self.find(step)
        if found.operation in DATA_VERBS:
            raise BadParameter(f"The parameters of {found.name} cannot be set.", "Bind another input instead.")
        bound = registry.get(found.operation).bind({**found.parameters, parameter: value})
        changed = replace(found, parameters=bound, found={})
        return replace(self, steps=tuple(changed if s is found else s for s in self.steps))

    def without(self, *names: str) -> Plan:
        """The plan less the named steps and all that would lose their input."""
        lost = set(names)
        kept = []
        for step in self.steps:
            if lost.isdisjoint(step.results) and lost.isdisjoint(step.arguments.values()):
                kept.append(step)
            else:
                lost.update(step.results)
        if not kept:
            raise MacroRefused("No step is left.", "Keep at least one.")
        return replace(self, steps=tuple(kept))

    def uses(self) -> Counter[str]:
        """How often each name is read."""
        return Counter(name for step in self.steps for name in step.arguments.values())

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)


_VERBS = {
    "load": "Opened {name}",
    "snapshot": "Took the pixels as they were: {cause}",
    "call": "Ran {function}",
}


def sentence(step: Step) -> str:
    """The sentence of `step` over its own names; found values that are not known stand as dots."""
    values = {**step.parameters, **step.found, **step.arguments}
    if step.operation in DATA_VERBS:
        return fill(_VERBS[step.operation], values) + _how(step)
    return registry.get(step.operation).say(values)


def _how(step: Step) -> str:
    """Of an input: which image of its file, or whose reader took it out of it, as far as a record tells."""
    match step.operation, step.found:
        case "load", {"reader": str(reader)}:
            return f" with {step.package or reader}"
        case "load", {"series": int(series)}:
            return f", series {series}"
    return ""
