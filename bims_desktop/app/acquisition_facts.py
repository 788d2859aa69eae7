"""What a file says of its acquisition, by item of the checklist: OME-XML, calibration, vendors' settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bims_desktop.app.acquisition_ome import LONGEST, listed, ome_words, stamps
from bims_desktop.app.acquisition_settings import settings
from bims_desktop.model.image import Image

STATED = "stated"
"""Member of a record's `acquisition`: what a text said that was left out."""
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
    text = raw or str(fields.get("Info", ""))
    for fact in (*_of_ome(fields, raw), *_of_image(image, calibration), *_of_rest(fields, text)):
        found.setdefault(fact.item, fact)
    return tuple(found.values())


def _of_ome(fields: Mapping[str, Any], raw: str) -> Iterator[Fact]:
    yield from (Fact(item, text, "OME-XML") for item, text in ome_words(fields, raw).items() if text)


def _of_image(image: Image | None, calibration: str) -> Iterator[Fact]:
    if image is None:
        return
    if names := listed([channel.name for channel in image.channels if channel.name]):
        yield Fact("channels", names, "channel names")
    for item, axes in (("pixel_size", "YX"), ("z_step", "Z"), ("time_step", "T")):
        if size := _step(image, axes):
            yield Fact(item, size, calibration)


def _of_rest(fields: Mapping[str, Any], raw: str) -> Iterator[Fact]:
    if step := stamps(fields):
        yield Fact("time_step", step, "time stamps of OME-XML")
    yield from (Fact(*said) for said in settings(raw))
    yield from stated(fields)
    yield from _of_tags(fields)


def stated(fields: Mapping[str, Any]) -> Iterator[Fact]:
    """What a record says in place of the text that it leaves out."""
    rows = fields.get(STATED)
    for row in rows if isinstance(rows, list) else ():
        said = [row.get(name) for name in Fact.__slots__] if isinstance(row, dict) else []
        if said and all(isinstance(word, str) and word for word in said):
            yield Fact(*(str(word)[:LONGEST] for word in said))


def _of_tags(fields: Mapping[str, Any]) -> Iterator[Fact]:
    for item, groups in _TAGS.items():
        named = [next(((n, fields[n]) for n in names if isinstance(fields.get(n), str)), ("", "")) for names in groups]
        if text := " ".join(value.strip() for _, value in named if value.strip()):
            yield Fact(item, text[:LONGEST], ", ".join(name for name, value in named if value))


def _step(image: Image, axes: str) -> str:
    places = [image.axes.index(axis) for axis in axes if axis in image.axes]
    sizes = [(image.scale[place], image.units[place]) for place in places]
    if not sizes or not all(unit for _, unit in sizes):
        return ""
    alike = len(set(sizes)) == 1
    return " × ".join(f"{value:.4g} {unit}" for value, unit in sizes[: 1 if alike else None])
