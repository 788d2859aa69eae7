"""Where a file was saved last; a small file in the home folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from bims_desktop.app.small_file import read_choices, write_choices

if TYPE_CHECKING:
    from bims_desktop.app.home import Home

FILE = "saving.json"


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
    told = read_choices(home.folder / FILE).get("folder")
    return Path(told) if isinstance(told, str) and "\0" not in told and can_save_in(Path(told)) else None


def keep_folder(home: Home, folder: Path) -> None:
    """Keep it for the dialogs to come, of this session and of others."""
    write_choices(home.folder / FILE, {"folder": str(folder.absolute())})


def can_save_in(folder: Path) -> bool:
    """Whether this person may make files there."""
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)
