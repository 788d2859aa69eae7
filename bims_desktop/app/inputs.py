"""`Input`: a file that was opened, and whether its pixels can still be found there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bims_desktop.errors import FileError
from bims_desktop.files.acquisition import Acquisition
from bims_desktop.files.embedding import extract
from bims_desktop.files.readers import read
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
    """

    path: Path
    digest: str
    size: int
    modified: int
    parent: str
    acquisition: Acquisition
    series: int = 0

    @property
    def name(self) -> str:
        """The base name, as text that every encoding can hold."""
        return self.path.name.encode("utf-8", "replace").decode()

    def unchanged(self) -> bool:
        """Whether the file still holds the pixels that were opened; reads it only where its time or size differ."""
        try:
            status = self.path.stat()
            if (status.st_size, status.st_mtime_ns) == (self.size, self.modified):
                return True
            return pixel_digest(read(self.path, series=self.series).image) == self.digest
        except (OSError, FileError):
            return False


def parent_record(path: Path) -> str:
    """Digest of the record that the file at `path` carries; empty where it carries none."""
    envelope = extract(path).envelope
    return open_envelope(envelope).digest if envelope else ""
