"""The embedded ledger: an RFC 9162 transparency log in one SQLite file.

References
----------
RFC 9162 section 2.1, C2SP signed-note and tlog-checkpoint; ``docs/formats/ledger.md``.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bims_desktop.errors import LedgerError, LedgerUnavailable, ProofRefused
from bims_desktop.ledger.base import Deposit, Entry, Receipt
from bims_desktop.ledger.checkpoint import MAX_BATCH, Checkpoint
from bims_desktop.ledger.facts import Facts, facts
from bims_desktop.ledger.public_key import fingerprint
from bims_desktop.ledger.reader import LogReader, leaf_of
from bims_desktop.ledger.receipt import SALT_BYTES
from bims_desktop.ledger.rotation import key_entry
from bims_desktop.ledger.seen import LastSeen
from bims_desktop.ledger.signing import Signer
from bims_desktop.ledger.store import Row
from bims_desktop.model.merkle import EMPTY_ROOT

NOTHING: Mapping[str, Deposit] = {}


def _now() -> datetime:
    return datetime.now(UTC)


class LocalLog(LogReader):
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
    successor : callable, optional
        Gives the signer of a public key that took the place of `signer`'s, as `keeper.kept` does;
        raises `LedgerUnavailable` where it is not to be had.

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
        self,
        path: Path,
        signer: Signer,
        *,
        name: str = "local",
        clock: Callable[[], datetime] = _now,
        successor: Callable[[bytes], Signer] | None = None,
    ) -> None:
        super().__init__(path, name)
        self._signer = signer
        self._clock = clock
        self._successor = successor
        self._seen = LastSeen(path.with_name(path.name + ".seen"))
        try:
            self._begin()
            self._check_history()
        except LedgerError:
            self._store.close()
            raise

    def append(self, entry: Entry, deposit: Deposit | None = None) -> Receipt:
        """Keep `entry`, with the record it is about, and prove it; the same entry again gives the same receipt.

        Raises
        ------
        LedgerError
            The deposit is not of this entry, or is larger than a log keeps; nothing was appended.
        RecordDamaged
            The deposit holds no record that can be read; nothing was appended.
        LedgerUnavailable
            It could not be made durable: nothing was appended, or appending it again gives its receipt.
        """
        return self.append_many([entry], {str(entry.body.get("record")): deposit} if deposit else NOTHING)[0]

    def append_many(self, entries: Sequence[Entry], deposits: Mapping[str, Deposit] = NOTHING) -> list[Receipt]:
        """Keep all `entries` or none, under one checkpoint; one receipt each, in order.

        Parameters
        ----------
        entries : sequence of Entry
            At most 1,000,000, of any kind but ``key``, which only `rotate` appends.
        deposits : mapping of str to Deposit
            Records that some of the entries are about, by their digests.
        """
        if len(entries) > MAX_BATCH:
            raise LedgerError(f"{len(entries)} entries are too many for one batch.", "Append them in parts.")
        if any(entry.kind == "key" for entry in entries):
            raise LedgerError("An entry cannot give the log another key.", "Rotate its key instead.")
        brought = _brought(entries, deposits)
        blobs = [entry.to_bytes() for entry in entries]
        with self._store.transaction():
            places = {blob: self._store.index_of(blob) for blob in dict.fromkeys(blobs)}
            fresh = [blob for blob, index in places.items() if index is None]
            receipts = self._extend(self._writable(), fresh, self._signer) if fresh else {}
            for blob, (deposit, said) in brought.items():
                self._deposits.put(_place(blob, places, receipts), deposit, said)
        if fresh:
            self._remember()
        return [receipts[blob] if blob in receipts else self.receipt(_place(blob, places, receipts)) for blob in blobs]

    def rotate(self, new: Signer) -> Receipt:
        """Give the log another key: an entry that both keys sign, the last that the old one signs.

        Again with the same key it gives the same receipt. Keep the new key safe first, as `keeper.rotate` does.

        Raises
        ------
        LedgerError
            The key signed this log before.
        """
        with self._store.transaction():
            head = self._writable()
            rotated = self.public_key != new.public_key
            if rotated and new.public_key in self.keys:
                raise LedgerError("This key was replaced before.", "Make a new one.")
            if rotated:
                entry = key_entry(self.origin, self.public_key, new.public_key)
                self._extend(head, [entry.to_bytes()], self._signer, new)
                self._store.replace_key(new.public_key)
        self._signer = new
        self._remember()
        rotations = self._store.find({"kind": "key"})
        if not rotations:
            raise LedgerError("This is the key that the log began with.", "Make a new one.")
        return self.receipt(rotations[-1].index)

    def _begin(self) -> None:
        """Name and sign a new log; make sure that an old one is ours."""
        with self._store.transaction():
            if self._store.identity() is None:
                origin, key = f"{self.name}/{secrets.token_hex(8)}", self._signer.public_key
                self._store.begin(origin, key, Checkpoint(origin, 0, EMPTY_ROOT).sign(self._signer))
        self.origin = self._identity()[0]
        self._follow_key()

    def _follow_key(self) -> None:
        """Sign with the key that the log names, which another process may have replaced."""
        named = self._identity()[1]
        if named == self._signer.public_key:
            return
        if self._successor is None:
            raise LedgerUnavailable(
                f"The log {self._store.path} is signed with the key {fingerprint(named)}, which this is not.",
                "Restore that key, or begin a new log.",
            )
        self._signer = self._successor(named)

    def _check_history(self) -> None:
        seen = self._seen.read()  # before the head: other processes append, and this file never runs ahead of the log
        head = self._head()
        if self._store.count() < head.size:
            raise self._damaged()
        if seen is None:
            self._remember()
            return
        last = self._opened(seen, f"in {self._seen.path}")
        if last.size > head.size or self._tree.root(last.size) != last.root:
            raise ProofRefused(
                f"The log {self._store.path} holds {head.size} entries that do not continue the {last.size} last seen.",
                f"It was put back or rewritten: restore the newest copy; removing {self._seen.path.name} accepts it.",
            )

    def _writable(self) -> Checkpoint:
        """The last checkpoint, within a transaction: nothing is signed on top of damage, or with a replaced key."""
        self._follow_key()
        return self._head()

    def _extend(self, head: Checkpoint, blobs: Sequence[bytes], *signers: Signer) -> dict[bytes, Receipt]:
        since = self._clock().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        rows = [Row(i, since, secrets.token_bytes(SALT_BYTES), blob) for i, blob in enumerate(blobs, head.size)]
        nodes = self._tree.grown(head.size, [leaf_of(row) for row in rows])
        size = head.size + len(rows)
        note = Checkpoint(self.origin, size, self._tree.root(size, nodes)).sign(*signers)
        self._store.add(rows, nodes, size, note)
        key, proof = signers[0].public_key, partial(self._tree.inclusion, size=size, fresh=nodes)
        return {row.entry: self._receipt(row, size, proof(row.index), note, key) for row in rows}

    def _remember(self) -> None:
        with self._store.transaction():  # in the writer's turn, so that a slower process never writes an older one
            self._seen.write(self.checkpoint())


def _place(blob: bytes, places: Mapping[bytes, int | None], receipts: Mapping[bytes, Receipt]) -> int:
    index = places[blob]
    return receipts[blob].index if index is None else index


def _brought(entries: Sequence[Entry], deposits: Mapping[str, Deposit]) -> dict[bytes, tuple[Deposit, Facts]]:
    """What was deposited, by the bytes of its entry, checked and read."""
    about = {str(entry.body["record"]): entry for entry in reversed(entries) if entry.kind == "record"}
    brought = {}
    for record, deposit in deposits.items():
        if record not in about:
            raise LedgerError(f"Nothing is said of the record {record[:19]}… that is deposited.", "Append its entry.")
        deposit.check(record)
        brought[about[record].to_bytes()] = deposit, facts(deposit.payload)
    return brought
