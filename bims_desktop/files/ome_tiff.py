"""Write an `Image` as OME-TIFF, and digest its pixels in the same pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import prod
from pathlib import Path
from typing import Any, Literal

import numpy as np

from bims_desktop.errors import SaveRefused
from bims_desktop.files import ome_xml, pyramid, tiff, xml
from bims_desktop.model.digest import DTYPES, PixelDigester, planes
from bims_desktop.model.image import Image

Compression = Literal["none", "zlib", "zstd", "lzw"]
TILE = 512
_RATIONAL = 2.0**32 - 1
"""Greatest number that TIFF can hold as a fraction; its inverse is the least."""


def write(
    path: Path,
    image: Image,
    *,
    compression: Compression = "zlib",
    on_progress: Callable[[float], None] | None = None,
) -> str:
    """Write `image` to `path`; equal images give equal bytes.

    Planes are read one at a time, digested and written; tiles of 512 x 512, or one strip
    where a plane is smaller. Masks are stored as 0 and 255 and read back as Boolean.
    Planes above 4096 pixels a side carry a pyramid (see `files.pyramid`). A file of 3.9 GiB or more
    uncompressed becomes a BigTIFF.

    Parameters
    ----------
    path : Path
        Overwritten; the caller gives a temporary one (see `files.atomic`).
    image : Image
        Axes among T, C, Z, Y, X, S.
    compression : {"none", "zlib", "zstd", "lzw"}
        Lossless each.
    on_progress : callable, optional
        Called with the share that is done, 0 to 1; what it raises stops the writing.

    Returns
    -------
    str
        The pixel digest ``bims-pix-1`` of `image`.

    Raises
    ------
    SaveRefused
        OME-TIFF cannot hold the dtype, an axis or a unit of this image, or it has no pixels.
    """
    _check(image)
    digester = PixelDigester(image.axes, image.shape, image.dtype)
    description = xml.to_bytes(ome_xml.build(image))
    passing = _digested(image, digester, on_progress or (lambda _: None))
    tiff.write_planes(path, passing, _layout(image, description, compression))
    return digester.digest()


def _check(image: Image) -> None:
    if image.dtype.name not in DTYPES:
        raise SaveRefused(
            f"OME-TIFF cannot hold pixels of type {image.dtype}.", f"Convert them to one of {', '.join(DTYPES)}."
        )
    if image.kind == "rgb" and (image.size("S") not in (3, 4) or image.dtype.kind == "c"):
        raise SaveRefused(
            f"OME-TIFF cannot hold colours of {image.size('S')} {image.dtype} samples.", "Save three or four real ones."
        )
    if 0 in image.shape:
        raise SaveRefused(f"An image of the shape {image.shape} has no pixels to save.", "Save another image.")


def _digested(
    image: Image, digester: PixelDigester, on_progress: Callable[[float], None]
) -> Iterator[list[np.ndarray[Any, Any]]]:
    nearest = image.kind in ("labels", "mask") or image.dtype == np.bool_
    total = int(np.prod(image.shape[: len(image.axes.rstrip("S")) - 2], dtype=np.int64))
    for done, plane in enumerate(planes(image), start=1):
        digester.add(plane)
        shown = plane.astype(np.uint8) * np.uint8(255) if plane.dtype == np.bool_ else plane
        yield [shown, *pyramid.levels(shown, nearest=nearest)]
        on_progress(done / total)


def _layout(image: Image, description: bytes, compression: Compression) -> tiff.Layout:
    large = max(image.size("Y"), image.size("X")) > TILE
    return tiff.Layout(
        description=description,
        bytes=_bytes(image),
        samples=image.size("S") if image.kind == "rgb" else 0,
        tile=TILE if large else 0,
        compression=compression,
        predictor=compression != "none" and image.dtype.kind in "iu",
        pixels_per_cm=_per_cm(image),
    )


def _bytes(image: Image) -> int:
    height, width = image.size("Y"), image.size("X")
    plane = sum(y * x for y, x in [(height, width), *pyramid.sizes(height, width)])
    return image.dtype.itemsize * plane * (prod(image.shape) // (height * width))


def _per_cm(image: Image) -> tuple[float, float] | None:
    per_cm = {"µm": 1e4, "nm": 1e7, "mm": 10.0, "cm": 1.0}
    unit = image.unit_of("X")
    if unit not in per_cm or unit != image.unit_of("Y"):
        return None
    x, y = (per_cm[unit] / image.scale_of(axis) for axis in "XY")
    return (x, y) if min(x, y) >= 1 / _RATIONAL and max(x, y) <= _RATIONAL else None
