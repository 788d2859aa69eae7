"""Textured images of several axes and types: nothing in them is constant, so that no step is without effect."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from bims_desktop.model.image import Channel, Image

SIZES = {"T": 2, "C": 2, "Z": 3, "Y": 24, "X": 28, "S": 3}
STEPS = {"T": 1.5, "Z": 2.0, "Y": 0.5, "X": 0.5}
UNITS = {"T": "s", "Z": "µm", "Y": "µm", "X": "µm"}


def textured(axes: str, dtype: str = "uint8", seed: int = 0) -> Image:
    """Blobs on noise over most of the range of `dtype`; ``bool`` gives a mask, ``labels`` labelled blobs."""
    values = _texture(tuple(SIZES[axis] for axis in axes), axes, seed)
    if dtype == "bool":
        return _calibrated(values > 0.5, axes, "mask")
    if dtype == "labels":
        numbers, _ = ndimage.label(values > 0.55)
        return _calibrated(numbers.astype(np.int32), axes, "labels")
    if np.dtype(dtype).kind == "u":
        values = np.rint(values * min(np.iinfo(dtype).max, 4000))
    return _calibrated(values.astype(dtype), axes, "rgb" if "S" in axes else "intensity")


def _texture(shape: tuple[int, ...], axes: str, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    widths = [2.0 if axis in "YX" else 0.0 for axis in axes]
    blobs = ndimage.gaussian_filter(rng.random(shape), widths)
    blobs = (blobs - blobs.min()) / (blobs.max() - blobs.min())
    return 0.85 * blobs + 0.15 * rng.random(shape)


def _calibrated(pixels: np.ndarray, axes: str, kind: str) -> Image:
    channels = tuple(Channel(f"channel {n}") for n in range(SIZES["C"])) if "C" in axes else ()
    scale = tuple(STEPS.get(axis, 1.0) for axis in axes)
    return Image(pixels, axes, scale, tuple(UNITS.get(axis, "") for axis in axes), channels, kind)
