"""What a verification says of a record that was withdrawn: why, and which one is better."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bims_desktop.app.naming import called
from bims_desktop.app.verdicts import REPLACED_BY, Verdict

if TYPE_CHECKING:
    from bims_desktop.app.home import Home
    from bims_desktop.ledger.base import Entry


def withdrawn(home: Home, entry: Entry, since: str, where: str = "") -> Verdict:
    """The verdict on a record that `entry`, a retraction or a replacement, is about.

    Parameters
    ----------
    home : Home
        Knows files of the record that takes the place of another.
    entry : Entry
        What stands in the ledger.
    since : str
        When the ledger took it.
    where : str
        Words for the ledger, where it is not that of this computer.
    """
    by = str(entry.body["by"]) if entry.kind == "supersede" else ""
    done = f"replaced by {called(home, by)}" if by else "retracted"
    reason = entry.body.get("reason")
    because = f": {reason}" if reason else ""
    return Verdict("bad", f"the record was {done}{where} on {since}{because}", _better(home, by) if by else {})


def _better(home: Home, record: str) -> dict[str, str]:
    files = ", ".join(map(str, home.files_of(record, "")))
    return {REPLACED_BY: record, **({"in the file": files} if files else {})}
