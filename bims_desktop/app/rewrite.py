"""Write an image as it was saved: samples from a file that lost its record, everything else from the record."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bims_desktop.app.candidates import Candidate
from bims_desktop.app.summary import summary
from bims_desktop.app.verify import changed_fields
from bims_desktop.errors import BimsError, MacroError, RecordDamaged, RecordError, UnreadableFile
from bims_desktop.files import embedding, ome_tiff
from bims_desktop.files.companion import write_companion
from bims_desktop.files.tiff import bound_fields
from bims_desktop.macro.plan import Step
from bims_desktop.macro.record import Record
from bims_desktop.macro.source import parse
from bims_desktop.model.image import Channel, Image


def rewrite(part: Path, path: Path, pixels: str, chosen: Candidate) -> tuple[str, ...]:
    """Write the image in `path` to `part`, with the record `chosen`, and give the bound fields that still differ.

    A file that binds all that the record binds is copied, with whatever else it holds. Any other is written anew.

    Parameters
    ----------
    part : Path
        Overwritten; the caller gives a temporary one.
    path : Path
        The file that lost its record.
    pixels : str
        Digest of its pixels as it shows them.
    chosen : Candidate
        The record, and the pixels as the record means them.

    Raises
    ------
    RecordDamaged
        What the record says of the image makes no sense.
    SaveRefused
        OME-TIFF cannot hold it.
    """
    told = chosen.record.content["image"]
    if not (pixels == told["pixels"] and _binds_the_same(path, told) and _copied(part, path, chosen)):
        if ome_tiff.write(part, _image(chosen, told)) != told["pixels"]:
            raise RecordDamaged(f"The record of {path.name} contradicts itself.", "Choose another record.")
        _embed(part, chosen)
    if chosen.receipt:
        embedding.set_receipt(part, chosen.receipt)
    return tuple(changed(part, told))


def put_blobs(chosen: Candidate, folder: Path) -> tuple[str, ...]:
    """Write the companion file that the record names, and say so where that cannot be done."""
    named = chosen.record.content["blobs"].get("companion")
    if not named:
        return ()
    if not chosen.deposit.blobs:
        return ("Its stored edits lie in a companion file that the ledger does not hold: a replay needs that file.",)
    if write_companion(folder, chosen.deposit.blobs) != named:
        return ("Its stored edits came back in another file than the record names: a replay may not find them.",)
    return ()


def changed(path: Path, told: Mapping[str, Any]) -> list[str]:
    """Names of the fields in which the TIFF at `path` is not what the record binds.

    Raises
    ------
    RecordDamaged
        What the record binds cannot be read.
    """
    try:
        return changed_fields(bound_fields(path), told["bound"])
    except (AttributeError, TypeError) as error:
        raise RecordDamaged("What the record binds beside the pixels cannot be read.", "Choose another.") from error


def _binds_the_same(path: Path, told: Mapping[str, Any]) -> bool:
    try:
        return not changed(path, told)
    except UnreadableFile:  # no TIFF
        return False


def _copied(part: Path, path: Path, chosen: Candidate) -> bool:
    """Whether a copy of the file carries the record: one that holds a second, foreign record does not."""
    shutil.copyfile(path, part)
    try:
        _embed(part, chosen)
        return embedding.extract(part).envelope == chosen.deposit.envelope
    except RecordError:
        return False


def _embed(part: Path, chosen: Candidate) -> None:
    embedding.embed(part, chosen.deposit.envelope, summary(chosen.record, _steps(chosen.record)))


def _image(chosen: Candidate, told: Mapping[str, Any]) -> Image:
    pixels: Any = chosen.pixels
    channels, scale, units = tuple(map(Channel, told["channels"])), tuple(told["scale"]), tuple(told["units"])
    try:
        return Image(pixels.reshape(told["shape"]), told["axes"], scale, units, channels, told["kind"])
    except (BimsError, ValueError) as error:
        raise RecordDamaged(f"The record's calibration cannot be used: {error}.", "Choose another record.") from error


def _steps(record: Record) -> tuple[Step, ...]:
    """The steps in this program's own words; none where it does not know the macro's dialect or operations."""
    try:
        return record.with_found(parse(record.macro)).steps
    except MacroError:
        return ()
