"""Saves under way: a note before the ledger hears of a record, gone once its file is in place.

A note that is still there at the next start tells of a crash in between: where the file never
came, its record is retracted.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from bims_desktop.errors import BimsError
from bims_desktop.files.blobs import write_durably
from bims_desktop.files.embedding import extract
from bims_desktop.ledger.base import Entry, Ledger
from bims_desktop.macro.record import open_envelope
from bims_desktop.model.canonical import canonical, parse


def begin(home: Path, record: str, path: Path) -> Path:
    """Note that a file with `record` is about to appear at `path`; returns the note."""
    note = home / "pending" / f"{record.removeprefix('sha256:')}.json"
    note.parent.mkdir(parents=True, exist_ok=True)
    write_durably(note, canonical({"path": os.fsencode(path).hex(), "process": os.getpid(), "record": record}))
    return note


def finish(note: Path) -> None:
    """The file is in place."""
    note.unlink(missing_ok=True)


def settle(home: Path, ledger: Ledger) -> tuple[str, ...]:
    """Retract the records whose files never came, and return their digests."""
    retracted = []
    for note in sorted((home / "pending").glob("*.json")):
        said: Any = parse(note.read_bytes())
        if _alive(int(said["process"])):
            continue
        known = ledger.find(kind="record", record=said["record"])
        if known and not _carries(Path(os.fsdecode(bytes.fromhex(said["path"]))), said["record"]):
            ledger.append(Entry("retract", {"reason": "the file never came", "record": said["record"]}))
            retracted.append(str(said["record"]))
        finish(note)
    return tuple(retracted)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _carries(path: Path, record: str) -> bool:
    try:
        envelope = extract(path).envelope
    except BimsError:
        return False
    return envelope is not None and open_envelope(envelope).digest == record
