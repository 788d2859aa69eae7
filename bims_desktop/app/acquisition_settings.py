"""Vendors' settings, as Bio-Formats and SCIFIO write them into a text, by item of the checklist."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bims_desktop.app.acquisition_ome import LONGEST, listed, number, time_span

MAX_LINES = 20_000
_SETTING = re.compile(r"([^=\n]{1,200}?)(?: #\d+)? = (.{1,300})")
_NO_FILTER = {"Plate", "Mirror", "None", "NoneLSM"}
"""Positions of a beam splitter wheel that hold no filter."""

Told = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class _Part:
    """Values of the first of these names that is there, each as `form` with what `read` makes of it, after `lead`.

    A name counts by its end, for what stands before it differs between vendors.
    """

    names: tuple[str, ...]
    form: str = "{}"
    read: Callable[[str], str] = number
    lead: str = ""

    def said(self, told: Told) -> tuple[str, str]:
        """The text, and where it stands; empty without any."""
        for name in self.names:
            values = [self.form.format(text) for value in _values(told, name) if (text := self.read(value))]
            if values:
                return self.lead + listed(values), _where(name)
        return "", ""


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Values by what they belong to, such as powers by their lasers; without it where not each has one."""

    owners: str
    name: str
    form: str
    read: Callable[[str], str] = number

    def said(self, told: Told) -> tuple[str, str]:
        """As of a part."""
        values = [self.read(value) for value in _values(told, self.name)]
        owners = _values(told, self.owners)
        if len(owners) == len(values):
            values = [f"{owner} {value}" for owner, value in zip(owners, values, strict=True) if value]
        text = listed(values)
        return (self.form.format(text), _where(self.name)) if text else ("", "")


def settings(raw: str) -> Iterator[tuple[str, str, str]]:
    r"""Item, text and place of what the settings in `raw` say, at most once an item.

    Examples
    --------
    >>> list(settings("A|Objective|Immersion #1 = Oil\nA|Image|RefractiveIndex #1 = 1.518"))
    [('immersion', 'Oil, n = 1.518', 'Objective Immersion, Image RefractiveIndex')]
    """
    told: Told = {}
    for line in raw.splitlines()[:MAX_LINES]:
        if match := _SETTING.match(line):
            told.setdefault(f"|{match[1]}", []).append(match[2].strip())
    for item, parts in _ITEMS.items():
        if said := [found for part in parts if (found := part.said(told))[0]]:
            glue = "; " if len(said) > 1 and any(", " in text for text, _ in said) else ", "
            yield item, glue.join(text for text, _ in said)[:LONGEST], ", ".join(where for _, where in said)


def _values(told: Told, name: str) -> list[str]:
    return [value for full, values in told.items() if full.endswith(f"|{name}") for value in values if value]


def _where(name: str) -> str:
    return name.replace("|", " ")


def _filter(name: str) -> str:
    return "" if name in _NO_FILTER else name


def _band(text: str) -> str:
    """A range of wavelengths.

    Examples
    --------
    >>> _band("490.64837900000015-570.5707100000003"), _band("LP 505")
    ('490.6 to 570.6 nm', 'LP 505')
    """
    low, _, high = text.partition("-")
    try:
        return f"{float(low):.1f} to {float(high):.1f} nm"
    except ValueError:
        return text


def _seconds(text: str) -> str:
    return time_span(text, "s")


def _percent(text: str) -> str:
    try:
        return f"{100 * float(text):.4g} %"
    except ValueError:
        return text


def _airy(text: str) -> str:
    try:
        return f"{float(text):.2g}"
    except ValueError:
        return text


_ITEMS: dict[str, tuple[_Part | _Pairs, ...]] = {
    "stand": (_Part(("Microscope|System", "Microscope|Model")),),
    "modality": (_Part(("Channel|AcquisitionMode",)), _Part(("Channel|PinholeSizeAiry",), "pinhole {} AU", _airy)),
    "objective": (_Part(("Objective|Manufacturer|Model", "Objective|Model")),),
    "magnification": (_Part(("Objective|NominalMagnification",)), _Part(("LaserScanInfo|ZoomX",), "scan zoom {}")),
    "numerical_aperture": (_Part(("Objective|LensNA",)),),
    "immersion": (_Part(("Objective|Immersion",)), _Part(("Image|RefractiveIndex",), "n = {}")),
    "light_source": (_Part(("Laser|LaserName", "LightSource|Model")),),
    "filters": (
        _Part(("BeamSplitter|Filter",), read=_filter),
        _Part(("Channel|DetectionWavelength|Ranges",), read=_band, lead="detected "),
    ),
    "detector": (
        _Part(("Detector|Manufacturer|Model", "Detector|Model", "Camera|Name", "Detector|DetectorIdentifier")),
    ),
    "software": (_Part(("Application|Name",)), _Part(("Application|Version",), "version {}", str)),
    "labels": (_Part(("Channel|Fluor", "Channel|DyeName")),),
    "channels": (_Part(("Image|Channel|Name",)),),
    "excitation": (_Part(("Channel|ExcitationWavelength",), "{} nm"),),
    "emission": (_Part(("Channel|EmissionWavelength",), "{} nm"),),
    "exposure": (
        _Part(("Channel|ExposureTime",)),
        _Part(("LaserScanInfo|PixelTime",), "{} a pixel", _seconds),
        _Part(("LaserScanInfo|FrameTime",), "{} a frame", _seconds),
    ),
    "illumination": (
        _Pairs("Attenuator|Laser", "Attenuator|Transmission", "transmitted {}", _percent),
        # A number alone is no power; the file says no unit, so neither do we.
        _Pairs("Laser|LaserName", "Laser|LaserPower", "power {} (unit not in the file)"),
    ),
    "gain": (
        _Part(("Detector|Voltage",), "{} V"),
        _Part(("Channel|DigitalGain",), "digital gain {}"),
        _Part(("Channel|Binning",), "binning {}"),
        _Part(("LaserScanInfo|Averaging",), "{} times averaged"),
    ),
    "date": (_Part(("AcquisitionDateAndTime", "AcquisitionDate", "Document|CreationDate"), read=str),),
}
