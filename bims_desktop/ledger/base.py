"""What every ledger takes and gives: entries, proofs, and the protocol between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypedDict, Unpack

from bims_desktop.ledger.deposit import Deposit
from bims_desktop.ledger.entry import Entry, EntryKind, Verdict
from bims_desktop.ledger.receipt import Receipt

__all__ = ["Deposit", "Entry", "EntryKind", "Ledger", "Proof", "Query", "Receipt", "Stored", "Verdict"]


class Query(TypedDict, total=False):
    """What to look for; an entry is found when it agrees with everything that is given.

    ``kind``, ``record``, ``pixels``, ``macro``, ``subject`` and ``agent`` are those of the
    entry, or of the record deposited with it (`facts.Facts`); ``operation``, ``instrument``
    and ``uses`` (the digest of an input) are known of deposited records only. ``since`` and
    ``until`` bound the ledger's own clock, ``2026-01-31T12:00:00Z``, ``until`` excluded.
    ``offset`` entries are passed over, and at most ``limit`` given; with ``newest`` they are
    given, counted and passed over from the newest on.
    """

    kind: EntryKind
    record: str
    pixels: str
    macro: str
    subject: str
    agent: str
    operation: str
    instrument: str
    uses: str
    since: str
    until: str
    limit: int
    offset: int
    newest: bool


@dataclass(frozen=True, slots=True)
class Stored:
    """An entry where a ledger keeps it.

    Parameters
    ----------
    entry : Entry
        What is stated.
    index : int
        Its place, from 0.
    since : str
        When the ledger took it, by the ledger's own clock, UTC.
    place : str
        Where it stands, in words: "entry 12" or "block 7, transaction 3f2a91c0".
    """

    entry: Entry
    index: int
    since: str
    place: str = ""


class Proof(Protocol):
    """What a ledger answers an append with: where the entry stands, and the bytes that show it."""

    @property
    def place(self) -> str: ...
    def to_bytes(self) -> bytes: ...


class Ledger(Protocol):
    """Where record digests are kept.

    An append answers only when its entry and deposit are durable. The same entry again,
    byte for byte, is the same answer and never a second entry. Every method raises
    `LedgerUnavailable` where the ledger cannot be reached, and `ProofRefused` where what
    it holds contradicts what it signed.
    """

    @property
    def name(self) -> str: ...

    def append(self, entry: Entry, deposit: Deposit | None = None) -> Proof:
        """Keep `entry`, with the record it is about, and prove it."""

    def find(self, **query: Unpack[Query]) -> list[Stored]:
        """The entries that agree with `query`, oldest first unless it asks for the newest."""

    def deposit(self, record: str) -> Deposit | None:
        """The record of this digest as it was deposited, None where it was not."""

    def close(self) -> None:
        """Let go of the ledger; what was appended stays."""
