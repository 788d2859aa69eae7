"""Records as people name them, and as they are named to people: by their files on this computer, and by digests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bims_desktop.errors import EntryConflict, LedgerError

if TYPE_CHECKING:
    from bims_desktop.app.home import Home


def brief(digest: str) -> str:
    """The beginning of a digest, enough to tell records apart.

    Examples
    --------
    >>> brief("sha256:" + 64 * "a")
    'aaaaaaaa…'
    """
    return f"{digest.removeprefix('sha256:')[:8]}…"


def called(home: Home, record: str) -> str:
    """A record by the file that this computer knows it by, if there is one, and the beginning of its digest."""
    files = home.files_of(record, "")
    return f"that of {files[0].name} (record {brief(record)})" if files else f"the record {brief(record)}"


def own_record(home: Home, digest: str) -> str:
    """The record of this log that `digest` names: by its own digest, or by that of pixels that no other record has.

    Raises
    ------
    EntryConflict
        Several records are of these pixels.
    LedgerError
        The log knows neither a record nor pixels of this digest.
    """
    if home.ledger.find(record=digest, limit=1):
        return digest
    records = {str(stored.entry.body["record"]) for stored in home.ledger.find(kind="record", subject=digest)}
    if not records:
        raise LedgerError(
            f"No record of this ledger has the digest {brief(digest)}, and none is of pixels with it.",
            "Name the saved image itself, or the digest of a record that was saved here.",
        )
    if len(records) > 1:
        raise EntryConflict(
            f"{len(records)} records of this ledger are of the pixels {brief(digest)}.",
            "Name the saved image itself, or the digest of the record.",
        )
    return records.pop()
