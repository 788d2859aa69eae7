"""Textured images of every layout that the tests go through."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np

from bims_desktop.model.image import Channel, Image

SIZES = {"T": 2, "C": 3, "Z": 4, "Y": 13, "X": 17, "S": 3}
STEPS = {"T": 1.5, "C": 1.0, "Z": 2.0, "Y": 0.5, "X": 0.5, "S": 1.0}
UNITS = {"T": "s", "Z": "µm", "Y": "µm", "X": "µm"}
LAYOUTS = ("YX", "ZYX", "CYX", "TYX", "TCZYX", "YXS")
GREY_LAYOUTS = LAYOUTS[:-1]
DTYPES = ("uint8", "uint16", "int16", "uint32", "float32", "float64")


def wrap(pixels: Any, axes: str, kind: str = "intensity") -> Image:
    """An image around `pixels` with calibration, channel names, and read-only pixels."""
    if isinstance(pixels, np.ndarray):
        pixels.flags.writeable = False
    return Image(
        pixels,
        axes,
        tuple(STEPS[axis] for axis in axes),
        tuple(UNITS.get(axis, "") for axis in axes),
        tuple(Channel(f"channel {i}") for i in range(pixels.shape[axes.index("C")])) if "C" in axes else (),
        kind,  # type: ignore[arg-type]
    )


def textured(axes: str, dtype: str = "uint8", seed: int = 0) -> Image:
    """Blobs and noise over most of the range of `dtype`."""
    rng = np.random.default_rng(seed)
    shape = tuple(SIZES[axis] for axis in axes)
    values = rng.random(shape) * 0.6 + 0.4 * np.sin(np.arange(np.prod(shape)).reshape(shape) / 3) ** 2
    kind = np.dtype(dtype)
    if kind.kind in "iu":
        top = min(int(np.iinfo(kind).max), 60_000)
        low = -top // 2 if kind.kind == "i" else 0
        values = np.rint(low + values * (top - low))
    return wrap(values.astype(kind), axes, "rgb" if "S" in axes else "intensity")


def mask(axes: str, seed: int = 0) -> Image:
    """Spots and holes."""
    return wrap(textured(axes, "float32", seed).array() > 0.45, axes, "mask")


def labels(axes: str, seed: int = 0) -> Image:
    """A few labelled objects in each plane, sparse in number."""
    spots = np.random.default_rng(seed).integers(0, 5, tuple(SIZES[axis] for axis in axes))
    return wrap(np.where(spots > 2, spots * 3, 0).astype(np.int32), axes, "labels")


def indices(image: Image, axes: str) -> list[tuple[Any, ...]]:
    """Regions over `axes`, found without the code that is tested."""
    spans = [[slice(None)] if a in axes else list(range(n)) for a, n in zip(image.axes, image.shape, strict=True)]
    return list(product(*spans))


def by_hand(image: Image, axes: str, function: Any, dtype: Any = None) -> np.ndarray[Any, Any]:
    """`function` of each region of `image`, as somebody would write it in a notebook."""
    pixels = image.array()
    result = np.empty(image.shape, dtype or image.dtype)
    for index in indices(image, axes):
        values = function(pixels[index])
        if result.dtype.kind in "iu" and values.dtype.kind == "f":
            values = np.clip(np.rint(values), np.iinfo(result.dtype).min, np.iinfo(result.dtype).max)
        result[index] = values
    return result


def same_calibration(one: Image, other: Image) -> bool:
    """Whether axes, scale, units and channels are equal."""
    return (one.axes, one.scale, one.units, one.channels) == (other.axes, other.scale, other.units, other.channels)
