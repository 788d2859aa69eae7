"""Open a file: its image, what is remembered of it, and the intent that the log will hold."""

from __future__ import annotations

import time
from pathlib import Path

from bims_desktop.app.inputs import Input, parent_record
from bims_desktop.errors import FileError
from bims_desktop.files.opened import Opened
from bims_desktop.files.readers import read, series_of
from bims_desktop.model.canonical import Json
from bims_desktop.model.digest import pixel_digest
from bims_desktop.model.image import Image
from bims_desktop.provenance.recorder import Intent, utc_now


def opened(path: Path, series: int | None = None) -> tuple[Image, Input, Intent]:
    """Read and digest the image at `path`, the one that is `series` where it holds several.

    The digest is what a macro knows its input by; the number stands beside it in the log, as a hint.

    Raises
    ------
    UnreadableFile, FileTooLarge
        It is no image that can be read, or has no such series.
    """
    started, clock = utc_now(), time.perf_counter()
    found = read(path, series=series)
    status = path.stat()
    digest = pixel_digest(found.image)
    parent = parent_record(path)
    source = Input(path, digest, status.st_size, status.st_mtime_ns, parent, found.acquisition, found.series)
    hint: dict[str, Json] = {} if series is None else {"series": series}
    intent = Intent(
        "load",
        f"Opened {source.name}" if series is None else f"Opened {source.name}, series {series}",
        parameters={"digest": digest, "name": source.name},
        found=hint,
        started=started,
        duration=time.perf_counter() - clock,
    )
    return found.image, source, intent


def with_digest(path: Path, digest: str, hint: object = None) -> Opened | None:
    """The image in the file at `path` that has `digest`, whichever of its series it is; None where none has.

    Parameters
    ----------
    path : Path
        The file.
    digest : str
        Of the pixels.
    hint : object
        What a record says of the number; that one is tried first, if it is a number at all.

    Raises
    ------
    UnreadableFile, FileTooLarge
        It is no image that can be read.
    """
    numbers = sorted((one.number for one in series_of(path)), key=lambda number: number != hint)
    for number in numbers:
        try:
            found = read(path, series=number)
            if pixel_digest(found.image) == digest:
                return found
        except FileError:
            if len(numbers) < 2:
                raise
    return None
