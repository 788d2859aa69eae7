"""Where a file was saved last; a small file in the home folder."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bims_desktop.errors import RecordDamaged
from bims_desktop.files.blobs import write_durably
from bims_desktop.model.canonical import parse

if TYPE_CHECKING:
    from bims_desktop.app.home import Home

FILE = "saving.json"
MAX_BYTES = 16_384


def last_folder(home: Home) -> Path | None:
    """The folder of the last save; None where there is none, or nothing can be saved there any more.

    Examples
    --------
    >>> import tempfile
    >>> from bims_desktop.app.home import Home
    >>> folder = Path(tempfile.mkdtemp())
    >>> home = Home(folder / "home")
    >>> last_folder(home) is None
    True
    >>> keep_folder(home, folder)
    >>> last_folder(home) == folder
    True
    """
    path = home.folder / FILE
    if not path.is_file() or path.stat().st_size > MAX_BYTES:
        return None
    try:
        kept: Any = parse(path.read_bytes())
    except RecordDamaged:
        return None
    told = kept.get("folder") if isinstance(kept, dict) else None
    return Path(told) if isinstance(told, str) and "\0" not in told and can_save_in(Path(told)) else None


def keep_folder(home: Home, folder: Path) -> None:
    """Keep it for the dialogs to come, of this session and of others."""
    home.folder.mkdir(parents=True, exist_ok=True)
    write_durably(home.folder / FILE, json.dumps({"folder": str(folder.absolute())}).encode())


def can_save_in(folder: Path) -> bool:
    """Whether this person may make files there."""
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)
