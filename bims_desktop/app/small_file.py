"""Small files in the home folder, in which the window keeps what the person chose: a JSON object each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bims_desktop.errors import RecordDamaged
from bims_desktop.files.blobs import write_durably
from bims_desktop.model.canonical import Json, parse

MAX_BYTES = 16_384


def read_choices(path: Path) -> dict[str, Any]:
    """What `path` keeps; nothing where it is not there, or cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "home" / "tables.json"
    >>> read_choices(path)
    {}
    >>> write_choices(path, {"height": 300})
    >>> read_choices(path)
    {'height': 300}
    """
    if not path.is_file() or path.stat().st_size > MAX_BYTES:
        return {}
    try:
        kept: Any = parse(path.read_bytes())
    except RecordDamaged:
        return {}
    return kept if isinstance(kept, dict) else {}


def write_choices(path: Path, choices: dict[str, Json]) -> None:
    """Keep `choices` for the sessions to come, in the place of those that were kept."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_durably(path, json.dumps(choices).encode())
