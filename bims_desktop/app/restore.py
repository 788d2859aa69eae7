"""Put a record that a file has lost back: found by the pixels in a ledger, checked, and embedded anew."""

from __future__ import annotations

from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from bims_desktop.app.candidates import Candidate, Found, search
from bims_desktop.app.home import Home
from bims_desktop.app.ledgers import Ledgers, Where
from bims_desktop.app.likeness import likenesses
from bims_desktop.app.rewrite import changed, put_blobs, rewrite
from bims_desktop.app.source import read_record
from bims_desktop.errors import NoRecord, RecordError, SaveRefused
from bims_desktop.files import embedding, tiff
from bims_desktop.files.atomic import replacing
from bims_desktop.files.derived import is_picture, read_derived
from bims_desktop.files.readers import read
from bims_desktop.files.sidecar import is_table, sidecar_of, table_of
from bims_desktop.macro.record import Record
from bims_desktop.model.digest import pixel_digest

ENDINGS = (".ome.tif", ".ome.tiff", ".tif", ".tiff")
REARRANGED = "The file had lost the axes or the type of its samples: they were taken from the record."


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back.

    Parameters
    ----------
    path : Path
        The file that carries the record now.
    record : str
        Digest of the record.
    where : str
        Which ledger gave it; empty where the file had not lost it.
    receipt : bool
        Whether the ledger's proof stands in the file too.
    changed : tuple of str
        Bound fields that are not as the record says: the verdict on the file will be bad, and names them.
    notes : tuple of str
        What else the person should know, one sentence each.
    """

    path: Path
    record: str
    where: str
    receipt: bool
    changed: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def restore(
    path: str | PathLike[str],
    home: Home,
    *,
    out: Path | None = None,
    record: str = "",
    where: Where | Ledgers = "all",
    in_place: bool = False,
    overwrite: bool = False,
) -> Restored:
    """Find the record of the pixels in `path`, and write a file that carries it.

    A TIFF that lost nothing but the record keeps everything else it holds. From anything else a new OME-TIFF
    is made of the pixels and the recorded calibration, so that it is the image that was saved.

    Parameters
    ----------
    path : path
        An image in any format that holds its pixels unchanged.
    home : Home
        Whose ledgers are asked, and whose pinned keys decide which record comes first.
    out : Path, optional
        The new file; by default ``NAME-recovered.ome.tif`` beside `path`, which stays as it is.
    record : str
        Digest of the record to put back; by default the newest standing one, those of known keys first.
    where : {"local", "fabric", "all"} or Ledgers
        Which ledgers are asked; open ones for many files.
    in_place : bool
        Replace `path` itself, which must be a TIFF.
    overwrite : bool
        Whether an `out` that is there may be replaced.

    Raises
    ------
    NoRecord
        No ledger holds a record of these pixels, or none that stands.
    SaveRefused
        The destination exists, or cannot hold a record.
    SaveFailed
        The disk is full or the folder read-only; whatever was there before still is.
    UnreadableFile, FileTooLarge
        It is no image that can be read.
    LedgerUnavailable
        A ledger that had to be asked cannot be reached.
    """
    path = Path(path).absolute()
    _check_kind(path)
    carried = _carried(path)
    if carried and record in ("", carried.digest) and embedding.extract(path).receipt:
        return Restored(path, carried.digest, "", True)
    found = find(path, home, where)
    chosen = _choose(found, record or (carried.digest if carried else ""), path)
    target = _destination(path, out, in_place, overwrite)
    pixels = chosen.record.content["image"]["pixels"]
    notes = put_blobs(chosen, target.parent) + (() if pixels == found.pixels else (REARRANGED,))
    with replacing(target) as part:
        differs = rewrite(part, path, found.pixels, chosen)
    home.remember_input(pixels, target)
    home.remember_input(chosen.record.digest, target)
    return Restored(target, chosen.record.digest, chosen.where, bool(chosen.receipt), differs, notes)


def find(path: Path, home: Home, where: Where | Ledgers = "all") -> Found:
    """The records that ledgers hold of the pixels in `path`, the best first.

    Raises
    ------
    NoRecord
        It is a table or a picture of the view: those keep their records in ways of their own.
    UnreadableFile, FileTooLarge
        It is no image that can be read.
    LedgerUnavailable
        A ledger that had to be asked cannot be reached.
    """
    _check_kind(path)
    return search(likenesses(read(path).image), home, where)


def _check_kind(path: Path) -> None:
    """Refuse what no ledger finds by its pixels, and say where its record is instead."""
    table = table_of(path)
    if is_table(table):
        beside = sidecar_of(table)
        what = f"{table.name} is a table, its record lies beside it in {beside.name}"
        if beside.is_file():
            raise NoRecord(f"{what}, which is there.", f"Nothing is to be recovered: bims verify {table.name}.")
        raise NoRecord(f"{what}, which is gone.", "Bring a copy of that file back, or measure and save again.")
    if is_picture(path.name) and read_derived(path) is not None:
        raise NoRecord(
            f"{path.name} is a picture of the view, and still names the records of what it shows.",
            f"See them with bims verify {path.name}, and recover the images themselves.",
        )


def _carried(path: Path) -> Record | None:
    """The record in the file, where it is right about the pixels and all that it binds."""
    try:
        record = read_record(path)
        told = record.content["image"]
        same = pixel_digest(read(path).image) == told["pixels"]
        return record if same and not changed(path, told) else None
    except (RecordError, KeyError):
        return None


def _choose(found: Found, record: str, path: Path) -> Candidate:
    # Where a known key's records were all withdrawn, a stranger's does not silently take their place.
    known = [candidate for candidate in found.candidates if candidate.known]
    for candidate in found.candidates if record else known or found.candidates:
        if record == candidate.record.digest or (not record and candidate.state == "stands"):
            return candidate
    if record and found.candidates:
        raise NoRecord(f"The record {record[:19]}… is none of those of {path.name}.", "List them first.")
    if found.candidates:
        whose = "Every record of a known key" if known else "Every record"
        raise NoRecord(f"{whose} of the pixels of {path.name} was withdrawn.", "List them, and choose one by name.")
    if found.problems:
        raise NoRecord(found.problems[0], "Ask whoever saved the image, or another ledger.")
    if is_picture(path.name):
        raise NoRecord(
            f"No ledger asked here knows the pixels of {path.name}.",
            "Was it changed? A picture of the view is in no ledger: recover the images that it shows.",
        )
    raise NoRecord(
        f"No ledger asked here knows the pixels of {path.name}.",
        "They may have been cropped, scaled, or saved with loss; or ask the ledger of whoever saved the image.",
    )


def _destination(path: Path, out: Path | None, in_place: bool, overwrite: bool) -> Path:
    if in_place:
        with path.open("rb") as file:
            if file.read(4) not in tiff.MAGIC:
                raise SaveRefused(f"{path.name} is no TIFF and holds no record.", "Write a new OME-TIFF beside it.")
        return path
    stem = next((path.name[: -len(end)] for end in ENDINGS if path.name.lower().endswith(end)), path.stem)
    target = (out or path.with_name(f"{stem}-recovered.ome.tif")).absolute()
    if target.suffix.lower() not in (".tif", ".tiff"):
        raise SaveRefused(f"{target.name} does not end in .ome.tif.", "Give it that ending.")
    if target.exists() and not overwrite:
        raise SaveRefused(f"{target.name} exists already.", "Choose another name, or allow to replace it.")
    return target
