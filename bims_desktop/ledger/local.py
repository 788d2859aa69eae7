"""The embedded ledger: an RFC 9162 transparency log in one SQLite file.

References
----------
RFC 9162 section 2.1, C2SP signed-note and tlog-checkpoint; ``docs/formats/ledger.md``.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bims_desktop.errors import LedgerError, LedgerUnavailable, ProofRefused
from bims_desktop.ledger.base import Entry, EntryKind, Receipt, Stored
from bims_desktop.ledger.checkpoint import MAX_SIZE, Checkpoint, parse_checkpoint, parse_note
from bims_desktop.ledger.public_key import fingerprint
from bims_desktop.ledger.receipt import SALT_BYTES, leaf_data
from bims_desktop.ledger.seen import LastSeen
from bims_desktop.ledger.signing import Signer
from bims_desktop.ledger.store import Row, Store
from bims_desktop.ledger.tree import Tree
from bims_desktop.model.merkle import EMPTY_ROOT, leaf_hash, root_from_proof


def _now() -> datetime:
    return datetime.now(UTC)


class LocalLog:
    """A `Ledger` on this computer; any number of threads and processes share it.

    Parameters
    ----------
    path : Path
        The database, made if missing. Beside it stands ``NAME.seen``, the last checkpoint seen.
    signer : Signer
        The log's key, of role ``log``.
    name : str
        How people call the log; its origin is this name and a random part drawn once.
    clock : callable
        Gives the time that entries are stamped with, as an aware datetime.

    Raises
    ------
    LedgerUnavailable
        The file cannot be opened, is damaged, is not a log, or is signed with another key.
    ProofRefused
        The log is shorter or other than when it was last seen.

    Examples
    --------
    >>> import tempfile
    >>> from bims_desktop.ledger.receipt import check
    >>> from bims_desktop.ledger.signing import Ed25519Signer
    >>> log = LocalLog(Path(tempfile.mkdtemp()) / "log.sqlite", Ed25519Signer(bytes(32)))
    >>> receipt = log.append(Entry("record", {"record": "sha256:" + 64 * "0"}))
    >>> check(receipt, [log.public_key]).state
    'good'
    >>> log.close()
    """

    def __init__(
        self, path: Path, signer: Signer, *, name: str = "local", clock: Callable[[], datetime] = _now
    ) -> None:
        self.name = name
        self._signer = signer
        self._clock = clock
        self._store = Store(path)
        self._tree = Tree(self._store)
        self._seen = LastSeen(path.with_name(path.name + ".seen"))
        try:
            self.origin = self._identify()
            self._check_history()
        except LedgerError:
            self._store.close()
            raise

    @property
    def public_key(self) -> bytes:
        """Raw Ed25519 key that signs the checkpoints."""
        return self._signer.public_key

    def append(self, entry: Entry) -> Receipt:
        """Keep `entry` and prove it; the same entry again gives the same receipt.

        Raises
        ------
        LedgerUnavailable
            It could not be made durable: nothing was appended, or appending it again gives its receipt.
        """
        return self.append_many([entry])[0]

    def append_many(self, entries: Sequence[Entry]) -> list[Receipt]:
        """Keep all `entries` or none, under one checkpoint; one receipt each, in order."""
        blobs = [entry.to_bytes() for entry in entries]
        with self._store.transaction():
            fresh = [blob for blob in dict.fromkeys(blobs) if self._store.index_of(blob) is None]
            if fresh:
                self._extend(self._head(), fresh)
        if fresh:
            self._remember()
        return [self.receipt(self._index_of(blob)) for blob in blobs]

    def find(
        self, *, kind: EntryKind | None = None, record: str | None = None, pixels: str | None = None
    ) -> list[Stored]:
        """The entries that agree with every given property, oldest first.

        Raises
        ------
        ProofRefused
            One of them was changed since it was appended.
        """
        return [self._stored(row) for row in self._store.find(kind=kind, record=record, pixels=pixels)]

    def receipt(self, index: int) -> Receipt:
        """The receipt that entry `index` was answered with.

        Raises
        ------
        ProofRefused
            There is no such entry, or the log no longer proves it.
        """
        known = 0 <= index < MAX_SIZE
        row, note = (self._store.row(index), self._store.checkpoint_over(index)) if known else (None, None)
        if row is None or note is None:
            raise ProofRefused(f"The log {self._store.path} has no entry {index}.", "Look the entry up again.")
        checkpoint = parse_checkpoint(parse_note(note).text)
        proof = self._tree.inclusion(index, checkpoint.size)
        if root_from_proof(_leaf(row), index, checkpoint.size, proof) != checkpoint.root:
            raise self._altered(index)
        return Receipt(
            ledger=self.origin,
            log_key=self.public_key,
            entry=row.entry,
            salt=row.salt,
            since=row.since,
            index=index,
            size=checkpoint.size,
            proof=proof,
            checkpoint=note,
        )

    def consistency(self, old: int, new: int) -> list[bytes]:
        """Proof that the first `old` entries are the beginning of the first `new` (RFC 9162 section 2.1.4)."""
        return self._tree.consistency(old, new)

    def checkpoint(self) -> str:
        """The signed checkpoint of everything in the log."""
        return self._last_note()

    def close(self) -> None:
        """Let go of the file; what was appended stays."""
        self._store.close()

    def _identify(self) -> str:
        """The log's origin; a new log is named and signed here."""
        with self._store.transaction():
            identity = self._store.identity()
            if identity is None:
                origin = f"{self.name}/{secrets.token_hex(8)}"
                self._store.begin(origin, self.public_key, Checkpoint(origin, 0, EMPTY_ROOT).sign(self._signer))
                return origin
        origin, public_key = identity
        if public_key != self.public_key:
            raise LedgerUnavailable(
                f"The log {self._store.path} is signed with the key {fingerprint(public_key)}, which this is not.",
                "Restore that key, or begin a new log.",
            )
        return origin

    def _check_history(self) -> None:
        seen = self._seen.read()  # before the head: other processes append, and this file never runs ahead of the log
        head = self._head()
        if self._store.count() < head.size:
            raise self._damaged()
        if seen is None:
            self._remember()
            return
        last = self._opened(seen, self._seen.path)
        if last.size > head.size or self._tree.root(last.size) != last.root:
            raise ProofRefused(
                f"The log {self._store.path} holds {head.size} entries that do not continue the {last.size} last seen.",
                f"It was put back or rewritten: restore the newest copy; removing {self._seen.path.name} accepts it.",
            )

    def _head(self) -> Checkpoint:
        """The last checkpoint, once its signature and the tree agree with it: nothing is signed on top of damage."""
        head = self._opened(self._last_note(), self._store.path)
        if self._tree.root(head.size) != head.root:
            raise self._damaged()
        return head

    def _opened(self, note: str, path: Path) -> Checkpoint:
        parsed = parse_note(note)
        checkpoint = parse_checkpoint(parsed.text)
        if parsed.signer([self.public_key]) is None or checkpoint.origin != self.origin:
            raise ProofRefused(
                f"The checkpoint in {path} is not one of the log {self.origin}.", "Restore the right one."
            )
        return checkpoint

    def _extend(self, head: Checkpoint, blobs: Sequence[bytes]) -> None:
        since = self._clock().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        rows = [Row(i, since, secrets.token_bytes(SALT_BYTES), blob) for i, blob in enumerate(blobs, head.size)]
        nodes = self._tree.grown(head.size, [_leaf(row) for row in rows])
        size = head.size + len(rows)
        note = Checkpoint(self.origin, size, self._tree.root(size, nodes)).sign(self._signer)
        self._store.add(rows, nodes, size, note)

    def _remember(self) -> None:
        with self._store.transaction():  # in the writer's turn, so that a slower process never writes an older one
            self._seen.write(self._last_note())

    def _last_note(self) -> str:
        note = self._store.last_checkpoint()
        if note is None:
            raise self._damaged()
        return note

    def _index_of(self, blob: bytes) -> int:
        index = self._store.index_of(blob)
        if index is None:
            raise self._damaged()
        return index

    def _stored(self, row: Row) -> Stored:
        if self._store.node(0, row.index) != _leaf(row):
            raise self._altered(row.index)
        return Stored(Entry.from_bytes(row.entry), row.index, row.since)

    def _damaged(self) -> LedgerUnavailable:
        return LedgerUnavailable(
            f"The log {self._store.path} is damaged: it does not hold what its last checkpoint states.",
            "Restore it from a copy.",
        )

    def _altered(self, index: int) -> ProofRefused:
        return ProofRefused(
            f"Entry {index} of the log {self._store.path} is not the one that was appended.", "Restore it from a copy."
        )


def _leaf(row: Row) -> bytes:
    return leaf_hash(leaf_data(row.salt, row.since, row.entry))
