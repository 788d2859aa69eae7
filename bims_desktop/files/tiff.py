"""TIFF in and out; the one module that knows tifffile."""

from __future__ import annotations

import logging
import os
from collections import ChainMap
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tifffile

from bims_desktop.errors import SaveRefused, UnreadableFile
from bims_desktop.files import bound, lzw, pyramid, tiff_series
from bims_desktop.files.acquisition import Acquisition
from bims_desktop.files.calibration import Calibration
from bims_desktop.files.damage import decoding
from bims_desktop.files.flushing import flushing
from bims_desktop.files.guard import DEFAULT, GIB, Budget
from bims_desktop.files.opened import Opened
from bims_desktop.files.series import Series
from bims_desktop.files.tiff_image import image_of, listed, notes_on
from bims_desktop.files.tiff_meaning import TiffMeaning, describe
from bims_desktop.model.canonical import Json
from bims_desktop.model.digest import pixel_digest

# Its warnings become our notes and errors; without a handler Python prints them.
logging.getLogger("tifffile").addHandler(logging.NullHandler())
# A decoder that survives damaged streams, in the place of one that does not.
tifffile.TIFF.DECOMPRESSORS = ChainMap(
    {int(tifffile.COMPRESSION.LZW): lzw.decode},
    tifffile.TIFF.DECOMPRESSORS,  # type: ignore[arg-type]  # nothing writes to the map
)

BIGTIFF_FROM = int(3.9 * GIB)
MAGIC = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_CODECS = {"none": None, "zlib": "zlib", "zstd": "zstd", "lzw": "lzw"}


@dataclass(frozen=True, slots=True)
class Layout:
    """How `write_planes` lays out a file; `tile` 0 means one strip a plane, `samples` 0 means grey."""

    description: bytes
    bytes: int
    samples: int
    tile: int
    compression: str
    predictor: bool
    pixels_per_cm: tuple[float, float] | None


def write_planes(path: Path, planes: Iterator[Sequence[np.ndarray[Any, Any]]], layout: Layout) -> None:
    """Write each plane as one page of an ordinary TIFF, and its smaller levels as that page's SubIFDs.

    Nothing in it depends on the clock.
    """
    options: dict[str, Any] = {
        "photometric": "rgb" if layout.samples else "minisblack",
        "planarconfig": "contig" if layout.samples else None,
        "extrasamples": ("unassalpha",) if layout.samples == 4 else None,
        "tile": (layout.tile, layout.tile) if layout.tile else None,
        "compression": _CODECS[layout.compression],
        "predictor": layout.predictor or None,
        "metadata": None,
        "software": False,
        "contiguous": False,
    }
    size: dict[str, Any] = {"resolution": layout.pixels_per_cm, "resolutionunit": "centimeter"}
    size = size if layout.pixels_per_cm else {}
    with (
        tifffile.TiffWriter(path, bigtiff=layout.bytes >= BIGTIFF_FROM, byteorder="<") as writer,
        flushing(path) as wrote,
    ):
        for number, (plane, *levels) in enumerate(planes):
            rows = {} if layout.tile else {"rowsperstrip": plane.shape[0]}
            text = None if number else layout.description
            writer.write(plane, description=text, subifds=len(levels) or None, **rows, **size, **options)
            for level in levels:
                writer.write(level, subfiletype=1, **options)
            wrote(plane.nbytes)


@dataclass(frozen=True, slots=True)
class Description:
    """The first ImageDescription: its bytes, and where in the file they stand."""

    text: bytes
    offset: int


def description(path: str | os.PathLike[str], *, budget: Budget = DEFAULT) -> Description | None:
    """The first ImageDescription of a TIFF; None where it has none.

    Raises
    ------
    UnreadableFile
        Not a TIFF, or damaged.
    FileTooLarge
        The text is beyond the budget.
    """
    with opened(path) as tiff:
        tag = tiff.pages.first.tags.get(270)
        if tag is None:
            return None
        budget.check_metadata(Path(path).name, tag.count)
        tiff.filehandle.seek(tag.valueoffset)
        return Description(tiff.filehandle.read(tag.count).rstrip(b"\0"), tag.valueoffset)


def replace_description(path: str | os.PathLike[str], text: bytes) -> None:
    """Write another first ImageDescription into a TIFF, where it fits or at its end.

    Raises
    ------
    SaveRefused
        The file has no ImageDescription, or would outgrow classic TIFF.
    """
    name = Path(path).name
    with opened(path, mode="r+b") as tiff:
        tag = tiff.pages.first.tags.get(270)
        if tag is None or (tiff.filehandle.size + len(text) >= 1 << 32 and not tiff.is_bigtiff):
            raise SaveRefused(f"{name} has no room for a longer description.", "Save the image as OME-TIFF anew.")
        tag.overwrite(text)


def opened(path: str | os.PathLike[str], mode: Any = "rb") -> tifffile.TiffFile:
    """`path` as an open `tifffile.TiffFile`.

    Raises
    ------
    UnreadableFile
        It is not there, not a TIFF, or ends within its first page.
    """
    with decoding(path):
        with ExitStack() as unless_good:
            tiff = unless_good.enter_context(tifffile.TiffFile(Path(path), mode=mode))
            if not len(tiff.pages):
                raise ValueError("it has no pages")
            unless_good.pop_all()
        return tiff


