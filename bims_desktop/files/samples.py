"""Sample types that the model does not have, turned into those it has, or refused."""

from __future__ import annotations

import numpy as np

from bims_desktop.errors import UnreadableFile
from bims_desktop.files.lazy import converted, pieces
from bims_desktop.model.digest import DTYPES
from bims_desktop.model.image import Pixels

_NARROWER = {"int64": "int32", "uint64": "uint32"}


def usable(pixels: Pixels, name: str) -> tuple[Pixels, tuple[str, ...]]:
    """`pixels` of a sample type that OME-TIFF can hold, and a note where that took a conversion.

    Half floats become float32, which is exact. 64-bit integers become 32-bit ones where every
    value fits. Other byte orders become the native one.

    Raises
    ------
    UnreadableFile
        There is no such type for these values.
    """
    dtype = pixels.dtype
    if dtype.name in DTYPES:
        return (pixels if dtype.isnative else _cast(pixels, dtype.name)), ()
    if dtype.name == "float16":
        return _cast(pixels, "float32"), (f"{name} holds half floats; they were read as float32.",)
    if dtype.name in _NARROWER:
        return _narrowed(pixels, name, _NARROWER[dtype.name])
    raise UnreadableFile(f"{name} holds samples of type {dtype}.", f"Convert them to one of {', '.join(DTYPES)}.")


def _narrowed(pixels: Pixels, name: str, dtype: str) -> tuple[Pixels, tuple[str, ...]]:
    limits = np.iinfo(dtype)
    if not all(piece.min() >= limits.min and piece.max() <= limits.max for piece in pieces(pixels)):
        raise UnreadableFile(
            f"{name} holds 64-bit integers beyond the range of {dtype}.", "Scale them, or convert them to float64."
        )
    return _cast(pixels, dtype), (f"{name} holds {pixels.dtype.name} samples; all fit and were read as {dtype}.",)


def _cast(pixels: Pixels, dtype: str) -> Pixels:
    return converted(pixels, lambda block: block.astype(dtype, copy=False), dtype)


def as_mask(pixels: Pixels) -> Pixels | None:
    """A stored mask (0 and 255) as Booleans; None where it holds anything else."""
    if pixels.dtype == np.bool_:
        return pixels
    if pixels.dtype != np.uint8 or not all(((piece == 0) | (piece == 255)).all() for piece in pieces(pixels)):
        return None
    return converted(pixels, lambda block: block != 0, "bool")
