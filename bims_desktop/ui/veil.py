"""`Veil`: a plane in colours, to be drawn over an image: opaque intensities, objects that let it shine through."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bims_desktop.model.image import Image
from bims_desktop.ui.picture import LABEL_COLOURS, Array

MOST = 4096
"""Pixels a side; a larger plane is thinned out."""
MARK = (0, 200, 255)
_MASKED, _LABELLED = 120, 160
_STEPS = 256
_LIKE = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """How a layer shows intensities: colours (256, 4) from the lower to the upper limit."""

    table: Array
    limits: tuple[float, float]
    dtype: np.dtype[np.generic]


@dataclass(frozen=True, slots=True, eq=False)
class Veil:
    """RGBA bytes (y, x, 4), one of every `step` pixels."""

    pixels: Array
    step: int


def veil(image: Image, look: Look | None) -> Veil:
    """`image`, one plane, in colours.

    Parameters
    ----------
    image : Image
        All axes but Y, X and S are 1 long.
    look : Look, optional
        How the layer shows what `image` was made from; results on the same scale are shown alike.

    Examples
    --------
    >>> mask = Image(np.array([[True, False]]), "YX", kind="mask")
    >>> veil(mask, None).pixels[0, :, 3].tolist()
    [120, 0]
    """
    flat = np.asarray(image.pixels).reshape(image.shape[-3:] if image.kind == "rgb" else image.shape[-2:])
    step = max(1, -(-max(flat.shape[:2]) // MOST))
    plane = flat[::step, ::step]
    match image.kind:
        case "mask":
            return Veil(_coloured(np.broadcast_to(np.array(MARK, np.uint8), (*plane.shape, 3)), plane, _MASKED), step)
        case "labels":
            colours = LABEL_COLOURS[plane.astype(np.int64) % len(LABEL_COLOURS)]
            return Veil(_coloured(colours, plane != 0, _LABELLED), step)
        case "rgb":
            return Veil(_coloured(_bytes(plane), np.ones(plane.shape[:2], bool), 255), step)
    return Veil(_intensities(plane, look), step)


def _coloured(colours: Array, where: Array, alpha: int) -> Array:
    return np.dstack([colours, where.astype(np.uint8) * np.uint8(alpha)])


def _bytes(plane: Array) -> Array:
    return plane if plane.dtype == np.uint8 else (np.clip(_scaled(plane, _range(plane)), 0, 1) * 255).astype(np.uint8)


def _intensities(plane: Array, look: Look | None) -> Array:
    own = _range(plane)
    if look is None:
        grey = np.linspace(0, 255, _STEPS).astype(np.uint8)
        look = Look(np.stack([grey, grey, grey, np.full(_STEPS, 255, np.uint8)], -1), own, plane.dtype)
    limits = look.limits if _alike(own, look.limits) and plane.dtype == look.dtype else own
    scaled = np.clip(np.nan_to_num(_scaled(plane, limits)), 0, 1)
    coloured: Array = look.table[(scaled * (_STEPS - 1)).astype(np.uint8)]
    return coloured


def _range(plane: Array) -> tuple[float, float]:
    values = plane[np.isfinite(plane)].astype(np.float64)
    low, high = np.percentile(values, (0.5, 99.8)) if values.size else (0.0, 1.0)
    return float(low), float(high)


def _scaled(plane: Array, limits: tuple[float, float]) -> Array:
    low, high = limits
    return (plane.astype(np.float64) - low) / (high - low) if high > low else np.zeros(plane.shape)


def _alike(own: tuple[float, float], limits: tuple[float, float]) -> bool:
    """Whether limits that suit one plane let one see another."""
    common = min(own[1], limits[1]) - max(own[0], limits[0])
    return common > _LIKE * max(own[1] - own[0], limits[1] - limits[0])
