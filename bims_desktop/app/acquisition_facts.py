"""What a file says of its acquisition, by item of the checklist: OME-XML, calibration, vendors' settings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bims_desktop.model.image import Image

LONGEST = 300
MAX_LINES = 20_000
_SETTING = re.compile(r"([^=\n]{1,200}?)(?: #\d+)? = (.{1,300})")
_EXPOSURE_UNIT = re.compile(r'ExposureTimeUnit="([^"]{1,20})"')
# Ends of the names that Bio-Formats and SCIFIO give to a vendor's settings, with units; the first that is there counts.
_SETTINGS: dict[str, tuple[tuple[str, str], ...]] = {
    "stand": (("Microscope|System", ""), ("Microscope|Model", "")),
    "modality": (("Channel|AcquisitionMode", ""),),
    "objective": (("Objective|Manufacturer|Model", ""), ("Objective|Model", "")),
    "magnification": (("Objective|NominalMagnification", ""),),
    "numerical_aperture": (("Objective|LensNA", ""),),
    "immersion": (("Objective|Immersion", ""),),
    "light_source": (("Laser|LaserName", ""), ("LightSource|Model", "")),
    "detector": (("Detector|Manufacturer|Model", ""), ("Detector|Model", ""), ("Camera|Name", "")),
    "software": (("Application|Name", ""),),
    "labels": (("Channel|Fluor", ""), ("Channel|DyeName", "")),
    "excitation": (("Channel|ExcitationWavelength", " nm"),),
    "emission": (("Channel|EmissionWavelength", " nm"),),
    "exposure": (("Channel|ExposureTime", ""), ("LaserScanInfo|PixelTime", " s")),
    "gain": (("LaserScanInfo|Averaging", " times averaged"),),
    "date": (("AcquisitionDateAndTime", ""), ("AcquisitionDate", "")),
}
_TAGS = {
    "software": (("software", "Software"),),
    "detector": (("make", "Make"), ("model", "Model")),
    "date": (("date_time", "DateTime"),),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """A value of an item, and where in the file it stands."""

    item: str
    text: str
    where: str


def facts(
    fields: Mapping[str, Any], raw: str, image: Image | None, calibration: str = "calibration"
) -> tuple[Fact, ...]:
    """What a file says, in the order of trust: its standard metadata, its calibration, a vendor's settings.

    Parameters
    ----------
    fields : mapping
        As `Acquisition.fields`; of somebody else's record they may be anything.
    raw : str
        The vendor's text.
    image : Image, optional
        For its calibration.
    calibration : str
        What to call that place.

    Returns
    -------
    tuple of Fact
        At most one an item.
    """
    found: dict[str, Fact] = {}
    for fact in (*_of_ome(fields, raw), *_of_image(image, calibration), *_of_settings(raw), *_of_tags(fields)):
        found.setdefault(fact.item, fact)
    return tuple(found.values())


def _of_ome(fields: Mapping[str, Any], raw: str) -> Iterator[Fact]:
    words = {
        "stand": _joined(_rows(fields, "microscope"), "Manufacturer", "Model"),
        "objective": _joined(_rows(fields, "objective"), "Manufacturer", "Model"),
        "magnification": _joined(_rows(fields, "objective"), "NominalMagnification"),
        "numerical_aperture": _joined(_rows(fields, "objective"), "LensNA"),
        "immersion": _joined(_rows(fields, "objective"), "Immersion"),
        "detector": _joined(_rows(fields, "detector"), "Manufacturer", "Model", "Type"),
        "modality": _joined(_rows(fields, "channel"), "AcquisitionMode"),
        "channels": _joined(_rows(fields, "channel"), "Name"),
        "labels": _joined(_rows(fields, "channel"), "Fluor"),
        "excitation": _wavelengths(_rows(fields, "channel"), "ExcitationWavelength"),
        "emission": _wavelengths(_rows(fields, "channel"), "EmissionWavelength"),
        "date": _listed(_texts(fields.get("acquisition_date"))),
        "exposure": _exposures(fields, raw),
    }
    yield from (Fact(item, text, "OME-XML") for item, text in words.items() if text)


def _of_image(image: Image | None, calibration: str) -> Iterator[Fact]:
    if image is None:
        return
    if names := _listed([channel.name for channel in image.channels if channel.name]):
        yield Fact("channels", names, "channel names")
    for item, axes in (("pixel_size", "YX"), ("z_step", "Z"), ("time_step", "T")):
        if size := _step(image, axes):
            yield Fact(item, size, calibration)


def _of_settings(raw: str) -> Iterator[Fact]:
    told: dict[str, list[str]] = {}
    for line in raw.splitlines()[:MAX_LINES]:
        if match := _SETTING.match(line):
            told.setdefault(match[1], []).append(match[2].strip())
    for item, candidates in _SETTINGS.items():
        for end, unit in candidates:
            values = [value for name, each in told.items() if f"|{name}".endswith(f"|{end}") for value in each if value]
            if values:
                yield Fact(item, _listed([f"{_number(value)}{unit}" for value in values]), end.replace("|", " "))
                break


def _of_tags(fields: Mapping[str, Any]) -> Iterator[Fact]:
    for item, groups in _TAGS.items():
        named = [next(((n, fields[n]) for n in names if isinstance(fields.get(n), str)), ("", "")) for names in groups]
        if text := " ".join(value.strip() for _, value in named if value.strip()):
            yield Fact(item, text[:LONGEST], ", ".join(name for name, value in named if value))


def _rows(fields: Mapping[str, Any], name: str) -> list[dict[str, str]]:
    told = fields.get(name)
    rows = [row for row in told if isinstance(row, dict)] if isinstance(told, list) else []
    return [{str(key): str(value).strip() for key, value in row.items()} for row in rows]


def _texts(told: Any) -> list[str]:
    return [str(value) for value in told] if isinstance(told, list) else []


def _joined(rows: list[dict[str, str]], *keys: str) -> str:
    return _listed([" ".join(row[key] for key in keys if row.get(key)) for row in rows])


def _listed(values: list[str]) -> str:
    """Each value once, in the order they came."""
    return ", ".join(dict.fromkeys(filter(None, values)))[:LONGEST]


def _wavelengths(rows: list[dict[str, str]], key: str) -> str:
    """One for each channel, by its name; a question mark where a channel has none."""
    if not any(row.get(key) for row in rows):
        return ""
    told = [(row.get("Name", ""), f"{_number(row[key])} nm" if row.get(key) else "?") for row in rows]
    return ", ".join(f"{name}: {value}" if name else value for name, value in told)[:LONGEST]


def _exposures(fields: Mapping[str, Any], raw: str) -> str:
    values = _texts(fields.get("exposure_time"))
    units = set(_EXPOSURE_UNIT.findall(raw)) or {"s"}  # seconds are the default of OME-XML
    if not values or len(units) > 1:
        return ""
    unit = units.pop()
    return (
        f"{_number(values[0])} {unit}" if len(values) == 1 else f"{_number(values[0])} to {_number(values[-1])} {unit}"
    )


def _step(image: Image, axes: str) -> str:
    places = [image.axes.index(axis) for axis in axes if axis in image.axes]
    sizes = [(image.scale[place], image.units[place]) for place in places]
    if not sizes or not all(unit for _, unit in sizes):
        return ""
    alike = len(set(sizes)) == 1
    return " × ".join(f"{value:.4g} {unit}" for value, unit in sizes[: 1 if alike else None])


def _number(text: str) -> str:
    """A number without the tail that binary fractions leave; other words as they came.

    Examples
    --------
    >>> _number("1.4000000000000001"), _number("488.00000000000006"), _number("ArgonRemote")
    ('1.4', '488', 'ArgonRemote')
    """
    try:
        return f"{float(text):.6g}"
    except ValueError:
        return text
