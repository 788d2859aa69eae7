"""From a slice to a plan: names are given anew, so that nothing of the dropped actions shows."""

from __future__ import annotations

from bims_desktop.macro.plan import Plan, Step
from bims_desktop.provenance.action import Action
from bims_desktop.provenance.lineage import Slice
from bims_desktop.provenance.symbols import Symbols


def plan_of(slice: Slice) -> Plan:
    """The kept actions of `slice` as steps, in their order."""
    symbols = Symbols()
    steps = tuple(_step(explained.action, symbols) for explained in slice.kept)
    return Plan(steps, symbols.names[slice.target])


def _step(action: Action, symbols: Symbols) -> Step:
    arguments = {name: symbols.names[version] for name, version in action.arguments.items()}
    symbols.code(action.operation, action.arguments, action.parameters, action.writes)
    results = tuple(symbols.names[version] for version in action.writes)
    return Step(results, action.operation, arguments, action.parameters, action.found, action.package)
