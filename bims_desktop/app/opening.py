"""Open a file: its image, what is remembered of it, and the intent that the log will hold."""

from __future__ import annotations

import time
from pathlib import Path

from bims_desktop.app.inputs import Input, parent_record
from bims_desktop.app.origin import Origin
from bims_desktop.errors import FileError
from bims_desktop.files.acquisition import Acquisition
from bims_desktop.files.opened import Opened
from bims_desktop.files.readers import read, series_of
from bims_desktop.files.whole import extent
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
    digest = pixel_digest(found.image)
    source = noted(found, digest)
    which = found.count > 1 or series is not None
    hint: dict[str, Json] = {"series": found.series} if which else {}
    intent = Intent(
        "load",
        f"Opened {source.name}, series {found.series}" if which else f"Opened {source.name}",
        parameters={"digest": digest, "name": source.name},
        found=hint,
        started=started,
        duration=time.perf_counter() - clock,
    )
    return found.image, source, intent


def noted(found: Opened, digest: str) -> Input:
    """What is remembered of a file that this program read, and whose pixels have that digest.

    Raises
    ------
    UnreadableFile
        It went away.
    """
    path = found.path.absolute()
    size, modified = extent(path)
    parent, amiss = parent_record(path, digest)
    damage = (*found.damage, *amiss)
    return Input(path, digest, size, modified, parent, found.acquisition, found.series, found.count, damage=damage)


def taken(path: Path, image: Image, origin: Origin) -> tuple[Input, Intent]:
    """What is remembered of, and logged for, an image that the reader of somebody else took out of `path`.

    Raises
    ------
    UnreadableFile, FileTooLarge
        The file, or a part of the folder, went away.
    """
    digest = pixel_digest(image)
    size, modified = extent(path)
    parent, damage = parent_record(path, digest)
    source = Input(path, digest, size, modified, parent, Acquisition(), origin.layer, origin=origin, damage=damage)
    sentence = f"Opened {source.name} with {origin.name}"
    parameters: dict[str, Json] = {"digest": digest, "name": source.name}
    return source, Intent("load", sentence, parameters=parameters, found=origin.found(), package=origin.package)


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
