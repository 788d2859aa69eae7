"""How far this computer's clock is from the network's; a peer tells when it refuses a timestamp."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

REFUSED = re.compile(r"incorrect timestamp ([0-9TZ:+-]{20,25}), peer time ([0-9TZ:+-]{20,25})")
TOLERABLE = timedelta(minutes=1)


def utc_now() -> datetime:
    """This computer's clock, UTC."""
    return datetime.now(UTC)


def peer_time(words: str) -> datetime | None:
    """The peer's own time in a refusal, None where `words` hold none."""
    found = REFUSED.search(words)
    return datetime.fromisoformat(found[2]) if found else None


def skew_in_words(words: str) -> str:
    """The difference between a refused timestamp and the peer's clock; empty where `words` are no such refusal.

    Examples
    --------
    >>> skew_in_words("incorrect timestamp 2026-01-02T10:00:00Z, peer time 2026-01-02T10:20:00Z, window 15m0s")
    "this computer's clock is 20 minutes behind the network's"
    """
    found = REFUSED.search(words)
    if not found:
        return ""
    return in_words(datetime.fromisoformat(found[1]) - datetime.fromisoformat(found[2]))


def in_words(skew: timedelta) -> str:
    """A difference of clocks as half a sentence; positive where this computer's is ahead.

    Examples
    --------
    >>> in_words(timedelta(hours=-25))
    "this computer's clock is 25 hours behind the network's"
    """
    seconds = abs(skew.total_seconds())
    amount, unit = (seconds / 3600, "hour") if seconds >= 7200 else (seconds / 60, "minute")
    if seconds < 60:
        amount, unit = seconds, "second"
    side = "ahead of" if skew > timedelta(0) else "behind"
    return f"this computer's clock is {amount:.0f} {unit}{'' if round(amount) == 1 else 's'} {side} the network's"


def warning(skew: timedelta) -> str:
    """What a person should know of `skew`; empty where it does no harm."""
    if abs(skew) < TOLERABLE:
        return ""
    words = in_words(skew)
    return f"{words[0].upper()}{words[1:]}; beyond 15 minutes the network refuses what it is sent."
