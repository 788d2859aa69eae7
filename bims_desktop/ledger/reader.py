"""The reading half of a local log: what it holds, proven against what it signed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Unpack

from bims_desktop.errors import LedgerUnavailable, ProofRefused
from bims_desktop.ledger import rotation
from bims_desktop.ledger.base import Deposit, Entry, Query, Receipt, Stored
from bims_desktop.ledger.checkpoint import MAX_SIZE, Checkpoint, parse_checkpoint, parse_note
from bims_desktop.ledger.deposits import Deposits
from bims_desktop.ledger.history import Fork
from bims_desktop.ledger.public_key import parse_public
from bims_desktop.ledger.receipt import leaf_data
from bims_desktop.ledger.rotation import Tenure
from bims_desktop.ledger.store import Row, Store
from bims_desktop.ledger.tree import Tree
from bims_desktop.model.merkle import leaf_hash, root_from_proof


class LogReader:
    """A log in one SQLite file; any number of threads and processes share it.

    Parameters
    ----------
    path : Path
        The database.
    name : str
        How people call the log.

    Attributes
    ----------
    path : Path
        As given.
    origin : str
        Unique name of the log: its name and a random part drawn when it was made.
    """

    def __init__(self, path: Path, name: str) -> None:
        self.path = path
        self.name = name
        self.origin = ""
        self._store = Store(path)
        self._tree = Tree(self._store)
        self._deposits = Deposits(self._store)
        self._chain: tuple[Tenure, ...] = ()
        self._counted: Counter[str] = Counter()

    @property
    def public_key(self) -> bytes:
        """Raw Ed25519 key that signs the checkpoints now."""
        return self.tenures[-1].key

    @property
    def keys(self) -> tuple[bytes, ...]:
        """Every key that ever signed, oldest first."""
        return tuple(tenure.key for tenure in self.tenures)

    @property
    def tenures(self) -> tuple[Tenure, ...]:
        """What each key of the log signs, oldest first; a rotation that does not hold is refused.

        Raises
        ------
        ProofRefused
            The chain of keys was changed since.
        """
        public_key = self._identity()[1]
        if not self._chain or self._chain[-1].key != public_key:
            self._chain = self._follow(public_key)
        return self._chain

    @property
    def size(self) -> int:
        """Entries in the log, as its last checkpoint states them."""
        return parse_checkpoint(parse_note(self.checkpoint()).text).size

    @property
    def kinds(self) -> Counter[str]:
        """How many entries of each kind there are; those counted once are not counted again, none ever goes."""
        counted = self._counted
        if counted.total() != self.size:
            counted = counted + Counter(self._store.kinds(counted.total()))
            self._counted = counted
        return counted

    def kinds_until(self, receipt: Receipt) -> Counter[str]:
        """How many entries of each kind there were with that of `receipt`, whatever was appended since."""
        counted = self.kinds
        return counted - Counter(self._store.kinds(receipt.index + 1, counted.total()))

    def find(self, **query: Unpack[Query]) -> list[Stored]:
        """The entries that agree with `query`, oldest first unless it asks for the newest.

        Raises
        ------
        ProofRefused
            One of them was changed since it was appended.
        """
        return [self._stored(row) for row in self._store.find(query)]

    def about(self, records: Collection[str]) -> dict[str, list[Stored]]:
        """Every entry about each of `records`, oldest first, in one question for all of them.

        Raises
        ------
        ProofRefused
            One of the entries was changed since it was appended.
        """
        found: dict[str, list[Stored]] = {record: [] for record in records}
        for row in self._store.about(found):
            stored = self._stored(row)
            found[str(stored.entry.body["record"])].append(stored)
        return found

    def entries(self, start: int = 0, stop: int | None = None) -> Iterator[Stored]:
        """Entries `start` to `stop`, excluded; to the end where it is not given.

        Raises
        ------
        ProofRefused
            One of them is missing, or was changed since it was appended.
        """
        stop = min(self.size, self.size if stop is None else stop)
        expected = max(start, 0)
        for row in self._store.rows(expected, stop):
            if row.index != expected:
                break
            yield self._stored(row)
            expected += 1
        if expected < stop:
            raise self._altered(expected)

    def deposit(self, record: str) -> Deposit | None:
        """The record of this digest as it was deposited, None where it was not.

        Raises
        ------
        ProofRefused
            It was changed since.
        """
        return self._deposits.get(record)

    def payload(self, record: str) -> bytes | None:
        """What the record of this digest states, without its stored edits; None where it was not deposited.

        Raises
        ------
        ProofRefused
            It was changed since.
        """
        return self._deposits.payload(record)

    def receipt(self, index: int) -> Receipt:
        """The receipt that entry `index` was answered with.

        Raises
        ------
        ProofRefused
            There is no such entry, or the log no longer proves it.
        """
        return self._prove(index, self.tenures)

    def consistency(self, old: int, new: int) -> list[bytes]:
        """Proof that the first `old` entries are the beginning of the first `new` (RFC 9162 section 2.1.4)."""
        return self._tree.consistency(old, new)

    def checkpoint(self) -> str:
        """The signed checkpoint of everything in the log."""
        note = self._store.last_checkpoint()
        if note is None:
            raise self._damaged()
        return note

    def fork(self, note: str) -> Fork | None:
        """Proof that this log and a checkpoint seen elsewhere are two histories; None where they are one.

        Parameters
        ----------
        note : str
            A signed checkpoint in the name of this log: out of a receipt, an anchor, another copy.

        Raises
        ------
        ProofRefused
            It is not signed by a key of this log, or is of more entries than this log holds.
        """
        theirs, ours = self._opened(note, "that was shown"), self._opened(self.checkpoint(), "of this copy")
        if theirs.size > ours.size:
            raise ProofRefused(
                f"This copy of the log {self.origin} holds {ours.size} entries; its checkpoint tells of {theirs.size}.",
                "It was put back to an older state, or its key was used elsewhere: look for a newer copy.",
            )
        root = self._tree.root(theirs.size)
        if root == theirs.root:
            return None
        return Fork(note, self.checkpoint(), root, tuple(self.consistency(theirs.size, ours.size)))

    def close(self) -> None:
        """Let go of the file; what was appended stays."""
        self._store.close()

    def _identity(self) -> tuple[str, bytes]:
        identity = self._store.identity()
        if identity is None:
            raise self._damaged()
        return identity

    def _follow(self, public_key: bytes) -> tuple[Tenure, ...]:
        rotations: list[Receipt] = []
        first = public_key
        for row in self._store.find({"kind": "key"}):
            replaced = parse_public(str(self._stored(row).entry.body.get("replaces")))
            if replaced is None:
                raise self._altered(row.index)
            first = first if rotations else replaced
            rotations.append(self._prove(row.index, (Tenure(self.origin, replaced, 0),)))
        chain = rotation.tenures(self.origin, first, rotations)
        if chain[-1].key != public_key:
            raise self._damaged()
        return chain

    def _prove(self, index: int, chain: tuple[Tenure, ...]) -> Receipt:
        known = 0 <= index < MAX_SIZE
        row, note = (self._store.row(index), self._store.checkpoint_over(index)) if known else (None, None)
        if row is None or note is None:
            raise ProofRefused(f"The log {self._store.path} has no entry {index}.", "Look the entry up again.")
        checkpoint = parse_checkpoint(parse_note(note).text)
        proof = self._tree.inclusion(index, checkpoint.size)
        if root_from_proof(leaf_of(row), index, checkpoint.size, proof) != checkpoint.root:
            raise self._altered(index)
        key = next(tenure.key for tenure in chain if tenure.signs(checkpoint.size))
        return self._receipt(row, checkpoint.size, proof, note, key)

    def _receipt(self, row: Row, size: int, proof: tuple[bytes, ...], note: str, key: bytes) -> Receipt:
        return Receipt(self.origin, key, row.entry, row.salt, row.since, row.index, size, proof, note)

    def _head(self) -> Checkpoint:
        """The last checkpoint, once its signature and the tree agree with it."""
        head = self._opened(self.checkpoint(), f"in {self._store.path}")
        if self._tree.root(head.size) != head.root:
            raise self._damaged()
        return head

    def _opened(self, note: str, where: str) -> Checkpoint:
        parsed = parse_note(note)
        checkpoint = parse_checkpoint(parsed.text)
        keys = [tenure.key for tenure in self.tenures if tenure.signs(checkpoint.size)]
        if checkpoint.origin != self.origin or parsed.signer(keys, self.origin) is None:
            raise ProofRefused(
                f"The checkpoint {where} is not one of the log {self.origin}, signed by the key whose turn it was.",
                "Restore the right one; if the name is right, somebody else used the log's key.",
            )
        return checkpoint

    def _stored(self, row: Row) -> Stored:
        if self._store.node(0, row.index) != leaf_of(row):
            raise self._altered(row.index)
        return Stored(Entry.from_bytes(row.entry), row.index, row.since, f"entry {row.index + 1}")

    def _damaged(self) -> LedgerUnavailable:
        return LedgerUnavailable(
            f"The log {self._store.path} is damaged: it does not hold what its last checkpoint states.",
            "Restore it from a copy.",
        )

    def _altered(self, index: int) -> ProofRefused:
        return ProofRefused(
            f"Entry {index} of the log {self._store.path} is not the one that was appended.", "Restore it from a copy."
        )


def leaf_of(row: Row) -> bytes:
    """Leaf hash of an entry as it stands in the file."""
    return leaf_hash(leaf_data(row.salt, row.since, row.entry))
