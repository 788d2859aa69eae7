"""`Measure`: what one step of a setting, such as a pixel, is on the specimen; and amounts as people type them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from math import isclose, isfinite, prod
from typing import Any, NamedTuple

from bims_desktop.errors import BadParameter
from bims_desktop.model.image import Image
from bims_desktop.operations import registry
from bims_desktop.operations.measure import units_of
from bims_desktop.operations.spacing import LENGTHS
from bims_desktop.operations.spec import Parameter

_SECONDS = {"ms": 1e-3, "s": 1.0, "sec": 1.0, "min": 60.0, "h": 3600.0}
_STEPS = frozenset({"px", "pixel", "pixels", "px²", "px³", "planes", "plane", "time points"})
_POWERS = {1: "", 2: "²", 3: "³"}
_QUANTITIES = {1: "length", 2: "area", 3: "volume"}
_AMOUNT = re.compile(r"\s*([-+]?(?:\d+[.,]?\d*|[.,]\d+)(?:[eE][-+]?\d+)?)\s*([^\W\d_][^\d]*[23]?)?\s*")
_AXIS = re.compile(r"(?:^|_)([xyztc])(?:_|$)")
_OF_UNIT = {"planes": "Z", "time points": "T", "px²": "YX", "px³": "ZYX"}
_ALIKE = 0.01
"""Of a step: resampling to cubic voxels leaves as much of a difference, for the number of pixels is whole."""


class Amount(NamedTuple):
    """A number and the unit that was typed behind it, if any."""

    number: float
    unit: str


@dataclass(frozen=True, slots=True)
class Measure:
    """One step is `size` of `unit`, to the `power` of 1 (a length or a time), 2 or 3.

    `others` are the axes along which a step is of another size, and that size: there a length is no number of steps.
    """

    size: float
    unit: str
    power: int = 1
    others: tuple[tuple[str, float], ...] = ()

    @property
    def sign(self) -> str:
        """The unit as it is written: ``µm²``."""
        return f"{self.unit}{_POWERS[self.power]}"

    @property
    def quantity(self) -> str:
        """What it measures, as preferences name it: length, area, volume or time."""
        return "time" if self.unit in _SECONDS else _QUANTITIES[self.power]

    @property
    def obstacle(self) -> str:
        """Why no length can be typed, and what to do; empty where one can."""
        if not self.others:
            return ""
        shape = "voxels are not cubic" if any(axis == "Z" for axis, _ in self.others) else "pixels are not square"
        cubic = registry.get("rescale_isotropic").title
        return f"The {shape}: type the number in px, or run {cubic} first."

    def steps(self, amount: Amount) -> float | None:
        """How many steps `amount` is; None where its unit does not fit, or a step has several sizes.

        Examples
        --------
        >>> Measure(0.125, "µm").steps(Amount(500, "nm")), Measure(0.125, "µm").steps(Amount(2, "s"))
        (4.0, None)
        """
        if self.others:
            return None
        own, given = _factor(self.sign), _factor(amount.unit)
        if own is None or given is None or own[1:] != given[1:]:
            return amount.number / self.size if amount.unit == self.sign else None
        return float(f"{amount.number * given[0] / own[0] / self.size:.12g}")

    def said(self, steps: float) -> str:
        """``0.26 µm``, or ``0.17 µm, 6 µm along Z``."""
        along = (f", {steps * size:.3g} {self.sign} along {axis}" for axis, size in self.others)
        return f"{steps * self.size:.3g} {self.sign}{''.join(along)}"


def measure_of(parameter: Parameter, image: Image | None, values: Mapping[str, Any]) -> Measure | None:
    """What one step of `parameter` is on the specimen; None where `image` is not calibrated along it.

    Parameters
    ----------
    parameter : Parameter
        Its unit and its name say along which axes it counts.
    image : Image, optional
        What it is applied to.
    values : mapping
        The settings beside it: whether it works in planes or in volumes.

    Examples
    --------
    >>> import numpy as np
    >>> from bims_desktop.operations.spec import Bounds
    >>> cells = Image(np.zeros((4, 4)), "YX", scale=(0.13, 0.13), units=("µm", "µm"))
    >>> measure_of(Parameter("sigma", float, 1.0, Bounds(0, 9, "px")), cells, {})
    Measure(size=0.13, unit='µm', power=1, others=())
    """
    if image is None:
        return None
    axes = _axes_of(parameter, image, values)
    units = {image.unit_of(axis) if axis in image.axes else "" for axis in axes}
    if len(units) != 1 or not all(units):
        return None
    sizes = {axis: image.scale_of(axis) for axis in axes}
    if parameter.bounds.unit != "px":
        return Measure(prod(sizes.values()), units.pop(), len(axes))
    first = sizes[axes[0]]
    others = tuple((axis, size) for axis, size in sizes.items() if not isclose(size, first, rel_tol=_ALIKE))
    return Measure(first, units.pop(), others=others)


def own_unit(parameter: Parameter, image: Image | None, values: Mapping[str, Any]) -> str:
    """The unit of a setting that is in the image's own: a size of voxels, or a limit on the property beside it.

    Examples
    --------
    >>> import numpy as np
    >>> cells = Image(np.zeros((4, 4), np.int32), "YX", kind="labels", scale=(0.13, 0.13), units=("µm", "µm"))
    >>> settings = {"property": "area", "units": "physical", "axes": "YX"}
    >>> own_unit(Parameter("minimum", float, 0.0), cells, settings)
    'µm²'
    """
    if image is None:
        return ""
    if parameter.name == "size" and parameter.type is float:
        return image.unit_of("X")
    if parameter.name not in ("minimum", "maximum") or "property" not in values:
        return ""
    measured = values["property"]
    with suppress(BadParameter):  # of axes with different units; the run says so
        return units_of((measured,), image, values["axes"], values["units"]).get(measured, "")
    return ""


def read_amount(text: str) -> Amount | None:
    """The number and unit that `text` is; a decimal comma counts as a point.

    Examples
    --------
    >>> read_amount("0,5um"), read_amount("3 um^2"), read_amount("7"), read_amount("µm")
    (Amount(number=0.5, unit='µm'), Amount(number=3.0, unit='µm²'), Amount(number=7.0, unit=''), None)
    """
    match = _AMOUNT.fullmatch(text)
    if match is None:
        return None
    number = float(match[1].replace(",", "."))
    return Amount(number, _spelled(match[2] or "")) if isfinite(number) else None


def is_step(unit: str) -> bool:
    """Whether `unit` is what is recorded: pixels, planes, time points."""
    return unit in _STEPS


def begins_unit(text: str) -> bool:
    """Whether typing on could make a unit of `text`."""
    known = (*LENGTHS, *_SECONDS, *_STEPS)
    return any(unit.startswith(text.rstrip("²³^")) for unit in known)


def _axes_of(parameter: Parameter, image: Image, values: Mapping[str, Any]) -> str:
    """Axes that it counts along, of a length X before the others."""
    unit = parameter.bounds.unit
    if unit in _OF_UNIT:
        return _OF_UNIT[unit]
    if unit == "pixels":  # counted in whatever is looked at as one
        return "ZYX" if "Z" in image.axes and values.get("axes") == "ZYX" else "YX"
    if unit != "px":
        return ""
    if named := _AXIS.search(parameter.name):
        return named[1].upper()
    if values.get("spacing") == "physical":  # the operation itself makes pixels along X of all steps
        return "X"
    return "XYZ" if "Z" in image.axes and values.get("axes") == "ZYX" else "XY"


def _spelled(unit: str) -> str:
    unit = unit.strip().replace("μ", "µ").replace("^", "").replace("2", "²").replace("3", "³")
    return f"µ{unit[1:]}" if unit.startswith("um") else unit


def _factor(unit: str) -> tuple[float, str, int] | None:
    """Factor to nanometres or seconds, which of them, and the power."""
    base = unit.rstrip("²³")
    power = {"²": 2, "³": 3}.get(unit[len(base) :], 1)
    if base in _SECONDS:
        return _SECONDS[base] ** power, "s", power
    return (LENGTHS[base] ** power, "nm", power) if base in LENGTHS else None
