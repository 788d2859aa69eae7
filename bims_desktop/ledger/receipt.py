"""Receipts, and how to check one offline: pure, no file, no network, no clock.

The format and the numbered steps stand in ``docs/formats/ledger.md``.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from bims_desktop.errors import LedgerError, ProofRefused
from bims_desktop.ledger.checkpoint import MAX_SIZE, parse_checkpoint, parse_note
from bims_desktop.ledger.entry import Entry, read_object, refused
from bims_desktop.ledger.public_key import decode_base64, fingerprint, is_key_name
from bims_desktop.model.canonical import canonical
from bims_desktop.model.merkle import leaf_hash, root_from_proof

RECEIPT_FORMAT = "bims-receipt-1"
SALT_BYTES = 16
MAX_PROOF = 53
MAX_RECEIPT = 4_000

_SINCE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_RECEIPT_KEYS = {
    "checkpoint", "entry", "format", "index", "ledger", "log_key", "proof", "salt", "since", "size",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Receipt:
    """A log's proof that it holds an entry; `receipt.check` verifies it offline.

    Parameters
    ----------
    ledger : str
        Unique name of the log: the origin of its checkpoints.
    log_key : bytes, 32 of them
        Public key that signed the checkpoint. Good only where the reader pinned it.
    entry : bytes
        The entry as the log bound it.
    salt : bytes, 16 of them
        Drawn once for this entry; keeps others from guessing it out of its leaf hash.
    since : str
        When the log took the entry by the log's own clock, UTC, ``2026-01-31T12:00:00Z``.
    index, size : int
        Place of the entry, and entries in the tree that the checkpoint states.
    proof : tuple of bytes, 32 of them each
        RFC 9162 audit path, lowest sibling first.
    checkpoint : str
        Signed note.
    """

    ledger: str
    log_key: bytes
    entry: bytes
    salt: bytes
    since: str
    index: int
    size: int
    proof: tuple[bytes, ...]
    checkpoint: str

    @property
    def place(self) -> str:
        """Where the entry stands, in words; counted from 1."""
        return f"entry {self.index + 1}"

    @property
    def leaf(self) -> bytes:
        """The bytes that the log's tree has as its leaf: salt, time, entry."""
        return leaf_data(self.salt, self.since, self.entry)

    def to_bytes(self) -> bytes:
        """The receipt as RFC 8785 JSON of at most 4,000 bytes.

        Raises
        ------
        LedgerError
            It would be longer: a tree of more than 2**32 entries, or checkpoints with many signatures.
        """
        data = canonical(
            {
                "checkpoint": self.checkpoint,
                "entry": _text(self.entry),
                "format": RECEIPT_FORMAT,
                "index": self.index,
                "ledger": self.ledger,
                "log_key": _text(self.log_key),
                "proof": [_text(node) for node in self.proof],
                "salt": _text(self.salt),
                "since": self.since,
                "size": self.size,
            }
        )
        if len(data) > MAX_RECEIPT:
            raise LedgerError(f"The receipt has {len(data)} bytes, more than a file has room for.")
        return data

    @classmethod
    def from_bytes(cls, data: bytes) -> Receipt:
        """The receipt that `data` states; spaces around it are the padding of its slot.

        Raises
        ------
        ProofRefused
            `data` is not the one canonical form of a receipt of this version, or goes beyond its bounds.
        """
        value = read_object(data.strip(b" "), MAX_RECEIPT, _RECEIPT_KEYS, "receipt")
        proof = value["proof"]
        if value["format"] != RECEIPT_FORMAT or not isinstance(proof, list) or len(proof) > MAX_PROOF:
            raise refused("receipt")
        return cls(
            ledger=_string(value["ledger"]),
            log_key=_bytes(value["log_key"], 32),
            entry=_bytes(value["entry"]),
            salt=_bytes(value["salt"], SALT_BYTES),
            since=read_time(value["since"]),
            index=_count(value["index"]),
            size=_count(value["size"]),
            proof=tuple(_bytes(node, 32) for node in proof),
            checkpoint=_string(value["checkpoint"]),
        )


