"""Times as people say them, on this computer's clock; records and JSON keep them in UTC, to the millisecond."""

from __future__ import annotations

import re
from datetime import datetime

_ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00)")


def day_and_time(when: datetime) -> str:
    """``21 Nov 2026 14:32``.

    Examples
    --------
    >>> day_and_time(datetime(2026, 11, 2, 9, 5))
    '2 Nov 2026 09:05'
    """
    return f"{when.day} {when:%b %Y %H:%M}"


def dated(text: str) -> str:
    """`text` with the times in UTC that stand in it as people say them.

    Examples
    --------
    >>> dated("saved on 2026-11-21T14:32:05.120Z").startswith("saved on 2")
    True
    """
    return _ISO.sub(lambda found: day_and_time(datetime.fromisoformat(found[0]).astimezone()), text)


def moment_or_nothing(text: object) -> str:
    """`text` where it is a time in UTC, as records write it; else nothing, for a file may say anything.

    Examples
    --------
    >>> moment_or_nothing("2026-11-21T14:32:05.120Z"), moment_or_nothing("yesterday")
    ('2026-11-21T14:32:05.120Z', '')
    """
    return text if isinstance(text, str) and _ISO.fullmatch(text) else ""
