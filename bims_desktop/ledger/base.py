"""What every ledger takes and gives: entries, receipts, and the protocol between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bims_desktop.ledger.entry import Entry, EntryKind, Verdict
from bims_desktop.ledger.receipt import Receipt

__all__ = ["Entry", "EntryKind", "Ledger", "Receipt", "Stored", "Verdict"]


@dataclass(frozen=True, slots=True)
class Stored:
    """An entry where a ledger keeps it; `since` is the ledger's own clock, UTC."""

    entry: Entry
    index: int
    since: str


class Ledger(Protocol):
    """Where record digests are kept.

    An append answers only when its entry is durable. The same entry again, byte for
    byte, is the same answer and never a second entry. Every method raises
    `LedgerUnavailable` where the ledger cannot be reached, and `ProofRefused` where what
    it holds contradicts what it signed.
    """

    @property
    def name(self) -> str: ...

    @property
    def public_key(self) -> bytes: ...

    def append(self, entry: Entry) -> Receipt:
        """Keep `entry`, and prove it."""

    def find(
        self, *, kind: EntryKind | None = None, record: str | None = None, pixels: str | None = None
    ) -> list[Stored]:
        """The entries that agree with every given property, oldest first."""

    def receipt(self, index: int) -> Receipt:
        """The receipt that entry `index` was answered with."""

    def checkpoint(self) -> str:
        """What the ledger holds now, signed."""

    def close(self) -> None:
        """Let go of the ledger; what was appended stays."""
