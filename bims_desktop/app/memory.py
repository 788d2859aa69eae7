"""How much memory the person lets the steps of a session take; a small file in the home folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bims_desktop.errors import RecordDamaged
from bims_desktop.files.blobs import write_durably
from bims_desktop.model.canonical import parse

FILE = "memory.json"
MAX_BYTES = 1024
MIB = 1 << 20
LEAST = 64
"""MiB."""


def kept_budget(folder: Path) -> int | None:
    """Bytes that `folder` keeps; None where nothing was chosen, or it cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> kept_budget(folder) is None
    True
    >>> keep_budget(folder, 4096 * MIB)
    >>> kept_budget(folder) // MIB
    4096
    """
    path = folder / FILE
    if not path.is_file() or path.stat().st_size > MAX_BYTES:
        return None
    try:
        kept: Any = parse(path.read_bytes())
    except RecordDamaged:
        return None
    mib = kept.get("mib") if isinstance(kept, dict) else None
    return mib * MIB if type(mib) is int and mib >= LEAST else None


def keep_budget(folder: Path, budget: int | None) -> None:
    """Keep a budget in bytes for the sessions to come; None leaves it to the program again."""
    folder.mkdir(parents=True, exist_ok=True)
    if budget is None:
        (folder / FILE).unlink(missing_ok=True)
    else:
        write_durably(folder / FILE, json.dumps({"mib": budget // MIB}).encode())
