"""Waiting for something that another process does."""

from __future__ import annotations

import time
from collections.abc import Callable

from bims_desktop.errors import LedgerError, LedgerUnavailable

STEP = 0.05
PATIENCE = 30.0


def wait_until(happened: Callable[[], bool], what: str, patience: float = PATIENCE) -> None:
    """Ask `happened` again and again until it has.

    Raises
    ------
    LedgerUnavailable
        It has not after `patience` seconds; `what` says of what.
    """
    end = time.monotonic() + patience
    while not happened():
        if time.monotonic() > end:
            raise LedgerUnavailable(f"{what} within {patience:.0f} s.", "Look at the logs of the nodes.")
        time.sleep(STEP)


def retry(action: Callable[[], object], patience: float = PATIENCE) -> None:
    """Do `action` again and again until the network no longer refuses it.

    Raises
    ------
    LedgerError
        The last refusal, after `patience` seconds.
    """
    end = time.monotonic() + patience
    while True:
        try:
            action()
        except LedgerError:
            if time.monotonic() > end:
                raise
            time.sleep(STEP)
        else:
            return