@dataclass(frozen=True, slots=True)
class ReceiptCheck:
    """What a receipt is worth.

    Parameters
    ----------
    state : {"good", "bad", "unknown"}
        Unknown: it holds, but its log's key is not among the pinned ones.
    text : str
        The same as a sentence.
    entry : Entry or None
        What the log states; None where the receipt is bad.
    log : str
        Fingerprint of the log's key.
    """

    state: Literal["good", "bad", "unknown"]
    text: str
    entry: Entry | None
    log: str


def check(receipt: Receipt, log_keys: Collection[bytes]) -> ReceiptCheck:
    """Whether `receipt` proves that a log holds its entry.

    The caller compares the entry with the file at hand.

    Parameters
    ----------
    receipt : Receipt
        As it stands in a file.
    log_keys : collection of bytes
        Public keys of the logs that the reader trusts, 32 bytes each.

    Examples
    --------
    >>> from bims_desktop.ledger.checkpoint import Checkpoint
    >>> from bims_desktop.ledger.signing import Ed25519Signer
    >>> log, since = Ed25519Signer(bytes(32)), "2026-01-31T12:00:00Z"
    >>> entry = Entry("retract", {"record": "sha256:" + 64 * "0"}).to_bytes()
    >>> note = Checkpoint("lab", 1, leaf_hash(leaf_data(bytes(16), since, entry))).sign(log)
    >>> receipt = Receipt("lab", log.public_key, entry, bytes(16), since, 0, 1, (), note)
    >>> check(receipt, [log.public_key]).state, check(receipt, []).state
    ('good', 'unknown')
    """
    log = fingerprint(receipt.log_key)
    try:
        entry = proven(receipt)
    except ProofRefused as error:
        return ReceiptCheck("bad", str(error), None, log)
    where = f"in the ledger {receipt.ledger} since {receipt.since} by its own clock"
    if receipt.log_key not in log_keys:
        return ReceiptCheck("unknown", f"{where}; its key {log} is not one that you trust", entry, log)
    return ReceiptCheck("good", where, entry, log)


def proven(receipt: Receipt) -> Entry:
    """The entry that `receipt` proves to be in the log of its key, whoever that is.

    Raises
    ------
    ProofRefused
        Something in the receipt does not agree with the rest.
    """
    entry = Entry.from_bytes(receipt.entry)
    note = parse_note(receipt.checkpoint)
    checkpoint = parse_checkpoint(note.text)
    if not is_key_name(receipt.ledger) or (receipt.ledger, receipt.size) != (checkpoint.origin, checkpoint.size):
        raise ProofRefused("The receipt and its checkpoint name different logs or sizes.")
    root = root_from_proof(leaf_hash(receipt.leaf), receipt.index, receipt.size, receipt.proof)
    if root != checkpoint.root:
        raise ProofRefused("The proof does not lead from the entry to the signed checkpoint.")
    if note.signer([receipt.log_key], checkpoint.origin) is None:
        raise ProofRefused("The checkpoint is not signed by the key that the receipt names.")
    return entry


def leaf_data(salt: bytes, since: str, entry: bytes) -> bytes:
    """What a log hashes for an entry: 16 bytes of salt, 20 of time, the entry."""
    return salt + since.encode() + entry


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(value: object, length: int | None = None) -> bytes:
    data = decode_base64(value, length) if isinstance(value, str) else None
    if data is None:
        raise refused("receipt")
    return data


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise refused("receipt")
    return value


def read_time(value: object) -> str:
    """The time that a ledger's own clock showed, as text of the one form."""
    if not _SINCE.fullmatch(_string(value)):
        raise refused("receipt")
    return _string(value)


def _count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < MAX_SIZE:
        raise refused("receipt")
    return value
