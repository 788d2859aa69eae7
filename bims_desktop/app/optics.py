"""`Optics`: numbers for a point-spread function, from what file and people say of how an image was taken."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from bims_desktop.app.acquisition import Entry, describe_data
from bims_desktop.app.data import Data
from bims_desktop.errors import BimsError
from bims_desktop.model.image import Image

_ITEMS = {
    "numerical_aperture": "numerical_aperture",
    "wavelength": "emission",
    "excitation_wavelength": "excitation",
    "refractive_index": "immersion",
}
OPTICAL = _ITEMS.keys()
"""Names of the settings that it knows of."""
_INDICES = {"oil": 1.515, "water": 1.333, "glycer": 1.47, "silicon": 1.406, "air": 1.0, "dry": 1.0}
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_STATED = re.compile(r"(?:\bn\s*[=≈]?\s*|\bindex\D{0,5}|^\s*)(\d\.\d+)", re.IGNORECASE)
_CHANNEL = re.compile(r"(?:(?P<name>[^:]*):\s*)?(?P<nm>\d+(?:\.\d+)?|\?)(?:\s*nm)?\s*")
_APERTURES, _WAVELENGTHS, _LENSES = (0.01, 2.0), (100.0, 2000.0), (1.0, 3.0)


class Told(NamedTuple):
    """What is said of an item, and where."""

    text: str
    where: str


@dataclass(frozen=True, slots=True)
class Optics:
    """What is known, by the name of the setting that it is for; `said` is where each came from, as words."""

    values: Mapping[str, float] = field(default_factory=dict)
    said: Mapping[str, str] = field(default_factory=dict)


def optics_of(data: Data, channel: int = 0) -> Optics:
    """The optics by which the pixels of `data` were taken, where it comes of one file alone.

    Parameters
    ----------
    data : Data
        An image of the session, raw or computed.
    channel : int
        Which of several channels counts.
    """
    try:
        descriptions = describe_data(data.session, data)
    except BimsError:  # what is damaged, and where, is for the acquisition panel to say
        return Optics()
    told = dict(filter(None, map(_told, descriptions[0].entries))) if len(descriptions) == 1 else {}
    return read_optics(told, data.image, channel)


def read_optics(told: Mapping[str, Told], image: Image, channel: int = 0) -> Optics:
    """The same from what is told by item of the checklist.

    Examples
    --------
    >>> import numpy as np
    >>> told = {"numerical_aperture": Told("1.2", "OME-XML"), "immersion": Told("Water", "by hand")}
    >>> dict(read_optics(told, Image(np.zeros((2, 2)), "YX")).values)
    {'numerical_aperture': 1.2, 'refractive_index': 1.333}
    """
    values, said = {}, {}
    for name, item in _ITEMS.items():
        text, where = told.get(item, Told("", ""))
        if (number := _read(name, text, image, channel)) is not None:
            values[name], said[name] = number, f"{text} ({where})"
    return Optics(values, said)


def _told(entry: Entry) -> tuple[str, Told] | None:
    if entry.fact is not None:
        return entry.item.id, Told(entry.fact.text, entry.fact.where)
    return (entry.item.id, Told(entry.note.text, "by hand")) if entry.note is not None else None


def _read(name: str, text: str, image: Image, channel: int) -> float | None:
    if name == "numerical_aperture":
        return _one(_NUMBER.findall(text), _APERTURES)
    if name == "refractive_index":
        return _index(text)
    return _wavelength(text, image, channel)


def _index(text: str) -> float | None:
    """A stated index, else that of the medium which is named."""
    if (stated := _STATED.search(text)) is not None:
        return _one([stated[1]], _LENSES)
    named = {index for word, index in _INDICES.items() if word in text.casefold()}
    return named.pop() if len(named) == 1 else None


def _wavelength(text: str, image: Image, channel: int) -> float | None:
    """That of the channel, by its name, else by its place; of a single one whatever the channel."""
    matches = [_CHANNEL.fullmatch(part) for part in text.split(", ")] if text else []
    told = [(match["name"] or "", match["nm"]) for match in matches if match is not None]
    name = image.channels[channel].name if channel < len(image.channels) else ""
    named = [nm for said, nm in told if name and said == name]
    if len(named) == 1:
        return _one(named, _WAVELENGTHS)
    if len(told) == len(matches) > channel and len(told) == (image.size("C") if "C" in image.axes else 1):
        return _one([told[channel][1]], _WAVELENGTHS)
    return None


def _one(texts: list[str], bounds: tuple[float, float]) -> float | None:
    """The number that all of `texts` are, where it is a sensible one."""
    numbers = {float(text) for text in texts if text != "?"}
    number = numbers.pop() if len(numbers) == 1 else None
    return number if number is not None and bounds[0] <= number <= bounds[1] else None
