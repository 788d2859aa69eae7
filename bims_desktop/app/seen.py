"""Where pixels were seen: an index of files by the digest of what they hold, kept in the user's folder."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from bims_desktop.errors import FileError
from bims_desktop.files.blobs import write_durably
from bims_desktop.files.whole import extent

MOST = 8
"""Places of one digest that are remembered."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """One file that held some pixels.

    Parameters
    ----------
    path : Path
        Absolute; never leaves this computer.
    size, modified : int
        Bytes, and nanoseconds of its last change; -1 where they were not noted.
    """

    path: Path
    size: int
    modified: int

    def unchanged(self) -> bool:
        """Whether the file is there as it was; a hint, for its pixels are not looked at."""
        try:
            return extent(self.path) == (self.size, self.modified)
        except FileError:
            return False


def sightings(note: Path) -> tuple[Sighting, ...]:
    """What the note says, newest first; a damaged note says nothing."""
    try:
        data = note.read_bytes()
    except OSError:
        return ()
    try:
        told = json.loads(data)
        return tuple(Sighting(Path(str(path)), int(size), int(time)) for path, size, time in told[:MOST])
    except (RecursionError, TypeError, ValueError):
        # Notes of earlier versions are the path alone.
        return (Sighting(Path(os.fsdecode(data)), -1, -1),) if data.startswith(b"/") else ()


def note_down(note: Path, path: Path) -> None:
    """Put the file at `path` first."""
    path = path.resolve()
    try:
        size, modified = extent(path)
    except FileError:  # it went away already; its place may be filled again
        size, modified = -1, -1
    others = [other for other in sightings(note) if other.path != path]
    told = [(str(other.path), other.size, other.modified) for other in (Sighting(path, size, modified), *others)]
    note.parent.mkdir(parents=True, exist_ok=True)
    write_durably(note, json.dumps(told[:MOST]).encode())
