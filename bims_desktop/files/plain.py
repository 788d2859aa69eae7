"""An `Image` around one decoded plane of grey or colour samples (PNG, JPEG)."""

from __future__ import annotations

import numpy as np

from bims_desktop.files.calibration import Calibration
from bims_desktop.files.lazy import Array, frozen
from bims_desktop.model.image import Image, Kind


def plain_image(array: Array, calibration: Calibration, name: str) -> tuple[Image, tuple[str, ...]]:
    """`array` (Y, X or Y, X, samples) as mask, intensity or RGB, and notes on what was left out."""
    notes: tuple[str, ...] = ()
    if array.ndim == 3 and array.shape[2] == 2:
        array = frozen(np.ascontiguousarray(array[:, :, 0]))
        notes = (f"{name} is grey with transparency; the transparency was left out.",)
    axes = "YXS" if array.ndim == 3 else "YX"
    kind: Kind = "rgb" if array.ndim == 3 else "mask" if array.dtype == np.bool_ else "intensity"
    scale = tuple(calibration.scale.get(axis, 1.0) for axis in axes)
    units = tuple(calibration.units.get(axis, "") for axis in axes)
    return Image(array, axes, scale, units, kind=kind), notes
