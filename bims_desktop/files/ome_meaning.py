"""What OME-XML says of an image: calibration and channels."""

from __future__ import annotations

import math
from dataclasses import dataclass

from bims_desktop.files import units
from bims_desktop.files.ome_annotations import IMAGE_NAMESPACE, prefix_of, read_map
from bims_desktop.files.xml import Element
from bims_desktop.model.image import Channel

_STEPS = (
    ("X", "PhysicalSizeX", "µm"),
    ("Y", "PhysicalSizeY", "µm"),
    ("Z", "PhysicalSizeZ", "µm"),
    ("T", "TimeIncrement", "s"),
)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What OME-XML says of one image: steps and units by axis, channels, our annotation."""

    scale: dict[str, float]
    units: dict[str, str]
    channels: tuple[Channel, ...]
    ours: dict[str, str]
    name: str


def meaning(root: Element, index: int) -> Meaning | None:
    """What the OME-XML under `root` says of its image number `index`; None where it has no such image."""
    prefix = prefix_of(root)
    images = root.findall(f"{prefix}Image")
    pixels = images[index].find(f"{prefix}Pixels") if index < len(images) else None
    if pixels is None:
        return None
    scale, unit = _read_steps(pixels)
    ours = read_map(root, IMAGE_NAMESPACE) if index == 0 else {}
    if "time step in frames" in ours and "T" not in scale and (step := _positive(ours["time step in frames"])):
        scale["T"] = step
    channels = tuple(_read_channel(channel) for channel in pixels.findall(f"{prefix}Channel"))
    return Meaning(scale, unit, channels, ours, images[index].get("Name", ""))


def _read_steps(pixels: Element) -> tuple[dict[str, float], dict[str, str]]:
    scale: dict[str, float] = {}
    unit: dict[str, str] = {}
    for axis, key, default in _STEPS:
        if step := _positive(pixels.get(key, "")):
            scale[axis], unit[axis] = step, units.normal(pixels.get(f"{key}Unit", default))
    return scale, unit


def _positive(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and value > 0 else None


def _read_channel(channel: Element) -> Channel:
    try:
        color = f"#{(int(channel.get('Color', '')) >> 8) & 0xFFFFFF:06x}"
    except ValueError:
        color = ""
    return Channel(channel.get("Name", ""), color)
