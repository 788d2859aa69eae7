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
    "classes": (2, 3),
    "low_sigma": (0.5, 1.5),
    "high_sigma": (1.6, 3.0),
    "min_sigma": (1.0, 1.9),
    "max_sigma": (2.0, 3.0),
    "num_sigma": (1, 3),
    "sigma_ratio": (1.3, 2.0),
    "sigma_color": (1.0, 30.0),
    "sigma_spatial": (0.5, 2.0),
    "bins": (100, 1000),
    "weight": (0.1, 20.0),
    "eps": (1e-4, 1e-2),
    "patch_size": (1, 5),
    "patch_distance": (1, 3),
    "h": (1.0, 30.0),
    "amount": (0.1, 3.0),
    "low": (0.0, 50.0),
    "high": (51.0, 200.0),
    "a_min": (0.0, 50.0),
    "a_max": (51.0, 200.0),
    "gamma": (0.2, 3.0),
    "gain": (0.5, 2.0),
    "alpha": (0.1, 0.9),
    "beta": (0.5, 100.0),
    "kernel_size": (3, 9),
    "distance": (0.0, 3.0),
    "offset": (1, 5),
    "buffer_size": (0, 1),
    "min_distance": (1, 3),
    "num_peaks": (1, 9),
    "threshold_abs": (0.0, 50.0),
    "threshold_rel": (0.0, 0.5),
    "threshold": (0.0, 5.0),
    "n_segments": (2, 20),
    "max_num_iter": (1, 20),
    "upsample_factor": (1, 5),
    "angle": (-90.0, 90.0),
    "order": (0, 3),
    "seed": (0, 9),
    **{f"{axis}_shift": (-3.0, 3.0) for axis in "xyz"},
    **{f"{axis}_size": (8, 24) for axis in "xyz"},
    **{f"{axis}_scale": (0.6, 1.4) for axis in "xyz"},
    **{f"{axis}_factor": (1, 2) for axis in "xyz"},
}
# A guess must lie between the extremes of the image, and so on: what the image decides is left at the default.
LEAVE = {
    "initial_guess", "y", "size", "minimum", "maximum", "property", "ksize", "block_size", "background", "spacing",
}  # fmt: skip
# What a person would never leave alone in three dimensions: a ball of the default radius of 50 takes minutes.
ALWAYS = {"radius"}
AXIS = {"T": "t", "C": "c", "Z": "z", "Y": "y", "X": "x"}


def parameters(operation: Operation, image: Image, draw: Draw) -> dict[str, Any]:
    """Some of the parameters of `operation`, the others being left at their defaults."""
    if operation.id == "crop":
        return _box(image, draw)
    if operation.id.endswith("_projection") or operation.id == "select_planes":
        return {"axis": draw(st.sampled_from([axis for axis in "ZTC" if axis in image.axes] or ["Z"]))}
    if operation.id in ("flip", "concatenate"):
        return {"axis": draw(st.sampled_from([axis for axis in image.axes if axis in "TCZYX"]))}
    if operation.id == "stack":
        return {"axis": "T" if "Z" in image.axes else "Z"}
    if operation.id == "swapaxes":
        one, other = draw(st.permutations([axis for axis in image.axes if axis in "ZYX"]))[:2]
        return {"axis1": one, "axis2": other}
    if operation.id == "rename_axis":
        there = [axis for axis in "TCZ" if axis in image.axes]
        free = [axis for axis in "TCZ" if axis not in image.axes]
        return {"axis": draw(st.sampled_from(there)), "name": draw(st.sampled_from(free))}
    if operation.id == "profile_line":
        return {"dst_x": float(image.size("X") - 1), "src_y": float(draw(st.integers(0, image.size("Y") - 1)))}
    if operation.id == "skeletonize":
        return {"axes": draw(st.sampled_from(["YX", "ZYX"]))}
    if operation.id == "threshold":
        return {"value": float(draw(st.sampled_from(sorted(set(image.array().ravel()[:50].tolist())))))}
    asked = [p for p in operation.parameters if not p.blob and p.name not in LEAVE and _there(p, image)]
    return {p.name: draw(strategy(p)) for p in asked if p.name in ALWAYS or draw(st.booleans())}


def _there(parameter: Parameter, image: Image) -> bool:
    """Whether the axis that a parameter names is long enough to be worked on."""
    axis = {"z": "Z", "channel": "C"}.get(parameter.name.split("_")[0])
    return axis is None or image.size(axis) > 1


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
    low, high = max(low, parameter.bounds.low), min(high, parameter.bounds.high)
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
