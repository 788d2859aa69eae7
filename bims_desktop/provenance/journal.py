"""The journal: all actions of a session on disk, append-only and hash-chained.

A JSON line an entry, ``{"body": …, "kind": …, "previous": <SHA-256 of the line before>}``.
An entry is durable before `append` answers; a line that a crash tore is dropped when the
journal is opened again.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bims_desktop.errors import JournalDamaged, RecordDamaged, SaveFailed, SessionBusy
from bims_desktop.model.canonical import Json, parse

FILE = "journal.jsonl"
START = hashlib.sha256(b"").hexdigest()


class Journal:
    """The journal in `folder`, made there if it is not there yet, and locked against others.

    Raises
    ------
    SessionBusy
        Another process has it open.
    JournalDamaged
        Its chain is broken before the last line.
    SaveFailed
        The folder cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     journal = Journal(Path(folder))
    ...     journal.append(("note", {"text": "opened"}))
    ...     journal.close()
    ...     [kind for kind, body in entries(Path(folder))]
    ['note']
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file = (folder / FILE).open("a+b", buffering=0)
        except OSError as error:
            raise SaveFailed(
                f"The action log cannot be kept in {folder}: {error.strerror}.", "Choose another folder."
            ) from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self._file.close()
            raise SessionBusy(f"The session in {folder} is open in another window.", "Close it there first.") from error
        good, self._previous = _last_good(folder / FILE)
        self._file.truncate(good)
        self.used = good > 0

    def append(self, *new: tuple[str, Json]) -> None:
        """Write entries (kind and body) and wait until the disk has them.

        Raises
        ------
        SaveFailed
            The disk is full or gone, or the journal was closed; it is as it was before.
        """
        if self._file.closed:
            raise SaveFailed(f"The session in {self.folder.name} was closed meanwhile.", "The step was not recorded.")
        previous, lines = self._previous, b""
        for kind, body in new:
            line = json.dumps({"body": body, "kind": kind, "previous": previous}, allow_nan=False).encode() + b"\n"
            previous, lines = hashlib.sha256(line).hexdigest(), lines + line
        start = self._file.seek(0, os.SEEK_END)
        try:
            if self._file.write(lines) < len(lines):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fdatasync(self._file.fileno())
        except OSError as error:
            self._file.truncate(start)
            raise SaveFailed(
                f"The action log in {self.folder} could not be written: {error.strerror}.",
                "Free some space; the step was not recorded and can be done again.",
            ) from error
        self._previous = previous

    def close(self) -> None:
        self._file.close()


def entries(folder: Path) -> Iterator[tuple[str, Any]]:
    """Kind and body of every whole entry, its chain checked.

    Raises
    ------
    JournalDamaged
        A line before the last was edited, lost or torn.
    """
    for _, kind, body in _walk(folder / FILE):
        yield kind, body


def is_open(folder: Path) -> bool:
    """Whether a process holds the journal in `folder`."""
    with (folder / FILE).open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _last_good(path: Path) -> tuple[int, str]:
    end, previous = 0, START
    for line, _, _ in _walk(path):
        end, previous = end + len(line), hashlib.sha256(line).hexdigest()
    return end, previous


def _walk(path: Path) -> Iterator[tuple[bytes, str, Any]]:
    previous = START
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.endswith(b"\n"):
                return
            try:
                entry: Any = parse(line)
                intact = entry["previous"] == previous
                kind, body = entry["kind"], entry["body"]
            except (RecordDamaged, KeyError, TypeError):
                intact = False
            if not intact:
                raise JournalDamaged(
                    f"The action log {path} was changed at line {number}.",
                    "Restore it from a copy; later steps cannot be trusted.",
                )
            yield line, kind, body
            previous = hashlib.sha256(line).hexdigest()
