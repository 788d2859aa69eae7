"""What a file's receipt is worth here: its own proof, and what it witnesses of this computer's log."""

from __future__ import annotations

from collections.abc import Collection

from bims_desktop.app.home import Home
from bims_desktop.app.verdicts import Verdict
from bims_desktop.errors import LedgerError, ProofRefused
from bims_desktop.ledger import rotation
from bims_desktop.ledger.receipt import Receipt

LIMITS = "a local ledger alone cannot show that it was rolled back or copied with its key"


def judge(data: bytes, record: str, pinned: Collection[bytes], home: Home) -> Verdict:
    """The verdict on the receipt of `record` that a file carries.

    One of the own log is held against that log, too: whoever put it back to an older state or
    forked it cannot take back the receipts that are in files.

    Raises
    ------
    LedgerError
        The own log cannot be asked.
    """
    try:
        receipt = Receipt.from_bytes(data)
    except LedgerError as error:
        return Verdict("bad", error.what.rstrip("."))
    found = rotation.check(receipt, pinned, home.ledger.tenures)
    details = {"ledger key": found.log}
    if found.entry is not None and (found.entry.kind, found.entry.body.get("record")) != ("record", record):
        return Verdict("bad", "the receipt is that of another entry than this record", details)
    if found.state == "good" and receipt.ledger == home.ledger.origin and (problem := _contradicted(receipt, home)):
        return Verdict("bad", problem, details)
    return Verdict(found.state, found.text, {**details, "limits": LIMITS})


def _contradicted(receipt: Receipt, home: Home) -> str:
    """What is wrong with the own log, which signed this receipt; empty where it only grew since."""
    size = home.ledger.size
    try:
        forked = home.ledger.fork(receipt.checkpoint)
    except ProofRefused:
        if receipt.size <= size:
            raise
        return (
            f"this computer's log was put back to an older state: it holds {size} entries, and had {receipt.size} when "
            "this file was saved; restore the newest copy or import your export"
        )
    if forked is None:
        return ""
    return (
        f"this computer's log has another history than this file: its first {receipt.size} of {size} entries are not "
        "those it had when this file was saved; it was forked or rewritten"
    )
