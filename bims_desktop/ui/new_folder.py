"""Folders that somebody typed and that are not there yet."""

from __future__ import annotations

from pathlib import Path

from bims_desktop.app.last_folder import can_save_in
from bims_desktop.errors import SaveRefused
from bims_desktop.files.place import check_place
from bims_desktop.ui.words import homely


def can_be_made(folder: Path) -> bool:
    """Whether `folder` is not there, and this person may make it.

    Examples
    --------
    >>> import tempfile
    >>> there = Path(tempfile.mkdtemp())
    >>> can_be_made(there), can_be_made(there / "results" / "today")
    (False, True)
    """
    try:
        check_place(folder)
    except SaveRefused:
        return False
    existing = next((above for above in folder.absolute().parents if above.exists()), None)
    return not folder.exists() and existing is not None and can_save_in(existing)


def make_folder(folder: Path) -> None:
    """Make `folder`, and those above it that are missing.

    Raises
    ------
    SaveRefused
        The system does not let it be made; says why.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SaveRefused(f"{homely(folder)} cannot be made: {error.strerror}.", "Choose another folder.") from error
