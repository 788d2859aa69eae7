"""Files that were opened or saved lately, newest first."""

from __future__ import annotations

import json
from pathlib import Path

from bims_desktop.app.home import Home
from bims_desktop.errors import RecordDamaged
from bims_desktop.files.blobs import write_durably
from bims_desktop.model.canonical import parse

MOST = 12
FILE = "recent.json"


def recent(home: Home) -> tuple[Path, ...]:
    """The files that are still there; a list that cannot be read is an empty one."""
    note = home.folder / FILE
    try:
        told = parse(note.read_bytes()) if note.is_file() else []
    except RecordDamaged:
        return ()
    paths = [Path(text) for text in told if isinstance(text, str)] if isinstance(told, list) else []
    return tuple(path for path in paths[:MOST] if path.exists())


def remember(home: Home, path: Path) -> None:
    """Put `path` first."""
    first = path.absolute()
    _write(home, [first, *(other for other in recent(home) if other != first)][:MOST])


def forget_all(home: Home) -> None:
    """Begin an empty list."""
    _write(home, [])


def _write(home: Home, paths: list[Path]) -> None:
    home.folder.mkdir(parents=True, exist_ok=True)
    write_durably(home.folder / FILE, json.dumps([str(path) for path in paths]).encode())
