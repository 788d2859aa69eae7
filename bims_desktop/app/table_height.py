"""How high the person left the tables below the image; a small file in the home folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bims_desktop.errors import RecordDamaged
from bims_desktop.files.blobs import write_durably
from bims_desktop.model.canonical import parse

FILE = "tables.json"
MAX_BYTES = 1024
BOUNDS = range(80, 4001)
"""Pixels."""


def kept_height(folder: Path) -> int | None:
    """Pixels that `folder` keeps; None where nothing was chosen, or it cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> kept_height(folder) is None
    True
    >>> keep_height(folder, 300)
    >>> kept_height(folder)
    300
    """
    path = folder / FILE
    if not path.is_file() or path.stat().st_size > MAX_BYTES:
        return None
    try:
        kept: Any = parse(path.read_bytes())
    except RecordDamaged:
        return None
    height = kept.get("height") if isinstance(kept, dict) else None
    return height if type(height) is int and height in BOUNDS else None


def keep_height(folder: Path, height: int) -> None:
    """Keep a height for the sessions to come."""
    folder.mkdir(parents=True, exist_ok=True)
    write_durably(folder / FILE, json.dumps({"height": height}).encode())
