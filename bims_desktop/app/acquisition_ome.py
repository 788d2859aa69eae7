"""What the facts of OME-XML say, item by item; of somebody else's record they may be anything."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

LONGEST = 300
_EXPOSURE_UNIT = re.compile(r'ExposureTimeUnit="([^"]{1,20})"')
_LAMPS = ("laser", "arc", "filament", "lightemittingdiode")
_MADE = ("Manufacturer", "Model")


def ome_words(fields: Mapping[str, Any], raw: str) -> dict[str, str]:
    """Text by item of the checklist, empty where OME-XML is silent.

    Parameters
    ----------
    fields : mapping
        As `bims_desktop.files.ome_facts.facts` makes them.
    raw : str
        The OME-XML, for the unit of exposures in records that do not say it.
    """
    channels, objective = _rows(fields, "channel"), _rows(fields, "objective")
    return {
        "stand": _joined(_rows(fields, "microscope"), *_MADE),
        "modality": listed([_joined(channels, "AcquisitionMode"), *map(_pinhole, channels)]),
        "objective": _joined(objective, *_MADE),
        "magnification": _joined(objective, "NominalMagnification"),
        "numerical_aperture": _joined(objective, "LensNA"),
        "immersion": listed([_joined(objective, "Immersion"), *map(_index, _rows(fields, "objectivesettings"))]),
        "light_source": listed([_lamp(row) for name in _LAMPS for row in _rows(fields, name)]),
        "filters": listed([_filter(row) for name in ("filter", "dichroic") for row in _rows(fields, name)]),
        "detector": _joined(_rows(fields, "detector"), *_MADE, "Type"),
        "labels": _joined(channels, "Fluor"),
        "channels": _joined(channels, "Name"),
        "excitation": _wavelengths(channels, "ExcitationWavelength"),
        "emission": _wavelengths(channels, "EmissionWavelength"),
        "exposure": _exposures(fields, raw),
        "illumination": listed([*(_percent(row["Attenuation"]) for row in _lit(fields)), *_powers(fields)]),
        "gain": listed([_camera(row) for row in _rows(fields, "detectorsettings")]),
        "date": listed(_texts(fields.get("acquisition_date"))),
        "temperature": listed([_climate(row) for row in _rows(fields, "imagingenvironment")]),
    }


def _rows(fields: Mapping[str, Any], name: str) -> list[dict[str, str]]:
    told = fields.get(name)
    rows = [row for row in told if isinstance(row, dict)] if isinstance(told, list) else []
    return [{str(key): str(value).strip() for key, value in row.items()} for row in rows]


def _texts(told: Any) -> list[str]:
    return [str(value) for value in told] if isinstance(told, list) else []


def _joined(rows: list[dict[str, str]], *keys: str) -> str:
    return listed([" ".join(row[key] for key in keys if row.get(key)) for row in rows])


def listed(values: list[str]) -> str:
    """Each value once, in the order they came."""
    return ", ".join(dict.fromkeys(filter(None, values)))[:LONGEST]


def _index(row: dict[str, str]) -> str:
    return f"n = {number(row['RefractiveIndex'])}" if row.get("RefractiveIndex") else ""


def _lamp(row: dict[str, str]) -> str:
    made = " ".join(row[key] for key in (*_MADE, "Type") if row.get(key))
    return f"{made} {_wavelength(row, 'Wavelength')}".strip()


def _powers(fields: Mapping[str, Any]) -> list[str]:
    """What the lamps give, each by its name; OME-XML says milliwatt where it says no unit."""
    lamps = [row for name in _LAMPS for row in _rows(fields, name) if row.get("Power")]
    return [f"{_lamp(row)} {number(row['Power'])} {row.get('PowerUnit', 'mW')}".strip() for row in lamps]


def _pinhole(row: dict[str, str]) -> str:
    size = row.get("PinholeSize")
    return f"pinhole {number(size)} {row.get('PinholeSizeUnit', 'µm')}" if size else ""


def _filter(row: dict[str, str]) -> str:
    """Who made it, its type, and what it lets through."""
    ends = [f"{number(row[key])} {row.get(f'{key}Unit', 'nm')}" for key in ("CutIn", "CutOut") if row.get(key)]
    made = " ".join(row[key] for key in (*_MADE, "Type") if row.get(key))
    return f"{made} {' to '.join(ends)}".strip()


def _lit(fields: Mapping[str, Any]) -> list[dict[str, str]]:
    return [row for row in _rows(fields, "lightsourcesettings") if row.get("Attenuation")]


def _percent(share: str) -> str:
    try:
        return f"attenuated by {100 * float(share):.4g} %"
    except ValueError:
        return ""


def _camera(row: dict[str, str]) -> str:
    gain = f"gain {number(row['Gain'])}" if row.get("Gain") else ""
    volts = f"{number(row['Voltage'])} {row.get('VoltageUnit', 'V')}" if row.get("Voltage") else ""
    binned = f"binning {row['Binning']}" if row.get("Binning") else ""
    averaged = f"{row['Integration']} times averaged" if row.get("Integration") else ""
    return " ".join(filter(None, (gain, volts, binned, averaged)))


def _climate(row: dict[str, str]) -> str:
    warm = f"{number(row['Temperature'])} {row.get('TemperatureUnit', '°C')}" if row.get("Temperature") else ""
    try:
        gas = f"{100 * float(row['CO2Percent']):.3g} % CO2"  # a share of 1, in spite of its name
    except (KeyError, ValueError):
        gas = ""
    return ", ".join(filter(None, (warm, gas)))


def _wavelengths(rows: list[dict[str, str]], key: str) -> str:
    """One for each channel, by its name; a question mark where a channel has none."""
    if not any(row.get(key) for row in rows):
        return ""
    told = [(row.get("Name", ""), _wavelength(row, key) or "?") for row in rows]
    return ", ".join(f"{name}: {value}" if name else value for name, value in told)[:LONGEST]


def _wavelength(row: dict[str, str], key: str) -> str:
    return f"{number(row[key])} {row.get(f'{key}Unit', 'nm')}" if row.get(key) else ""


def _exposures(fields: Mapping[str, Any], raw: str) -> str:
    values = _texts(fields.get("exposure_time"))
    # Records of earlier programs give the numbers as the file has them, and the unit only in its own text.
    units = {str(fields["exposure_time_unit"])} if "exposure_time_unit" in fields else set(_EXPOSURE_UNIT.findall(raw))
    if not values or len(units) > 1:
        return ""
    unit = units.pop() if units else "s"
    ends = [time_span(value, unit) for value in (values if len(values) == 1 else (values[0], values[-1]))]
    return " to ".join(ends)[:LONGEST]


def stamps(fields: Mapping[str, Any]) -> str:
    """The time step by the planes' own stamps; empty without any."""
    told = fields.get("time_stamps")
    if not isinstance(told, dict) or "step" not in told:
        return ""
    return f"{time_span(str(told['step']), 's')}, the usual one of {told.get('count', 'its')} time stamps"[:LONGEST]


def time_span(text: str, unit: str) -> str:
    """A time; parts of a second as milliseconds or microseconds.

    Examples
    --------
    >>> time_span("0.1", "s"), time_span("5.48e-07", "s"), time_span("30.0", "s"), time_span("100.0", "ms")
    ('100 ms', '0.548 µs', '30 s', '100 ms')
    """
    try:
        value = float(text)
    except ValueError:
        return f"{text} {unit}"
    if unit != "s" or not 0 < value < 1:
        return f"{value:.6g} {unit}"
    return f"{value * 1e3:.6g} ms" if value >= 1e-3 else f"{value * 1e6:.6g} µs"


def number(text: str) -> str:
    """A number without the tail that binary fractions leave; other words as they came.

    Examples
    --------
    >>> number("1.4000000000000001"), number("488.00000000000006"), number("ArgonRemote")
    ('1.4', '488', 'ArgonRemote')
    """
    try:
        return f"{float(text):.6g}"
    except ValueError:
        return text
