"""`validity`: whose certificate a file holds, and for how long, in a sentence."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from bims_desktop.errors import LedgerError


def validity(path: Path, now: datetime | None = None) -> tuple[str, str]:
    """What to know of the certificate in `path` at `now`: good, unknown (mind this) or bad, and a sentence.

    Examples
    --------
    >>> validity(Path("nowhere.pem"))[0]
    'bad'
    """
    # Here, since Fabric's messages take a while to import.
    from bims_desktop.ledger.fabric.identity import Identity

    now = now or datetime.now(UTC)
    try:
        identity = Identity.from_pem("unnamed", path)
    except LedgerError as error:
        return "bad", str(error)
    if warning := identity.warning(now):
        return ("bad" if now > identity.expires else "unknown"), warning
    ends = identity.expires
    return "good", f"{identity.name}, valid until {ends.day} {ends:%b %Y}"
