"""Whether a record stands: what all the entries about it say."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from bims_desktop.ledger.base import Stored

Standing = Literal["stands", "retracted", "superseded"]


def standing(entries: Iterable[Stored]) -> Standing:
    """What all the entries about one record say of it."""
    kinds = {stored.entry.kind for stored in entries}
    return "retracted" if "retract" in kinds else "superseded" if "supersede" in kinds else "stands"
