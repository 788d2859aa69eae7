"""How much memory the person lets the steps of a session take; a small file in the home folder."""

from __future__ import annotations

from pathlib import Path

from bims_desktop.app.small_file import read_choices, write_choices

FILE = "memory.json"
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
    mib = read_choices(folder / FILE).get("mib")
    return mib * MIB if type(mib) is int and mib >= LEAST else None


def keep_budget(folder: Path, budget: int | None) -> None:
    """Keep a budget in bytes for the sessions to come; None leaves it to the program again."""
    if budget is None:
        (folder / FILE).unlink(missing_ok=True)
    else:
        write_choices(folder / FILE, {"mib": budget // MIB})
