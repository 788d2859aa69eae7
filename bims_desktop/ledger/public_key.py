"""Public keys: checking signatures, and the texts by which people name and pass keys. Pure, no I/O."""

from __future__ import annotations

import base64
import binascii
import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from bims_desktop.errors import LedgerError

ED25519 = b"\x01"


def verify(public_key: bytes, signature: bytes, data: bytes) -> bool:
    """Whether `signature` is that of `data` by `public_key` (Ed25519, RFC 8032)."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True


def fingerprint(public_key: bytes) -> str:
    """Short name of a public key, as people compare it.

    Examples
    --------
    >>> fingerprint(bytes(32))
    'SHA256:Zmh6rfhivXdsj8GLjp+OIAiXFIVu4jOzkCpZHQ1fKSU'
    """
    return "SHA256:" + base64.b64encode(hashlib.sha256(public_key).digest()).decode().rstrip("=")


def key_id(name: str, public_key: bytes) -> bytes:
    """The four bytes by which a signed note names an Ed25519 key (C2SP signed-note)."""
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + public_key).digest()[:4]


def encode_public(public_key: bytes, name: str) -> str:
    """One-line text of a public key: ``name+id+base64`` (C2SP signed-note verifier key).

    Raises
    ------
    LedgerError
        The name is empty, or holds spaces or ``+``.

    Examples
    --------
    >>> encode_public(bytes(32), "lab")
    'lab+9ff7fd24+AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
    """
    if not is_key_name(name):
        raise LedgerError(f"{name!r} cannot name a key.", "Use a name without spaces and plus signs.")
    return f"{name}+{key_id(name, public_key).hex()}+{base64.b64encode(ED25519 + public_key).decode()}"


def is_key_name(name: str) -> bool:
    """Whether a signed note may call a key `name`: not empty, without spaces, control characters and ``+``."""
    return bool(name) and "+" not in name and name.isprintable() and not any(map(str.isspace, name))


def parse_public(text: str) -> bytes | None:
    """The key in a verifier key as of `encode_public`, or in base64 or hex of its 32 bytes; None where it is none."""
    if len(text) == 64 and all(letter in "0123456789abcdefABCDEF" for letter in text):
        return bytes.fromhex(text)
    if text.count("+") < 2 or len(text) <= 44:  # base64 of 32 bytes may hold plus signs too
        return decode_base64(text, 32)
    name, identity, encoded = text.split("+", 2)
    key = decode_base64(encoded, 33)
    if key is None or key[:1] != ED25519 or not is_key_name(name):
        return None
    return key[1:] if key_id(name, key[1:]).hex() == identity else None


def decode_base64(text: str, length: int | None = None) -> bytes | None:
    """The bytes of canonical base64 (RFC 4648), None where it is not, or has not `length` bytes."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    canonical = base64.b64encode(data).decode() == text
    return data if canonical and length in (None, len(data)) else None
