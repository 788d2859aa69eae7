"""Trying again, within a deadline, what may be tried again without harm."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic, sleep
from typing import TypeVar

import grpc

from bims_desktop.ledger.fabric.failure import Failure

FIRST_PAUSE_S = 0.1
LONGEST_PAUSE_S = 2.0
Answer = TypeVar("Answer")


def retry(attempt: Callable[[float], Answer], deadline_s: float) -> Answer:
    """Answer of `attempt`, which is told how many seconds are left, and is called again after a passing failure.

    Raises
    ------
    grpc.RpcError
        The failure does not pass, or has not passed in time; the last one that says why.
    """
    ends, pause = monotonic() + deadline_s, FIRST_PAUSE_S
    while True:
        try:
            return attempt(max(0.1, ends - monotonic()))
        except grpc.RpcError as error:
            if not Failure.of(error).passing or monotonic() + pause >= ends:
                raise
        sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE_S)
