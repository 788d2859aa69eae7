"""`Pictured`: a recorded image that an exported picture shows, and where its files lie on this computer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bims_desktop.files.derived import read_derived

if TYPE_CHECKING:
    from bims_desktop.app.home import Home

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Pictured:
    """An image behind a picture.

    Parameters
    ----------
    record : str
        Digest of its record.
    files : tuple of Path
        Files that hold it, as far as this computer knows and finds them.
    """

    record: str
    files: tuple[Path, ...] = ()

    @property
    def name(self) -> str:
        """Of its file; without one, of its record."""
        return self.files[0].name if self.files else f"record {self.record[7:15]}…"


def shown_by(note: Mapping[str, Any], home: Home) -> tuple[Pictured, ...]:
    """The recorded images that a picture with `note` names, each once, the front one first."""
    return tuple(
        Pictured(record, tuple(path for path in home.files_of(record, pixels) if path.is_file()))
        for record, pixels in _named(note).items()
    )


def pictured(path: str | PathLike[str], home: Home) -> tuple[Pictured, ...]:
    """What the exported picture at `path` shows; empty for any other file.

    Raises
    ------
    RecordDamaged
        What it says of itself cannot be read.
    UnreadableFile
        The file is damaged, or not there.
    """
    note = read_derived(Path(path))
    return () if note is None else shown_by(note, home)


def records_in(path: Path) -> tuple[str, ...]:
    """Digests of the records that an exported picture names, as `pictured`."""
    note = read_derived(path)
    return () if note is None else tuple(_named(note))


def _named(note: Mapping[str, Any]) -> dict[str, str]:
    """The digest of the pixels by that of the record, the front layer first."""
    layers = [layer for layer in reversed(note["layers"]) if isinstance(layer, dict)]
    return {record: _digest(layer, "pixels") for layer in layers if (record := _digest(layer, "record"))}


def _digest(layer: dict[str, Any], name: str) -> str:
    """Somebody else's word; a name of a file is made of it."""
    told = layer.get(name)
    return told if isinstance(told, str) and _DIGEST.fullmatch(told) else ""
