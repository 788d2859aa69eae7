"""The chain of a log's keys: which key signed which part of it. Pure, no file, no network, no clock.

A log takes a new key by an entry of kind ``key``, the last one in a checkpoint that both
keys sign. The numbered steps stand in ``docs/formats/ledger.md``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from bims_desktop.errors import ProofRefused
from bims_desktop.ledger import receipt as receipts
from bims_desktop.ledger.checkpoint import parse_note
from bims_desktop.ledger.entry import Entry
from bims_desktop.ledger.public_key import encode_public, fingerprint, parse_public
from bims_desktop.ledger.receipt import Receipt, ReceiptCheck


@dataclass(frozen=True, slots=True)
class Tenure:
    """What one key of a log signs.

    Parameters
    ----------
    origin : str
        The log's unique name.
    key : bytes, 32 of them
        Public key.
    first : int
        Size of the first checkpoint that it signs.
    last : int, optional
        Size of the last one; None for the key that signs now.
    """

    origin: str
    key: bytes
    first: int
    last: int | None = None

    def signs(self, size: int) -> bool:
        """Whether a checkpoint of `size` entries is this key's to sign."""
        return self.first <= size and (self.last is None or size <= self.last)


def key_entry(origin: str, old: bytes, new: bytes) -> Entry:
    """The entry by which the log `origin` gives the key `new` the place of `old`."""
    return Entry("key", {"key": encode_public(new, origin), "replaces": encode_public(old, origin)})


def tenures(origin: str, first_key: bytes, rotations: Iterable[Receipt]) -> tuple[Tenure, ...]:
    """What each key of a log signs, oldest first.

    Parameters
    ----------
    origin : str
        The log's unique name.
    first_key : bytes, 32 of them
        The key that it began with.
    rotations : iterable of Receipt
        Receipts of its ``key`` entries, oldest first.

    Raises
    ------
    ProofRefused
        A rotation does not hold, or does not follow the one before it.

    Examples
    --------
    >>> tenures("lab/1", bytes(32), [])[0].last is None
    True
    """
    chain = [Tenure(origin, first_key, 0)]
    for receipt in rotations:
        new = _successor(chain[-1], receipt)
        if any(tenure.key == new for tenure in chain):
            raise _broken(origin, "it takes back a key that was replaced")
        chain[-1] = replace(chain[-1], last=receipt.size)
        chain.append(Tenure(origin, new, receipt.size))
    return tuple(chain)


def check(receipt: Receipt, log_keys: Collection[bytes], known: Iterable[Tenure]) -> ReceiptCheck:
    """As `receipt.check`, where the keys of the receipt's log are known.

    Whoever trusts one key of the chain trusts the others, each for what it signs: a
    checkpoint that a replaced key signed later is bad, whoever holds that key now.

    Parameters
    ----------
    receipt : Receipt
        As it stands in a file.
    log_keys : collection of bytes
        Public keys of the logs that the reader trusts.
    known : iterable of Tenure
        As `tenures` gave them, of any logs.
    """
    chain = [tenure for tenure in known if tenure.origin == receipt.ledger]
    if not any(tenure.key in log_keys for tenure in chain):
        return receipts.check(receipt, log_keys)
    if any(tenure.key == receipt.log_key and tenure.signs(receipt.size) for tenure in chain):
        return receipts.check(receipt, [receipt.log_key])
    log = fingerprint(receipt.log_key)
    replaced = any(tenure.key == receipt.log_key for tenure in chain)
    why = "was replaced before" if replaced else "is none of this log's"
    return ReceiptCheck(
        "bad", f"The checkpoint of {receipt.ledger} is signed with a key that {why} ({log}).", None, log
    )


def _successor(current: Tenure, receipt: Receipt) -> bytes:
    """The key that takes the place of the current one, once the rotation was found to hold."""
    entry, origin = receipts.proven(receipt), current.origin
    text = entry.body.get("key")
    new = parse_public(text) if entry.kind == "key" and isinstance(text, str) else None
    if new is None or entry != key_entry(origin, current.key, new):
        raise _broken(origin, f"entry {receipt.index + 1} does not replace its key {fingerprint(current.key)}")
    if receipt.ledger != origin or receipt.log_key != current.key or receipt.size <= current.first:
        raise _broken(origin, "a rotation is not signed by the key before it")
    if receipt.size != receipt.index + 1:
        raise _broken(origin, "a rotation is not the last entry of its checkpoint")
    if parse_note(receipt.checkpoint).signer([new], origin) is None:
        raise _broken(origin, "a rotation is not signed by the new key")
    return new


def _broken(origin: str, why: str) -> ProofRefused:
    return ProofRefused(f"The chain of keys of the log {origin} does not hold: {why}.", "It was damaged or forged.")
