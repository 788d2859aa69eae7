"""What a file is, whatever is in it: the digest of its bytes, its size and time; of a folder, those of all in it."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from bims_desktop.errors import FileTooLarge, UnreadableFile
from bims_desktop.files.guard import file_digest, unreadable
from bims_desktop.model.canonical import canonical

MAX_FILES = 100_000
"""More than this a folder that is an image may not hold."""


def whole_digest(path: Path) -> str:
    """SHA-256 of the bytes of a file; of a folder, of the canonical JSON that names the digest of each file in it.

    Raises
    ------
    UnreadableFile
        It is not there, or a part of it cannot be read.
    FileTooLarge
        The folder holds more than `MAX_FILES` files.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "a").write_bytes(b"abc")
    >>> whole_digest(folder / "a")[:19], whole_digest(folder)[:19]
    ('sha256:ba7816bf8f01', 'sha256:336bc8633361')
    """
    if not path.is_dir():
        return file_digest(path)
    told = {part.relative_to(path).as_posix(): file_digest(part) for part in _parts(path)}
    return f"sha256:{hashlib.sha256(canonical(told)).hexdigest()}"


def extent(path: Path) -> tuple[int, int]:
    """Bytes, and the time of the last change in nanoseconds.

    Raises
    ------
    UnreadableFile, FileTooLarge
        As `whole_digest`.
    """
    try:
        told = [part.stat() for part in (_parts(path) if path.is_dir() else (path,))]
    except OSError as error:
        raise unreadable(path, error) from error
    return sum(each.st_size for each in told), max((each.st_mtime_ns for each in told), default=0)


def _parts(folder: Path) -> list[Path]:
    found: list[Path] = []
    for place, folders, names in os.walk(folder):
        if any(Path(place, name).is_symlink() for name in folders):
            raise UnreadableFile(f"{folder.name} refers to other folders.", "Put its parts into one folder.")
        found += (Path(place, name) for name in names)
        if len(found) > MAX_FILES:
            raise FileTooLarge(f"{folder.name} holds more than {MAX_FILES} files.", "Choose an image in it.")
    return sorted(found)
