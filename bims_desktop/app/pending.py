"""Saves under way: a note before the ledger hears of a record, gone once its file is in place.

A note that nobody holds any more tells of a save that was cut off: where the file never came,
its record is retracted. The process that saves holds a lock on its note, which ends with it.
"""

from __future__ import annotations

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from bims_desktop.errors import BimsError
from bims_desktop.files.atomic import sweep
from bims_desktop.files.embedding import extract
from bims_desktop.ledger.base import Deposit, Entry, Ledger
from bims_desktop.model.canonical import canonical, parse


@dataclass(frozen=True, slots=True)
class Note:
    """A save under way: its note on disk, and the open file whose lock says that somebody is at it."""

    path: Path
    file: IO[bytes]


def begin(home: Path, record: str, path: Path) -> Note:
    """Note that a file with `record` is about to appear at `path`."""
    target = home / "pending" / f"{record.removeprefix('sha256:')}.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part")
    file = part.open("wb")
    fcntl.flock(file, fcntl.LOCK_EX)
    file.write(canonical({"path": os.fsencode(path).hex(), "record": record}))
    file.flush()
    os.fsync(file.fileno())
    part.replace(target)
    return Note(target, file)


def finish(note: Note) -> None:
    """The file is in place."""
    note.path.unlink(missing_ok=True)
    note.file.close()


def settle(home: Path, ledger: Ledger) -> tuple[str, ...]:
    """Retract the records whose files never came, and return their digests; what was half written is removed."""
    retracted = []
    for path in sorted((home / "pending").glob("*.json")):
        with path.open("rb") as file:
            if _is_held(file):
                continue
            said: Any = parse(file.read())
            target = Path(os.fsdecode(bytes.fromhex(said["path"])))
            if target.parent.is_dir():
                sweep(target.parent)
            known = ledger.find(kind="record", record=said["record"])
            if known and not _carries(target, said["record"]):
                ledger.append(Entry("retract", {"reason": "the file never came", "record": said["record"]}))
                retracted.append(str(said["record"]))
            path.unlink(missing_ok=True)
    return tuple(retracted)


def _is_held(file: IO[bytes]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False


def _carries(path: Path, record: str) -> bool:
    try:
        envelope = extract(path).envelope
        return envelope is not None and Deposit(envelope).record == record
    except BimsError:
        return False
