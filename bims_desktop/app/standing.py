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


def successor(entries: Iterable[Stored]) -> str:
    """Digest of the record that takes the place of theirs; empty where none does."""
    given = (str(stored.entry.body["by"]) for stored in entries if stored.entry.kind == "supersede")
    return next(given, "")


def reason(entries: Iterable[Stored]) -> str:
    """Why the record no longer stands, in the words of those who said so; empty where it does."""
    about = tuple(entries)
    kind = {"retracted": "retract", "superseded": "supersede", "stands": ""}[standing(about)]
    given = (str(stored.entry.body.get("reason", "")) for stored in about if stored.entry.kind == kind)
    return "; ".join(dict.fromkeys(filter(None, given)))
