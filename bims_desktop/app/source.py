"""What a replay starts from: the record of a saved image or table, or a macro as a text file."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

from bims_desktop.app.table_record import open_table
from bims_desktop.errors import MacroRefused, MissingInput, NoRecord
from bims_desktop.files import jpeg, png, tiff
from bims_desktop.files.embedding import extract
from bims_desktop.files.sidecar import is_table
from bims_desktop.macro.record import Record, open_envelope

MAX_TEXT = 64 << 20
IMAGES = (*tiff.MAGIC, png.MAGIC, jpeg.MAGIC)


def read_record(path: str | PathLike[str]) -> Record:
    """The record that a file carries, or that lies beside a table.

    Raises
    ------
    NoRecord
        There is none.
    RecordDamaged
        It cannot be read.
    """
    envelope = extract(path).envelope
    if envelope is None:
        raise NoRecord(f"{Path(path).name} carries no record.", "It was not saved with provenance, or lost it since.")
    return open_table(envelope) if is_table(path) else open_envelope(envelope)


def is_image(path: Path) -> bool:
    """Whether a file is an image or a table rather than a macro's text; a missing file is refused.

    Raises
    ------
    MissingInput
        There is no such file.
    """
    if not path.is_file():
        raise MissingInput(f"There is no file {path}.", "Check its name.")
    with path.open("rb") as file:
        return is_table(path) or file.read(8).startswith(IMAGES)


def read_text(path: Path) -> str:
    if path.stat().st_size > MAX_TEXT:
        raise MacroRefused(f"{path.name} is too large for a macro.", "Nothing of it was run.")
    try:
        return path.read_bytes().decode("ascii")
    except UnicodeDecodeError as error:
        raise MacroRefused(f"{path.name} holds characters that are not ASCII.", "Nothing of it was run.") from error