def read_tiff(path: str | os.PathLike[str], *, series: int | None = None, budget: Budget = DEFAULT) -> Opened:
    """One series of a TIFF as an image in the house order of axes.

    Parameters
    ----------
    path : path
        Any TIFF that tifffile reads: plain, ImageJ, OME, and vendors' dialects.
    series : int, optional
        Number of the series; by default the first that has pixels.
    budget : Budget
        Looked at before anything is decoded.

    Raises
    ------
    UnreadableFile
        Not a TIFF, truncated, damaged, or of a sample type that has no place here.
    FileTooLarge
        Beyond the budget.
    """
    path = Path(path)
    tiff = opened(path)
    needed = False
    try:
        chosen, number, meaning = _surveyed(tiff, path, series, budget)
        raw, needed = tiff_series.pixels(tiff, chosen, path)
        image, notes = image_of(raw, chosen, meaning, path.name)
        notes = (*notes_on(tiff, chosen, number), *notes)
        damage = _damaged_levels(tiff, chosen, meaning, path, budget)
        size, count = tiff.filehandle.size, len(tiff.series)
        return Opened(image, meaning.acquisition, path, size, number, notes, count, damage)
    finally:
        if not needed:
            tiff.close()


def _damaged_levels(tiff: Any, series: Any, meaning: TiffMeaning, path: Path, budget: Budget) -> tuple[str, ...]:
    """Which smaller levels of a pyramid are missing or cut off; none of them is decoded."""
    found, wanted = len(series.levels) - 1, 0
    if meaning.ours:
        keyframe = series.keyframe
        wanted = len(pyramid.sizes(keyframe.imagelength, keyframe.imagewidth))
    notes = [f"{wanted - found} of the {wanted} smaller levels of its pyramid are missing."] if found < wanted else []
    for number, level in enumerate(series.levels[1:], start=1):
        try:
            tiff_series.check(tiff, level, path, budget)
        except UnreadableFile:
            notes.append(f"Level {number} of its pyramid is damaged; the full plane is not.")
    return tuple(notes)


def list_series(path: str | os.PathLike[str], *, budget: Budget = DEFAULT) -> tuple[Series, ...]:
    """The series of a TIFF that have pixels, without decoding any.

    Raises
    ------
    UnreadableFile
        Not a TIFF, or damaged.
    FileTooLarge
        It has too many pages, or too long a text.
    """
    path = Path(path)
    with opened(path) as tiff:
        _understood(tiff, path, budget)
        with decoding(path):
            return tuple(listed(series, n) for n, series in enumerate(tiff.series) if series.size and series.shape)


def _understood(tiff: Any, path: Path, budget: Budget) -> TiffMeaning:
    # Before the series are asked for: XML is found harmless here before tifffile parses it for them.
    with decoding(path):
        tag = tiff.pages.first.tags.get(270)
        budget.check_metadata(path.name, tag.count if tag else 0)
        budget.check_pages(path.name, len(tiff.pages))
        return describe(tiff, 0, path.name)


def _surveyed(tiff: Any, path: Path, series: int | None, budget: Budget) -> tuple[Any, int, TiffMeaning]:
    meaning = _understood(tiff, path, budget)
    chosen, number = tiff_series.choose(tiff, series, path)
    tiff_series.check(tiff, chosen, path, budget)
    if number:
        with decoding(path):
            meaning = describe(tiff, number, path.name)
    return chosen, number, meaning


def bound_fields(path: str | os.PathLike[str], *, budget: Budget = DEFAULT) -> dict[str, Json]:
    """What a record binds of a TIFF besides its pixels.

    The same after tools re-saved the file without changing it (other compression, tiling, byte
    order); another where somebody edits a pixel size, a unit, a channel name, a photometric tag,
    an orientation or a colour map, adds a page, or alters a level of the pyramid.

    Returns
    -------
    dict
        ``pages``, ``series`` (axes, shape, dtype), ``kind``, ``physical_sizes``, ``channels``,
        ``levels`` (digest by ``series.level``), and as runs of ``[value, pages]``:
        ``photometric``, ``orientation``, ``resolution``, ``color_map``.

    Raises
    ------
    UnreadableFile
        Not a TIFF, truncated or damaged.
    FileTooLarge
        Beyond the budget.
    """
    path = Path(path)
    with opened(path) as tiff:
        meaning = _understood(tiff, path, budget)
        with decoding(path):
            every = list(tiff.series)
            of_pages = bound.pages(tiff)
        found = meaning.calibration
        return {
            **of_pages,
            "series": [[s.axes, list(s.shape), np.dtype(s.dtype).name] for s in every],
            "kind": meaning.ours.get("kind", ""),
            "physical_sizes": {axis: [step, found.units.get(axis, "")] for axis, step in found.scale.items()},
            "channels": [channel.name for channel in found.channels],
            "levels": _levels(tiff, path, budget),
        }


def _levels(tiff: tifffile.TiffFile, path: Path, budget: Budget) -> dict[str, Json]:
    digests: dict[str, Json] = {}
    for number, series in enumerate(tiff.series):
        for level, smaller in enumerate(series.levels[1:], start=1):
            digests[f"{number}.{level}"] = _level_digest(tiff, smaller, path, budget)
    return digests


def _level_digest(tiff: tifffile.TiffFile, level: Any, path: Path, budget: Budget) -> str:
    """Digest of its pixels; empty where they cannot be read, which equals no recorded one."""
    try:
        tiff_series.check(tiff, level, path, budget)
        raw, _ = tiff_series.pixels(tiff, level, path)
        image, _ = image_of(raw, level, TiffMeaning(Calibration(), Acquisition(), {}), path.name)
        return pixel_digest(image)
    except UnreadableFile:
        return ""
