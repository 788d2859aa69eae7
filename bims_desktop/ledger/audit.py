"""A log gone through from its beginning: entries, checkpoints and keys. Pure, no file, no network, no clock."""

from __future__ import annotations

from bims_desktop.errors import ProofRefused
from bims_desktop.ledger.checkpoint import Checkpoint, Note, parse_checkpoint, parse_note
from bims_desktop.ledger.entry import Entry
from bims_desktop.ledger.public_key import parse_public
from bims_desktop.ledger.receipt import leaf_data
from bims_desktop.ledger.rotation import key_entry
from bims_desktop.model.merkle import GrowingTree, leaf_hash


class Audit:
    """What a log holds, fed in its order and held against what its keys signed.

    Parameters
    ----------
    origin : str
        The log's unique name.
    first_key : bytes, 32 of them
        The key that it began with.

    Attributes
    ----------
    keys : list of bytes
        The keys so far, oldest first.
    sealed : int
        Entries that a checkpoint covers so far.

    Examples
    --------
    >>> from bims_desktop.ledger.signing import Ed25519Signer
    >>> key, entry, since = Ed25519Signer(bytes(32)), b'{"body":{"record":"sha256:%b"},"kind":"retract","v":1}', bytes
    >>> audit = Audit("lab/1", key.public_key)
    >>> _ = audit.entry(bytes(16), "2026-01-31T12:00:00Z", entry % (64 * b"0"))
    >>> audit.size, audit.sealed
    (1, 0)
    """

    def __init__(self, origin: str, first_key: bytes) -> None:
        self.origin = origin
        self.keys = [first_key]
        self.sealed = 0
        self._tree = GrowingTree()
        self._next: bytes | None = None

    @property
    def size(self) -> int:
        """Entries so far."""
        return self._tree.size

    def entry(self, salt: bytes, since: str, data: bytes) -> Entry:
        """The next entry.

        Raises
        ------
        ProofRefused
            It is none, or does not stand where it may.
        """
        entry = Entry.from_bytes(data)
        if self._next is not None:
            raise self._refused(f"entry {self.size} gives it another key and is not the last of its checkpoint")
        if entry.kind == "key":
            self._next = self._successor(entry)
        self._tree.add(leaf_hash(leaf_data(salt, since, data)))
        return entry

    def checkpoint(self, note: str) -> Checkpoint:
        """The checkpoint of all entries so far.

        Raises
        ------
        ProofRefused
            It is not signed by the key whose turn it is, or states other entries.
        """
        parsed = parse_note(note)
        checkpoint = parse_checkpoint(parsed.text)
        if checkpoint != Checkpoint(self.origin, self.size, self._tree.root):
            raise self._refused(f"its checkpoint of {checkpoint.size} entries states others than its first {self.size}")
        self._check_signed(parsed, self.keys[-1])
        if self._next is not None:
            self._check_signed(parsed, self._next)
            self.keys.append(self._next)
            self._next = None
        self.sealed = self.size
        return checkpoint

    def _successor(self, entry: Entry) -> bytes:
        text = entry.body["key"]
        new = parse_public(text) if isinstance(text, str) else None
        if new is None or new in self.keys or entry != key_entry(self.origin, self.keys[-1], new):
            raise self._refused(f"entry {self.size + 1} does not replace its key")
        return new

    def _check_signed(self, note: Note, key: bytes) -> None:
        if note.signer([key], self.origin) is None:
            raise self._refused(f"its checkpoint of {self.size} entries is not signed by the key whose turn it is")

    def _refused(self, why: str) -> ProofRefused:
        return ProofRefused(f"The log {self.origin} does not hold: {why}.", "It was damaged or forged.")
