"""Plans drawn from the registry's real specs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from bims_desktop.macro.plan import Plan, Step
from bims_desktop.operations import registry
from bims_desktop.operations.spec import Operation, Parameter
from bims_desktop.provenance.symbols import Symbols

DIGESTS = st.integers(0, 2**256 - 1).map(lambda n: f"sha256:{n:064x}")
# File names as people have them: any character but those that no file name holds.
NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0/"), min_size=1, max_size=40)
FINITE = st.floats(allow_nan=False, allow_infinity=False)


@st.composite
def plans(draw: Callable[[Any], Any]) -> Plan:
    """One or two inputs, then up to eight steps, each on results of earlier ones."""
    symbols, versions, steps = Symbols(), [], []
    for _ in range(draw(st.integers(1, 2))):
        versions.append(_add(symbols, steps, "load", {}, {"digest": draw(DIGESTS), "name": draw(NAMES)}))
    for _ in range(draw(st.integers(0, 8))):
        versions.append(draw(_step(symbols, steps, versions)))
    return Plan(tuple(steps))


@st.composite
def _step(draw: Callable[[Any], Any], symbols: Symbols, steps: list[Step], versions: list[int]) -> int:
    one_of = st.sampled_from(versions)
    kind = draw(st.sampled_from(("operation", "operation", "operation", "snapshot", "call")))
    if kind == "snapshot":
        return _add(symbols, steps, "snapshot", {}, {"digest": draw(DIGESTS), "cause": draw(NAMES)})
    if kind == "call":
        arguments = draw(st.dictionaries(st.sampled_from(("image", "mask")), one_of))
        parameters = draw(st.dictionaries(st.sampled_from(("a", "b", "size")), values()))
        return _add(symbols, steps, "call", arguments, {"function": "package.module.run", **parameters})
    operation = draw(st.sampled_from(tuple(registry.operations())))
    arguments = {a.name: draw(one_of) for a in operation.arguments if not a.optional or draw(st.booleans())}
    return _add(symbols, steps, operation.id, arguments, draw(bound(operation)))


def _add(
    symbols: Symbols, steps: list[Step], operation: str, arguments: dict[str, int], parameters: dict[str, Any]
) -> int:
    version = len(steps) + 1
    symbols.code(operation, arguments, parameters, (version,))
    read = {name: symbols.names[number] for name, number in arguments.items()}
    steps.append(Step((symbols.names[version],), operation, read, parameters))
    return version


@st.composite
def bound(draw: Callable[[Any], Any], operation: Operation) -> dict[str, Any]:
    """All parameters of `operation`, any value that their specs allow."""
    return operation.bind({p.name: draw(value_of(p)) for p in operation.parameters})


def value_of(parameter: Parameter) -> st.SearchStrategy[Any]:
    """Any value of one parameter that its spec allows."""
    if parameter.blob:
        return DIGESTS
    item = _item(parameter, parameter.item or parameter.type)
    if parameter.type is tuple:
        size = parameter.length
        item = st.lists(item, min_size=size, max_size=size or 5).map(tuple)
    if parameter.words:
        item = st.one_of(st.sampled_from(parameter.words), item)
    return st.one_of(st.none(), item) if parameter.optional else item


def _item(parameter: Parameter, kind: type) -> st.SearchStrategy[Any]:
    low, high = parameter.bounds.low, parameter.bounds.high
    if parameter.choices:
        return st.sampled_from(parameter.choices)
    if kind is bool:
        return st.booleans()
    if kind is int:
        return st.integers(max(int(low), -(2**53) + 1), min(int(high), 2**53 - 1))
    return st.floats(low, high, allow_nan=False, allow_infinity=False)


def values() -> st.SearchStrategy[Any]:
    """Anything that a macro can hold."""
    plain = st.one_of(st.none(), st.booleans(), st.integers(-(2**53) + 1, 2**53 - 1), FINITE, NAMES)
    return st.recursive(plain, lambda inner: st.lists(inner, max_size=3).map(tuple), max_leaves=6)
