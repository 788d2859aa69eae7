"""`Input`: a file that was opened, and whether its pixels can still be found there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bims_desktop.app.origin import Origin
from bims_desktop.errors import FileError, RecordDamaged
from bims_desktop.files.acquisition import Acquisition
from bims_desktop.files.embedding import extract
from bims_desktop.files.readers import read
from bims_desktop.files.whole import extent, whole_digest
from bims_desktop.macro.record import open_envelope
from bims_desktop.model.digest import pixel_digest


@dataclass(frozen=True, slots=True)
class Input:
    """An opened file.

    Parameters
    ----------
    path : Path
        Absolute; never leaves this machine.
    digest : str
        Of its pixels when it was opened.
    size, modified : int
        Of the file then: bytes, and nanoseconds of its last change.
    parent : str
        Digest of the record that the file carried; empty for a raw file.
    acquisition : Acquisition
        What the microscope wrote into it.
    series : int
        Which of the images in the file it is, from 0.
    count : int
        How many images the file holds.
    origin : Origin, optional
        Who read it, where this program did not.
    damage : tuple of str
        What is amiss in the file beside the pixels, one sentence each.
    """

    path: Path
    digest: str
    size: int
    modified: int
    parent: str
    acquisition: Acquisition
    series: int = 0
    count: int = 1
    origin: Origin | None = None
    damage: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The base name, as text that every encoding can hold."""
        return self.path.name.encode("utf-8", "replace").decode()

    def unchanged(self) -> bool:
        """Whether the file still holds the pixels that were opened; reads it only where its time or size differ."""
        try:
            if extent(self.path) == (self.size, self.modified):
                return True
            if self.origin is not None:
                return whole_digest(self.path) == self.origin.file
            return pixel_digest(read(self.path, series=self.series).image) == self.digest
        except FileError:
            return False


def parent_record(path: Path, digest: str) -> tuple[str, tuple[str, ...]]:
    """Digest of the record that the file at `path` carries, and what is amiss with it for pixels of that `digest`.

    The first is empty where it carries none, or one that cannot be read.
    """
    try:
        envelope = None if path.is_dir() else extract(path).envelope
        record = open_envelope(envelope) if envelope else None
        if record is None:
            return "", ()
        stale = ("The record that it carries is about other pixels.",) if record.subject != digest else ()
        return record.digest, stale
    except RecordDamaged as error:
        return "", (f"The record that it carries cannot be read: {error.what}",)
