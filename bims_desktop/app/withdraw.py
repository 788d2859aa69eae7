"""Withdraw one's own record: retract it, or say which one replaces it. Nothing is ever deleted."""

from __future__ import annotations

from bims_desktop.app.home import Home
from bims_desktop.app.standing import standing
from bims_desktop.errors import EntryConflict, LedgerError, NotPermitted
from bims_desktop.ledger.base import Entry, Receipt
from bims_desktop.ledger.signing import fingerprint

LONGEST_REASON = 500


def retract(home: Home, record: str, reason: str) -> Receipt:
    """Say for everybody to see that `record` must not be relied on, and why.

    The same retraction again gives the same receipt.

    Raises
    ------
    NotPermitted
        It is not a record of this log: only who saved it can retract it.
    EntryConflict
        It was withdrawn before, for another reason.
    LedgerError
        There is no reason, or it is too long.
    """
    return _append(home, Entry("retract", {"record": record, **_said(home, reason)}))


def supersede(home: Home, record: str, by: str, reason: str) -> Receipt:
    """Say that the record `by` replaces `record`, and why.

    The same again gives the same receipt.

    Raises
    ------
    NotPermitted
        One of them is not a record of this log.
    EntryConflict
        `record` was withdrawn before, or `by` was, or they are the same.
    LedgerError
        There is no reason, or it is too long.
    """
    _check_own(home, by, "A record is replaced by one that you saved yourself: name that.")
    if by == record:
        raise EntryConflict("A record cannot replace itself.", "Name the newer record.")
    if (state := standing(home.ledger.find(record=by))) != "stands":
        raise EntryConflict(f"The record {by[:19]}… was {state} itself.", "Name one that stands.")
    return _append(home, Entry("supersede", {"by": by, "record": record, **_said(home, reason)}))


def _append(home: Home, entry: Entry) -> Receipt:
    record = str(entry.body["record"])
    _check_own(home, record)
    entries = home.ledger.find(record=record)
    if (state := standing(entries)) != "stands" and entry not in [stored.entry for stored in entries]:
        raise EntryConflict(f"The record {record[:19]}… was {state} before.", "Nothing more is needed.")
    return home.ledger.append(entry)


def _said(home: Home, reason: str) -> dict[str, str]:
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise LedgerError(
            f"A record is withdrawn with a reason of up to {LONGEST_REASON} letters.", "Say why in a sentence."
        )
    return {"agent": fingerprint(home.agent.public_key), "reason": reason.strip()}


def _check_own(home: Home, record: str, todo: str = "Only who saved a record can withdraw it: ask them.") -> None:
    if not home.ledger.find(kind="record", record=record):
        raise NotPermitted(f"The record {record[:19]}… was not saved with this ledger.", todo)
