"""Steps and units along the axes, from whatever a TIFF says of them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bims_desktop.files import units
from bims_desktop.model.image import Channel

_PRINT = 1200
_UM_PER_UNIT = {2: 25_400.0, 3: 10_000.0}


@dataclass(frozen=True, slots=True)
class Calibration:
    """Steps and units by axis, channels, and notes on what was assumed."""

    scale: Mapping[str, float] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    channels: tuple[Channel, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Resolution:
    """The resolution tags: pixels a unit along X and Y, and the unit (1 none, 2 inch, 3 cm)."""

    x: float
    y: float
    unit: int

    @property
    def usable(self) -> bool:
        return all(math.isfinite(value) and value > 0 for value in (self.x, self.y))


def from_resolution(resolution: Resolution | None) -> Calibration:
    """Pixel size from plain resolution tags; a print resolution (whole dots an inch) is none.

    Examples
    --------
    >>> from_resolution(Resolution(20_000.0, 20_000.0, 3)).scale["X"]
    0.5
    """
    if resolution is None or not resolution.usable or resolution.unit not in _UM_PER_UNIT:
        return Calibration()
    if resolution.unit == 2 and resolution.x <= _PRINT and resolution.x.is_integer():
        return Calibration(notes=(f"Its {resolution.x:.0f} dots per inch are for printing; no pixel size was taken.",))
    um = _UM_PER_UNIT[resolution.unit]
    return Calibration({"X": um / resolution.x, "Y": um / resolution.y}, {"X": "µm", "Y": "µm"})


def from_imagej(metadata: Mapping[str, Any], resolution: Resolution | None) -> Calibration:
    """Pixel size, spacing, frame interval and colours from ImageJ's own metadata."""
    scale: dict[str, float] = {}
    unit: dict[str, str] = {}
    length = units.normal(str(metadata.get("unit") or ""))
    if length and resolution and resolution.usable:
        scale |= {"X": 1 / resolution.x, "Y": 1 / resolution.y}
        unit |= {"X": length, "Y": units.normal(str(metadata.get("yunit") or length))}
    if length and (spacing := abs(_number(metadata.get("spacing")))):
        scale["Z"], unit["Z"] = spacing, units.normal(str(metadata.get("zunit") or length))
    if (interval := _number(metadata.get("finterval"))) > 0:
        scale["T"], unit["T"] = interval, units.normal(str(metadata.get("tunit") or "s"))
    if not length and not scale:
        plain = from_resolution(resolution)
        return Calibration(plain.scale, plain.units, _colors(metadata), plain.notes)
    return Calibration(scale, unit, _colors(metadata))


def _number(value: object) -> float:
    try:
        number = float(str(value))
    except ValueError:
        return 0.0
    return number if math.isfinite(number) else 0.0


def _colors(metadata: Mapping[str, Any]) -> tuple[Channel, ...]:
    # A channel's colour in Fiji is the last entry of its look-up table.
    tables = metadata.get("LUTs") or ()
    return tuple(
        Channel(color="#" + "".join(f"{int(part):02x}" for part in table[:, -1]))
        for table in tables
        if getattr(table, "ndim", 0) == 2 and len(table) == 3
    )
