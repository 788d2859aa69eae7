"""How high the person left the tables below the image; a small file in the home folder."""

from __future__ import annotations

from pathlib import Path

from bims_desktop.app.small_file import read_choices, write_choices

FILE = "tables.json"
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
    height = read_choices(folder / FILE).get("height")
    return height if type(height) is int and height in BOUNDS else None


def keep_height(folder: Path, height: int) -> None:
    """Keep a height for the sessions to come."""
    write_choices(folder / FILE, {"height": height})
