"""Parameters for an operation, drawn from what its spec allows and kept small enough to be quick."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from bims_desktop.model.image import Image
from bims_desktop.operations.spec import Operation, Parameter

Draw = Callable[[st.SearchStrategy[Any]], Any]

NARROW: dict[str, tuple[float, float]] = {
    "sigma": (0.3, 3.0),
    "truncate": (1.0, 4.0),
    "cval": (0.0, 500.0),
    "compactness": (0.0, 2.0),
    "tolerance": (0.01, 5.0),
    "value": (0.0, 1000.0),
    "radius": (1, 2),
    "max_size": (0, 30),
    "connectivity": (1, 2),
    "background": (0, 3),
    "channel": (0, 1),
    "nbins": (8, 300),
}
# A guess must lie between the extremes of the image.
LEAVE = {"initial_guess"}
AXIS = {"T": "t", "C": "c", "Z": "z", "Y": "y", "X": "x"}


def parameters(operation: Operation, image: Image, draw: Draw) -> dict[str, Any]:
    """Some of the parameters of `operation`, the others being left at their defaults."""
    if operation.id == "crop":
        return _box(image, draw)
    if operation.id == "max_projection":
        return {"axis": draw(st.sampled_from([axis for axis in "ZTC" if axis in image.axes] or ["Z"]))}
    if operation.id == "threshold":
        return {"value": float(draw(st.sampled_from(sorted(set(image.array().ravel()[:50].tolist())))))}
    asked = [p for p in operation.parameters if not p.blob and p.name not in LEAVE]
    return {p.name: draw(strategy(p)) for p in asked if draw(st.booleans())}


def strategy(parameter: Parameter) -> st.SearchStrategy[Any]:
    """Valid values of one parameter."""
    values = _tuples(parameter) if parameter.type is tuple else _plain(parameter)
    if parameter.words:
        values = st.one_of(st.sampled_from(parameter.words), values)
    return st.one_of(st.none(), values) if parameter.optional else values


def _plain(parameter: Parameter) -> st.SearchStrategy[Any]:
    if parameter.type is bool:
        return st.booleans()
    if parameter.choices:
        return st.sampled_from(parameter.choices)
    low, high = NARROW.get(parameter.name, (parameter.bounds.low, parameter.bounds.high))
    if parameter.type is int:
        return st.integers(int(low), int(min(high, low + 100)))
    return st.floats(max(low, -1e6), min(high, 1e6), allow_nan=False)


def _tuples(parameter: Parameter) -> st.SearchStrategy[Any]:
    if parameter.choices:
        return st.lists(st.sampled_from(parameter.choices), min_size=1, max_size=4, unique=True).map(tuple)
    # The only pairs are ranges: low before high.
    return st.tuples(st.floats(0, 100), st.floats(101, 1000))


def _box(image: Image, draw: Draw) -> dict[str, int]:
    """Mostly a shave of one or two pixels, so that a long session does not end with a single pixel."""
    box: dict[str, int] = {}
    for axis, letter in AXIS.items():
        size = image.size(axis)
        if axis in image.axes and size > 8 and (axis == "Y" or draw(st.booleans())):
            box[f"{letter}_start"] = draw(st.integers(1, 2))
            box[f"{letter}_stop"] = draw(st.integers(size - 2, size))
    return box
