"""What a replay starts from: the record of a saved image or table, or a macro as a text file."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

from bims_desktop.app.table_record import open_table
from bims_desktop.errors import MacroRefused, MissingInput, NoRecord
from bims_desktop.files import jpeg, png, tiff
from bims_desktop.files.derived import read_derived
from bims_desktop.files.embedding import extract
from bims_desktop.files.sidecar import is_table
from bims_desktop.macro.record import Record, open_envelope

MAX_TEXT = 64 << 20
_MACRO = b"BIMS macro, dialect"
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
        if not is_table(path) and read_derived(Path(path)) is not None:
            raise NoRecord(
                f"{Path(path).name} is a picture: it carries no steps, it names the records of what it shows.",
                "Verify it to see which images these are, and open one of them.",
            )
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
    """The text of a macro, which is parsed elsewhere; what does not begin as one is no macro at all.

    Raises
    ------
    MacroRefused
        It is too large, something else, or not ASCII.
    """
    if path.stat().st_size > MAX_TEXT:
        raise MacroRefused(f"{path.name} is too large for a macro.", "Nothing of it was run.")
    data = path.read_bytes()
    if _MACRO not in data:
        raise MacroRefused(
            f"{path.name} is neither a saved image nor a macro.",
            "Choose an image that was saved with provenance, or a macro as text.",
        )
    try:
        return data.decode("ascii")
    except UnicodeDecodeError as error:
        raise MacroRefused(f"{path.name} holds characters that are not ASCII.", "Nothing of it was run.") from error
