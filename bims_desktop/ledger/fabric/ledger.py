"""`FabricLedger`: a consortium's ledger on Hyperledger Fabric, as a `Ledger`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import suppress
from functools import cached_property, partial
from itertools import groupby, islice
from operator import attrgetter, itemgetter
from typing import Any, Unpack

from bims_desktop.errors import (
    CommitError,
    CommitStatusError,
    EntryConflict,
    LedgerError,
    LedgerUnavailable,
    SubmitError,
)
from bims_desktop.ledger.base import Query, Stored
from bims_desktop.ledger.deposit import Deposit
from bims_desktop.ledger.entry import Entry
from bims_desktop.ledger.fabric.contract import (
    CHUNK,
    FUNCTIONS,
    Contract,
    Write,
    chunk_digest,
    put_chunk,
    put_private_record,
    write_of,
)
from bims_desktop.ledger.fabric.delivery import Commit, Delivery
from bims_desktop.ledger.fabric.documents import Statement
from bims_desktop.ledger.fabric.gateway import Gateway
from bims_desktop.ledger.fabric.trust import Trust
from bims_desktop.ledger.outbox import RACED, Name, Outbox, place_in_words
from bims_desktop.model.canonical import canonical

TRIES = 5
LOOKUPS = 8
SETTLE_S = 2.0
MAX_ENVELOPE = 8 << 20  # what the chaincode takes; of a larger record, its digest alone goes there
MAX_BLOBS = 64 << 20
MAX_BLOB_CHUNKS = 512


class FabricLedger:
    """The ledger behind `gateway`; any number of threads share it.

    Parameters
    ----------
    gateway : Gateway
        Connected as one identity; closed with the ledger.
    collection : str
        Private data collection that deposits go to; empty: the channel.
    delivery : Delivery, optional
        By default one whose journal lives in memory: what it began and did not end is
        asked for again by the same object, and safe to begin anew by another.
    """

    def __init__(self, gateway: Gateway, collection: str = "", *, delivery: Delivery | None = None) -> None:
        self._collection = collection
        self.delivery = delivery or Delivery(Contract(gateway), Outbox(None, "here to there"))
        self.contract = self.delivery.contract
        self._blocks: dict[str, int] = {}

    @property
    def name(self) -> str:
        """The channel."""
        return self.contract.gateway.profile.channel

    @cached_property
    def trust(self) -> Trust:
        """Whom blocks are checked against: the profile's CAs, or those of the channel where it brings none."""
        return self.contract.gateway.profile.trust or self.contract.gateway.trust()

    def append(self, entry: Entry, deposit: Deposit | None = None) -> Commit:
        """Keep `entry`, and its record; answers once it is in a block and valid.

        Raises
        ------
        EntryConflict
            The ledger holds another entry, or other contents, under this record's digest.
        NotPermitted
            The identity may not state this.
        TransactionError
            A stage failed; after `CommitStatusError` call it again with the same entry.
        LedgerUnavailable
            Nobody answers.
        RecordDamaged
            The deposit is not the record that the entry is about.
        """
        if deposit is not None:
            deposit.check(str(entry.body.get("record")))
        name: Name = ("entry", hashlib.sha256(entry.to_bytes()).hexdigest())
        for _ in range(TRIES - 1):
            try:
                return self.carry(name, entry, deposit)
            except (CommitStatusError, SubmitError):
                continue
            except CommitError as error:
                if error.code not in RACED:
                    raise
        return self.carry(name, entry, deposit)

    def carry(self, name: Name, entry: Entry, deposit: Deposit | None = None) -> Commit:
        """One attempt at what `append` does, noted under `name`; an attempt that was cut off is gone on with.

        Raises
        ------
        LedgerError
            As of `append`; or the entry is of a kind that only its own log keeps.
        """
        try:
            return self.delivery.deliver(name, lambda: self._write(entry, deposit))
        except EntryConflict:
            transaction = self._stands(entry, deposit)
            if not transaction:
                raise
            return self.delivery.found(name, transaction)

    def find(self, **query: Unpack[Query]) -> list[Stored]:
        """The entries that agree with `query`, in its order; `index` is their place in the answer.

        Raises
        ------
        LedgerError
            The ledger cannot be reached, or the identity may not read it.
        """
        offset, limit, newest = query.pop("offset", 0), query.pop("limit", None), query.pop("newest", False)
        given: dict[str, Any] = {key: value for key, value in query.items() if value is not None}
        stop = None if limit is None else offset + limit
        with ThreadPoolExecutor(LOOKUPS) as pool:
            found = self._matching(given)
            ordered = self._in_order(reversed(list(found)) if newest else found, pool, newest)
            rows = islice(ordered, offset, stop)
            return [_stored(*row, index) for index, row in enumerate(rows, offset)]

    def _matching(self, given: dict[str, Any]) -> Iterator[Statement]:
        """In order of their time: what is public about them agrees, or what the private collection holds of them."""
        if not self._collection:
            return self.contract.query(given)
        both = (*self.contract.query(given), *self.contract.query({**given, "collection": self._collection}))
        found = {statement.transaction: statement for statement in both}
        return iter(sorted(found.values(), key=attrgetter("since")))

    def _in_order(self, found: Iterator[Statement], pool: Executor, newest: bool) -> Iterator[tuple[Statement, int]]:
        """The statements with their blocks; those of the same second by block, which their own time cannot tell."""
        for _, group in groupby(found, attrgetter("since")):
            same = list(group)
            blocks = list(pool.map(self._block, (each.transaction for each in same)))
            yield from sorted(zip(same, blocks, strict=True), key=itemgetter(1), reverse=newest)

    def _block(self, transaction: str) -> int:
        if transaction not in self._blocks:
            self._blocks[transaction] = self.contract.gateway.status(transaction).block
        return self._blocks[transaction]

    def deposit(self, record: str) -> Deposit | None:
        """The record of this digest with its stored edits, checked; None where the ledger keeps none.

        Raises
        ------
        ProofRefused
            What the peer gave is not what was committed.
        NotPermitted
            It is private to other organisations.
        """
        held = self.contract.record(record)
        if held is None or not held.envelope:
            return None
        collection = held.collection
        envelope = self._joined(held.envelope, collection, MAX_ENVELOPE)
        left, blobs = MAX_BLOBS, {}
        for digest, chunks in held.blobs.items():
            blobs[digest] = self._joined(chunks, collection, left)
            left -= len(blobs[digest])
        deposit = Deposit(envelope, blobs)
        deposit.check(record)
        return deposit

    def close(self) -> None:
        """Hang up."""
        self.contract.close()

    def _write(self, entry: Entry, deposit: Deposit | None) -> Write:
        if entry.kind not in FUNCTIONS:
            raise LedgerError(f"A {entry.kind} entry has no place in a consortium's ledger.", "It stays in its log.")
        return write_of(entry, self._put(entry, deposit) if deposit else "")

    def _put(self, entry: Entry, deposit: Deposit) -> str:
        """Bring the contents of `deposit` there; the description of them that its entry is committed with."""
        if len(deposit.envelope) > MAX_ENVELOPE:
            return ""
        contents: dict[str, Any] = {"collection": self._collection}
        contents["blobs"] = {digest: self._chunks(packed) for digest, packed in _carried(deposit).items()}
        if self._collection:
            contents["envelope_chunks"] = self._private(entry, deposit, contents["blobs"])
        elif len(deposit.envelope) <= CHUNK:
            contents["envelope"] = deposit.envelope.decode()
        else:
            contents["envelope_chunks"] = self._chunks(deposit.envelope)
        return canonical(contents).decode()

    def _private(self, entry: Entry, deposit: Deposit, blobs: dict[str, list[str]]) -> list[str]:
        write = put_private_record(entry, self._collection, deposit.envelope, blobs)
        self._settle(self.delivery.deliver(("chunk", f"{self._collection}/{deposit.record}"), lambda: write))
        return [chunk_digest(part) for part in _parts(deposit.envelope)]

    def _chunks(self, data: bytes) -> list[str]:
        commit, digests = None, []
        for part in _parts(data):
            write = put_chunk(part, self._collection)
            digests.append(chunk_digest(part))
            commit = self.delivery.deliver(("chunk", f"{self._collection}/{digests[-1]}"), partial(_given, write))
        if commit:
            self._settle(commit)
        return digests

    def _settle(self, commit: Commit) -> None:
        """Give the other organisations a moment to have it too: they are about to look at it."""
        for msp in self.contract.gateway.profile.organisations:
            if msp != self.contract.gateway.identity.msp:
                with suppress(CommitStatusError, LedgerUnavailable):  # who is not there is not needed either
                    self.contract.gateway.status(commit.transaction, msp, timeout=SETTLE_S)

    def _stands(self, entry: Entry, deposit: Deposit | None) -> str:
        """The transaction that committed this very record with contents no poorer than these; empty where none did."""
        held = self.contract.record(str(entry.body["record"])) if entry.kind == "record" else None
        if held is None or held.statement.entry != entry or (deposit and not held.envelope):
            return ""
        return held.statement.transaction

    def _joined(self, chunks: Iterable[str], collection: str, limit: int) -> bytes:
        data = bytearray()
        for chunk in chunks:
            data += self.contract.chunk(chunk, collection)
            if len(data) > limit:
                raise LedgerError("The record is larger than a ledger keeps.", "It was not made by this program.")
        return bytes(data)


def _carried(deposit: Deposit) -> Mapping[str, bytes]:
    """The stored edits, where the chaincode takes them; it takes all of a record or none."""
    chunks = sum(len(_parts(packed)) for packed in deposit.blobs.values())
    fits = chunks <= MAX_BLOB_CHUNKS and sum(map(len, deposit.blobs.values())) <= MAX_BLOBS
    return deposit.blobs if fits else {}


def _given(write: Write) -> Write:
    return write


def _parts(data: bytes) -> list[bytes]:
    return [data[start : start + CHUNK] for start in range(0, len(data), CHUNK)]


def _stored(statement: Statement, block: int, index: int) -> Stored:
    return Stored(statement.entry, index, statement.since, place_in_words(block, statement.transaction))
