"""What the metadata of an open TIFF mean: calibration, acquisition, and our own annotation."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from bims_desktop.errors import UnreadableFile
from bims_desktop.files import ome_facts, ome_meaning, xml
from bims_desktop.files.acquisition import Acquisition
from bims_desktop.files.calibration import Calibration, Resolution, from_imagej, from_resolution
from bims_desktop.model.canonical import Json

_TAGS = {305: "software", 306: "date_time", 271: "make", 272: "model", 315: "artist"}
_IMAGEJ = ("ImageJ", "unit", "spacing", "finterval", "mode", "Info", "Labels", "Ranges")


@dataclass(frozen=True, slots=True)
class TiffMeaning:
    """Calibration of one series, the file's acquisition metadata, and our annotation by key."""

    calibration: Calibration
    acquisition: Acquisition
    ours: dict[str, str]


def describe(tiff: Any, number: int, name: str) -> TiffMeaning:
    """What the metadata say of series `number` of the open TIFF `name`.

    Raises
    ------
    UnreadableFile
        Its XML defines entities.
    """
    page = tiff.pages.first
    text = page.description
    if tiff.is_ome and (found := _from_ome(text, number, name)):
        return found
    resolution = resolution_of(page)
    if tiff.is_imagej and tiff.imagej_metadata:
        return TiffMeaning(from_imagej(tiff.imagej_metadata, resolution), _imagej(tiff.imagej_metadata, text), {})
    return TiffMeaning(from_resolution(resolution), _plain(tiff, text), {})


def _from_ome(text: str, number: int, name: str) -> TiffMeaning | None:
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise UnreadableFile(f"The XML in {name} defines entities.", "It may be made to exhaust the memory.")
    try:
        root = xml.parse(text, name)
    except UnreadableFile:
        return TiffMeaning(Calibration(notes=("Its OME-XML is damaged and was ignored.",)), Acquisition({}, text), {})
    meaning = ome_meaning.meaning(root, number)
    if meaning is None:
        return None
    calibration = Calibration(meaning.scale, meaning.units, meaning.channels)
    return TiffMeaning(calibration, Acquisition(ome_facts.facts(root, number), text), meaning.ours)


def _imagej(metadata: dict[str, Any], text: str) -> Acquisition:
    fields: dict[str, Json] = {key: str(metadata[key]) for key in _IMAGEJ if metadata.get(key) not in (None, "")}
    info = metadata.get("Info") or ""
    return Acquisition(fields, f"{text}\n{info}" if info else text)


def _plain(tiff: Any, text: str) -> Acquisition:
    tags = tiff.pages.first.tags
    fields: dict[str, Json] = {key: str(tags[code].value) for code, key in _TAGS.items() if code in tags}
    return Acquisition(fields, text or _vendor(tiff))


def _vendor(tiff: Any) -> str:
    # Formats such as LSM and STK keep their metadata in tags of their own.
    every = ((flag, getattr(tiff, f"{flag}_metadata", None)) for flag in sorted(tiff.flags))
    found = {flag: metadata for flag, metadata in every if isinstance(metadata, dict)}
    return json.dumps(found, default=str, sort_keys=True) if found else ""


def resolution_of(page: Any) -> Resolution | None:
    """The resolution tags of a page; None where they are missing or make no sense."""
    tags = page.tags
    if 282 not in tags or 283 not in tags:
        return None
    (x, per_x), (y, per_y) = tags[282].value[:2], tags[283].value[:2]
    if not (per_x and per_y):
        return None
    unit = tags[296].value if 296 in tags else 2
    return Resolution(x / per_x, y / per_y, int(unit))
