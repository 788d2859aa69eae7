"""From the samples of a TIFF series and what its metadata mean to an `Image`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from bims_desktop.files import house_axes, samples, tiff_series
from bims_desktop.files.series import Series
from bims_desktop.files.tiff_meaning import TiffMeaning
from bims_desktop.model.axes import ordered
from bims_desktop.model.image import Channel, Image, Kind, Pixels

# Photometric interpretations of TIFF 6.0.
_WHITE_IS_ZERO, _RGB, _PALETTE, _YCBCR = 0, 2, 3, 6


def image_of(raw: Pixels, series: Any, meaning: TiffMeaning, name: str) -> tuple[Image, tuple[str, ...]]:
    """`raw`, along the axes of `series`, as an image; and notes on what was assumed or converted."""
    letters, assumed = _letters(series)
    pixels, converted = samples.usable(raw, name)
    pixels, axes = house_axes.in_order(pixels, letters)
    pixels, axes = house_axes.expanded(pixels, axes, meaning.ours.get("axes", ""))
    pixels, kind, doubted = _of_kind(pixels, axes, meaning.ours)
    found = meaning.calibration
    image = Image(
        pixels,
        axes,
        scale=tuple(found.scale.get(axis, 1.0) for axis in axes),
        units=tuple(found.units.get(axis, "") for axis in axes),
        channels=_channels(found.channels, axes, pixels.shape),
        kind=kind,
    )
    return image, (*assumed, *converted, *doubted, *found.notes)


def listed(series: Any, number: int) -> Series:
    """What is known of `series` before anything of it is decoded."""
    letters, _ = _letters(series)
    shape = dict(zip(letters, series.shape, strict=True))
    axes = ordered("".join({**dict.fromkeys("YX"), **shape}))
    dtype = np.dtype(series.dtype).name
    return Series(number, series.name, axes, tuple(shape.get(axis, 1) for axis in axes), dtype)


def _letters(series: Any) -> tuple[str, tuple[str, ...]]:
    return house_axes.named(series.axes, rgb=_is_rgb(series))


def _is_rgb(series: Any) -> bool:
    colors = series.keyframe.photometric in (_RGB, _YCBCR)
    return colors and "S" in series.axes and series.shape[series.axes.index("S")] in (3, 4)


def _of_kind(pixels: Pixels, axes: str, ours: Mapping[str, str]) -> tuple[Pixels, Kind, tuple[str, ...]]:
    notes: tuple[str, ...] = ()
    if ours.get("type") == "bool":
        mask = samples.as_mask(pixels)
        pixels = pixels if mask is None else mask
        notes = () if mask is not None else ("It says it is a mask, and holds other values than 0 and 255.",)
    return pixels, _kind(pixels, axes, ours.get("kind", "")), notes


def _kind(pixels: Pixels, axes: str, saved: str) -> Kind:
    if "S" in axes:
        return "rgb"
    if saved == "labels" and pixels.dtype.kind in "iu":
        return "labels"
    return "mask" if pixels.dtype == np.bool_ and saved != "intensity" else "intensity"


def _channels(channels: tuple[Channel, ...], axes: str, shape: tuple[int, ...]) -> tuple[Channel, ...]:
    count = shape[axes.index("C")] if "C" in axes else 1
    return channels if len(channels) == count and any(c.name or c.color for c in channels) else ()


def notes_on(tiff: Any, series: Any, number: int) -> tuple[str, ...]:
    """What a person should know of series `number` before trusting its look."""
    notes = []
    if len(tiff.series) > 1:
        notes.append(f"It holds {len(tiff.series)} series; this is series {number}.")
    if series.keyframe.photometric == _WHITE_IS_ZERO:
        notes.append("Its photometric tag says that 0 is white; the samples were read as they are stored.")
    if series.keyframe.photometric == _PALETTE:
        notes.append("It has a colour map, which was not applied; the samples were read as they are stored.")
    if missing := tiff_series.planes_missing(tiff, series):
        notes.append(f"{missing} planes that ImageJ's metadata promise are not in it.")
    return tuple(notes)
