"""Signed checkpoints of a log: what it held at one size (C2SP signed-note, tlog-checkpoint).

References
----------
https://c2sp.org/signed-note, https://c2sp.org/tlog-checkpoint
"""

from __future__ import annotations

import base64
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bims_desktop.errors import LedgerError, ProofRefused
from bims_desktop.ledger.public_key import decode_base64, is_key_name, key_id, verify

if TYPE_CHECKING:
    from bims_desktop.ledger.signing import Signer

MAX_NOTE = 100_000
MAX_SIGNATURES = 100
MAX_SIZE = 2**53
MAX_BATCH = 1_000_000  # entries from one checkpoint of a local log to the next

_DASH = "— "
_NOT_PLAIN = re.compile(r"[\x00-\x09\x0b-\x1f\ud800-\udfff]")  # controls, and what is not Unicode text


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line of a note: whose (name, four bytes of the key's hash), and the bytes."""

    name: str
    key_id: bytes
    value: bytes


@dataclass(frozen=True, slots=True)
class Note:
    r"""A text and its signatures, none of them checked yet.

    Examples
    --------
    >>> from bims_desktop.ledger.signing import Ed25519Signer
    >>> signer = Ed25519Signer(bytes(32))
    >>> note = parse_note(sign_note("cells\n", "lab", signer))
    >>> note.signer([signer.public_key]) == signer.public_key
    True
    """

    text: str
    signatures: tuple[Signature, ...]

    def signer(self, keys: Collection[bytes], name: str = "") -> bytes | None:
        """The first of the public `keys` that signed this note, in this `name` where one is given; None where none did.

        Raises
        ------
        ProofRefused
            A signature that one of `keys` is said to have made is false.
        """
        for line in self.signatures:
            for key in keys:
                if line.key_id != key_id(line.name, key) or name not in ("", line.name):
                    continue
                if not verify(key, line.value, self.text.encode()):
                    raise ProofRefused(f"The signature of {line.name} is false.", "The text was altered or forged.")
                return key
        return None


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log held: `size` entries whose RFC 9162 tree hash is `root`.

    Parameters
    ----------
    origin : str
        The log's unique name.
    size : int
        Entries in the tree.
    root : bytes, 32 of them
        Tree hash.
    """

    origin: str
    size: int
    root: bytes

    def sign(self, *signers: Signer) -> str:
        """This checkpoint as a note that each of `signers` signed in the name of its origin."""
        text = f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"
        return sign_note(text, self.origin, *signers)


def sign_note(text: str, name: str, *signers: Signer) -> str:
    """`text` as a note with a signature of each of `signers`, by keys called `name`.

    Raises
    ------
    LedgerError
        The text does not end in a line feed or holds control characters, or the name cannot name a key.
    """
    if not text.endswith("\n") or not _is_plain(text) or not is_key_name(name):
        raise LedgerError(f"The note of {name!r} cannot be signed.", "Sign plain lines under a name without spaces.")
    values = [key_id(name, signer.public_key) + signer.sign(text.encode()) for signer in signers]
    return f"{text}\n" + "".join(f"{_DASH}{name} {base64.b64encode(value).decode()}\n" for value in values)


def parse_note(note: str) -> Note:
    """The parts of a signed note.

    Raises
    ------
    ProofRefused
        It does not have the form of one, or is beyond its bounds.
    """
    text, separator, lines = note.rpartition("\n\n")
    if not (separator and lines.endswith("\n") and len(note) <= MAX_NOTE and _is_plain(note)):
        raise _malformed()
    signatures = tuple(_parse_signature(line) for line in lines[:-1].split("\n"))
    if len(signatures) > MAX_SIGNATURES:
        raise _malformed()
    return Note(text + "\n", signatures)


def parse_checkpoint(text: str) -> Checkpoint:
    """The checkpoint that the text of a note states; lines after the third are extensions, unread.

    Raises
    ------
    ProofRefused
        It is not a checkpoint.
    """
    lines = text.split("\n")
    if len(lines) < 4 or lines.pop() or not all(lines):
        raise _malformed()
    origin, size, encoded = lines[:3]
    root = decode_base64(encoded, 32)
    if root is None or not (size.isascii() and size.isdigit() and len(size) <= 16 and str(int(size)) == size):
        raise _malformed()
    if int(size) >= MAX_SIZE:
        raise _malformed()
    return Checkpoint(origin, int(size), root)


def _parse_signature(line: str) -> Signature:
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    value = decode_base64(encoded)
    if not line.startswith(_DASH) or not is_key_name(name) or value is None or len(value) < 5:
        raise _malformed()
    return Signature(name, value[:4], value[4:])


def _is_plain(text: str) -> bool:
    return not _NOT_PLAIN.search(text)


def _malformed() -> ProofRefused:
    return ProofRefused("This is not a signed checkpoint.", "The text was damaged or edited.")
