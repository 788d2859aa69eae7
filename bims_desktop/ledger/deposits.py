"""The records that a local log keeps whole, in the file beside its entries."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import zstandard

from bims_desktop.errors import ProofRefused, RecordDamaged
from bims_desktop.ledger.deposit import MAX_ENVELOPE, Deposit
from bims_desktop.ledger.facts import Facts
from bims_desktop.ledger.store import Store

LEVEL = 3


class Deposits:
    """Records by digest, compressed; and what they say of themselves, by the entry they came with."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._compressor = zstandard.ZstdCompressor(LEVEL, write_content_size=True)  # used within a transaction only

    def put(self, position: int, deposit: Deposit, facts: Facts) -> None:
        """Keep `deposit`, which came with the entry at `position`, within a transaction; one that is whole stays."""
        record, store = deposit.record, self._store
        store.write_many("INSERT OR IGNORE INTO facts VALUES (?, ?, ?)", ((*fact, position) for fact in _named(facts)))
        packed = self._compressor.compress(deposit.envelope)
        if not store.write("INSERT OR IGNORE INTO deposits VALUES (?, ?)", record, packed):
            if self._is_whole(record):
                return
            store.write("UPDATE deposits SET envelope = ? WHERE record = ?", packed, record)
        store.write_many("INSERT OR REPLACE INTO blobs VALUES (?, ?)", deposit.blobs.items())
        named = ((record, digest) for digest in deposit.blobs)
        store.write_many("INSERT OR IGNORE INTO deposit_blobs VALUES (?, ?)", named)

    def get(self, record: str) -> Deposit | None:
        """The record as it was deposited, None where it was not.

        Raises
        ------
        ProofRefused
            It was changed since.
        """
        envelope = self._envelope(record)
        if envelope is None:
            return None
        named = "SELECT digest FROM deposit_blobs WHERE record = ?"
        blobs = self._store.fetch(f"SELECT digest, packed FROM blobs WHERE digest IN ({named})", record)  # noqa: S608
        with self._whole(record):
            deposit = Deposit(_decompress(envelope), dict(blobs))
            if len(blobs) != self._store.fetch(f"SELECT count(*) FROM ({named})", record)[0][0]:  # noqa: S608
                raise RecordDamaged("A stored edit is missing.")
            deposit.check(record)
        return deposit

    def payload(self, record: str) -> bytes | None:
        """What the record states, without its stored edits; None where it was not deposited.

        Raises
        ------
        ProofRefused
            It was changed since.
        """
        envelope = self._envelope(record)
        if envelope is None:
            return None
        with self._whole(record):
            deposit = Deposit(_decompress(envelope))
            deposit.check(record)
            return deposit.payload

    def is_indexed(self, record: str, facts: Facts) -> bool:
        """Whether an entry about `record` is found by everything that the record says of itself."""
        about = "SELECT position FROM entries WHERE record = ? AND +kind = 'record'"
        rows = self._store.fetch(f"SELECT name, value FROM facts WHERE position IN ({about})", record)  # noqa: S608
        return set(_named(facts)) <= set(rows)

    def records(self) -> list[str]:
        """Digests of all records that are kept."""
        return [row[0] for row in self._store.fetch("SELECT record FROM deposits ORDER BY record")]

    def _envelope(self, record: str) -> bytes | None:
        rows = self._store.fetch("SELECT envelope FROM deposits WHERE record = ?", record)
        return bytes(rows[0][0]) if rows else None

    @contextmanager
    def _whole(self, record: str) -> Iterator[None]:
        try:
            yield
        except RecordDamaged as error:
            raise ProofRefused(
                f"The record {record[:19]}… in the log {self._store.path} is not the one that was deposited.",
                "Restore the log from a copy, or save the record again.",
            ) from error

    def _is_whole(self, record: str) -> bool:
        try:
            return self.get(record) is not None
        except ProofRefused:
            return False


def _named(facts: Facts) -> Iterator[tuple[str, str]]:
    """What is searched for, by the names of a `Query`."""
    values = {
        "subject": facts.subjects,
        "macro": (facts.macro,),
        "agent": (facts.agent,),
        "operation": facts.operations,
        "instrument": facts.instruments,
        "uses": facts.inputs,
    }
    return ((name, value) for name, told in values.items() for value in told if value)


def _decompress(packed: bytes) -> bytes:
    try:
        if zstandard.get_frame_parameters(packed).content_size > MAX_ENVELOPE:
            raise RecordDamaged("The record claims to be larger than a log keeps.")
        return zstandard.ZstdDecompressor().decompress(packed)
    except zstandard.ZstdError as error:
        raise RecordDamaged(f"The record cannot be unpacked: {error}.") from error
