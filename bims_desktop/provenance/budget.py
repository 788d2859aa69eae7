"""How much memory the versions of a session may take."""

from __future__ import annotations

import os

from bims_desktop.errors import BadParameter

VARIABLE = "BIMS_MEMORY"
SHARE = 4
_MIB = 1 << 20


def memory_budget() -> int:
    """Bytes: as many MiB as the environment variable ``BIMS_MEMORY`` says, by default a quarter of the memory.

    Raises
    ------
    BadParameter
        The variable is no whole number above zero.
    """
    told = os.environ.get(VARIABLE, "")
    if not told:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // SHARE
    if not (told.isascii() and told.isdigit() and int(told)):
        raise BadParameter(f"{VARIABLE} is {told!r}, which is no number of MiB.", "Set it to 4096, for instance.")
    return int(told) * _MIB
