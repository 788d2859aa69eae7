"""Whether the system takes a file of a path at all, asked before anything is computed for it."""

from __future__ import annotations

from pathlib import Path

from bims_desktop.errors import SaveRefused

_SHOWN = 40


def check_place(path: Path) -> None:
    """Refuse a path that no file can have; whether its folder is there is not asked.

    Raises
    ------
    SaveRefused
        Its name is too long, or nobody may look into its folder; says which.

    Examples
    --------
    >>> check_place(Path("cells.ome.tif"))
    >>> check_place(Path("no such folder") / "cells.ome.tif")
    """
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        name = path.name if len(path.name) <= _SHOWN else f"{path.name[:_SHOWN]}…"
        raise SaveRefused(f"Nothing can be saved as {name}: {error.strerror}.", "Choose another one.") from error
