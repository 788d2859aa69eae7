"""How much memory the versions of a session may take."""

from __future__ import annotations

import os

from bims_desktop.errors import BadParameter

VARIABLE = "BIMS_MEMORY"
SHARE = 4
_MIB = 1 << 20


def memory_budget(kept: int | None = None) -> int:
    """Bytes: what the environment variable ``BIMS_MEMORY`` says, else what was `kept`, else a quarter of the memory.

    Raises
    ------
    BadParameter
        The variable is no whole number above zero.
    """
    return told_budget() or kept or physical_memory() // SHARE


def told_budget() -> int:
    """Bytes: as many MiB as ``BIMS_MEMORY`` says; 0 where it is not set.

    Raises
    ------
    BadParameter
        It is no whole number above zero.
    """
    told = os.environ.get(VARIABLE, "")
    if told and not (told.isascii() and told.isdigit() and int(told)):
        raise BadParameter(f"{VARIABLE} is {told!r}, which is no number of MiB.", "Set it to 4096, for instance.")
    return int(told or 0) * _MIB


def physical_memory() -> int:
    """Bytes of memory that this computer has."""
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
