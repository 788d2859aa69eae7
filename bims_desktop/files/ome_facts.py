"""What OME-XML says of how an image was acquired, as JSON: the parts that were used, settings, exposures, times."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from statistics import median

from bims_desktop.files import units
from bims_desktop.files.ome_annotations import prefix_of
from bims_desktop.files.xml import Element
from bims_desktop.model.canonical import Json

_MADE = ("Manufacturer", "Model")
_LIGHT = (*_MADE, "Type", "Wavelength", "WavelengthUnit", "Power", "PowerUnit")
_INSTRUMENT = {
    "Microscope": (*_MADE, "Type"),
    "Objective": (*_MADE, "LensNA", "NominalMagnification", "Immersion", "Correction"),
    "Detector": (*_MADE, "Type"),
    "Laser": _LIGHT,
    "Arc": _LIGHT,
    "Filament": _LIGHT,
    "LightEmittingDiode": _LIGHT,
    "Filter": (*_MADE, "Type", "CutIn", "CutInUnit", "CutOut", "CutOutUnit"),
    "Dichroic": _MADE,
}
_IMAGE = {
    "Pixels": (
        "PhysicalSizeX",
        "PhysicalSizeXUnit",
        "PhysicalSizeY",
        "PhysicalSizeYUnit",
        "PhysicalSizeZ",
        "PhysicalSizeZUnit",
        "TimeIncrement",
        "TimeIncrementUnit",
    ),
    "Channel": (
        "Name",
        "Fluor",
        "ExcitationWavelength",
        "ExcitationWavelengthUnit",
        "EmissionWavelength",
        "EmissionWavelengthUnit",
        "AcquisitionMode",
        "PinholeSize",
        "PinholeSizeUnit",
    ),
    "ObjectiveSettings": ("Medium", "RefractiveIndex"),
    "DetectorSettings": ("Gain", "Voltage", "VoltageUnit", "Binning", "Integration"),
    "LightSourceSettings": ("Attenuation",),
    "ImagingEnvironment": ("Temperature", "TemperatureUnit", "CO2Percent"),
}
_PER_SECOND = {"s": 1, "ms": 1000, "µs": 10**6, "ns": 10**9}
_SECONDS = {"min": 60, "h": 3600, "d": 86400}


def facts(root: Element, index: int) -> dict[str, Json]:
    """Instrument, channels, exposures and times of image number `index`.

    Of an instrument's objectives, detectors and lamps only those that the image names, where it names any.

    Returns
    -------
    dict
        Lists of attributes by the tag in small letters; ``exposure_time``, each value once, and
        ``time_stamps``, over the points of T, in seconds.
    """
    prefix = prefix_of(root)
    image = root.findall(f"{prefix}Image")[index]
    used = _named(image)
    for filters in root.iter(f"{prefix}FilterSet"):
        used |= _named(filters) if filters.get("ID") in used else set()
    found: dict[str, Json] = {}
    for tag, keys in _INSTRUMENT.items():
        parts = list(root.iter(f"{prefix}{tag}"))
        named = [part for part in parts if part.get("ID") in used]
        _put(found, tag, named or parts, keys)
    for tag, keys in _IMAGE.items():
        _put(found, tag, list(image.iter(f"{prefix}{tag}")), keys)
    if dates := [element.text for element in image.iter(f"{prefix}AcquisitionDate") if element.text]:
        found["acquisition_date"] = list(dates)
    planes = list(image.iter(f"{prefix}Plane"))
    return {**found, **_exposures(planes), **_stamps(planes)}


def _put(found: dict[str, Json], tag: str, elements: list[Element], keys: tuple[str, ...]) -> None:
    rows: list[Json] = [row for element in elements if (row := _row(element, keys))]
    if rows:
        found[tag.lower()] = rows


def _row(element: Element, keys: tuple[str, ...]) -> dict[str, Json]:
    """Those attributes of `element`, or of the range that a filter lets through."""
    told = {key: value for child in element if child.tag.endswith("TransmittanceRange") for key, value in child.items()}
    told |= element.attrib
    return {key: told[key] for key in keys if key in told}


def _named(element: Element) -> set[str]:
    return {name for part in element.iter() if (name := part.get("ID"))}


def _exposures(planes: list[Element]) -> dict[str, Json]:
    told = sorted({value for plane in planes if (value := _seconds(plane, "ExposureTime")) is not None and value > 0})
    return {"exposure_time": list(told), "exposure_time_unit": "s"} if told else {}


def _stamps(planes: list[Element]) -> dict[str, Json]:
    """How many points of T have a time stamp, the first and the last, and the usual step between them."""
    first: dict[str, float] = {}
    for plane in planes:
        if (value := _seconds(plane, "DeltaT")) is not None:
            place = plane.get("TheT", "0")
            first[place] = min(value, first.get(place, math.inf))
    times = sorted(first.values())
    if len(times) < 2:
        return {}
    step = float(f"{median(_differences(times)):.6g}")
    return {"time_stamps": {"count": len(times), "first": times[0], "last": times[-1], "step": step}}


def _differences(times: list[float]) -> Iterator[float]:
    return (after - before for before, after in pairwise(times))


def _seconds(plane: Element, key: str) -> float | None:
    """A time of `plane` in seconds; None where there is none that makes sense."""
    unit = units.normal(plane.get(f"{key}Unit", "s"))
    try:
        value = float(plane.get(key, ""))
    except ValueError:
        return None
    if not math.isfinite(value) or unit not in {*_PER_SECOND, *_SECONDS}:
        return None
    return value * _SECONDS.get(unit, 1) / _PER_SECOND.get(unit, 1)
