"""Ed25519 keys: the agent's, which signs records, and the log's, which signs checkpoints."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from bims_desktop.errors import LedgerError, LedgerUnavailable
from bims_desktop.ledger import keystore
from bims_desktop.ledger.public_key import encode_public, fingerprint, parse_public, verify

__all__ = [
    "Ed25519Signer", "Role", "Signer", "decode_public", "encode_public", "fingerprint", "key_files", "load",
    "load_or_create", "public_line", "verify",
]  # fmt: skip

Role = Literal["agent", "log", "log.next"]


class Signer(Protocol):
    """Whoever can sign: a key in memory, a token, a service."""

    @property
    def public_key(self) -> bytes: ...
    def sign(self, data: bytes) -> bytes: ...


class Ed25519Signer:
    """An Ed25519 private key in memory (RFC 8032).

    Parameters
    ----------
    seed : bytes, 32 of them
        The private key; the same seed gives the same key.

    Examples
    --------
    >>> signer = Ed25519Signer(bytes(32))
    >>> verify(signer.public_key, signer.sign(b"cells"), b"cells")
    True
    """

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public_key = self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    @classmethod
    def generate(cls) -> Ed25519Signer:
        """A new key from the system's random source."""
        return cls(Ed25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def from_pem(cls, pem: str) -> Ed25519Signer:
        """The key that `to_pem` wrote.

        Raises
        ------
        LedgerUnavailable
            `pem` is not an unencrypted Ed25519 key.
        """
        try:
            key = load_pem_private_key(pem.encode(), password=None)
        except (ValueError, TypeError) as error:
            raise LedgerUnavailable("The signing key is damaged.", "Restore it from a copy.") from error
        if not isinstance(key, Ed25519PrivateKey):
            raise LedgerUnavailable("The signing key is not an Ed25519 key.", "Restore the right one from a copy.")
        return cls(key.private_bytes_raw())

    def to_pem(self) -> str:
        """The private key as PKCS #8 PEM, unencrypted."""
        return self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()

    def sign(self, data: bytes) -> bytes:
        """Signature of `data`, 64 bytes."""
        return self._key.sign(data)


def load_or_create(role: Role, folder: Path) -> Ed25519Signer:
    """The key of `role`, made on first use.

    It is kept in the system's keyring where one works without asking, else in
    ``folder/ROLE.key``, readable by its owner alone. ``folder/ROLE.pub`` holds the public
    key either way; it also remembers that a key exists, so that a keyring that is locked
    today never leads to a second identity.

    Parameters
    ----------
    role : {"agent", "log", "log.next"}
        Whose key: two roles never share one. The next key of the log is the one that it will be rotated to.
    folder : Path
        Made if missing, readable by its owner alone.

    Raises
    ------
    LedgerUnavailable
        The key exists and cannot be had, others can read its file, or the folder cannot be written.
    """
    signer = load(role, folder)
    if signer is None:
        _create(role, folder)
        signer = load(role, folder)
    if signer is None:
        raise LedgerUnavailable(f"The key in {folder} was removed while it was made.", "Try again.")
    return signer


def load(name: str, folder: Path) -> Ed25519Signer | None:
    """The key kept in `folder` under `name`, None where none was ever made.

    Raises
    ------
    LedgerUnavailable
        The key exists and cannot be had, or others can read its file.
    """
    private, public = key_files(name, folder)
    if private.exists():
        signer = Ed25519Signer.from_pem(keystore.read_private(private))
        if not public.exists():
            keystore.write_new(public, public_line(name, signer))
        elif decode_public(keystore.read_text(public)) != signer.public_key:  # a rotation was cut off in between
            keystore.replace(public, public_line(name, signer))
        return signer
    return _from_keyring(decode_public(keystore.read_text(public)), public) if public.exists() else None


def key_files(name: str, folder: Path) -> tuple[Path, Path]:
    """Where the private and the public half called `name` are kept; the first is missing where a keyring has it."""
    return folder / f"{name}.key", folder / f"{name}.pub"


def public_line(name: str, signer: Signer) -> str:
    """What stands in the file of a public key."""
    return encode_public(signer.public_key, f"bims-desktop/{name}") + "\n"


def _create(name: str, folder: Path) -> None:
    private, public = key_files(name, folder)
    signer = Ed25519Signer.generate()
    if keystore.put(fingerprint(signer.public_key), signer.to_pem()):
        keystore.write_new(public, public_line(name, signer))
    else:
        keystore.write_new(private, signer.to_pem())


def _from_keyring(public_key: bytes, public: Path) -> Ed25519Signer:
    pem = keystore.get(fingerprint(public_key))
    if pem is None:
        raise LedgerUnavailable(
            f"The key {fingerprint(public_key)} of {public} is in a keyring that does not give it now.",
            f"Unlock the keyring and try again, or remove {public.name} to begin with a new key.",
        )
    signer = Ed25519Signer.from_pem(pem)
    if signer.public_key != public_key:
        raise LedgerUnavailable(f"The keyring holds another key than {public}.", "Restore the one that belongs to it.")
    return signer


def decode_public(text: str) -> bytes:
    """The 32 bytes of a public key that a person gave.

    Parameters
    ----------
    text : str
        A verifier key as of `encode_public`, base64 or hex of the 32 bytes, or the path
        of a file that holds one of these.

    Raises
    ------
    LedgerError
        It is none of these.

    Examples
    --------
    >>> decode_public(encode_public(bytes(32), "lab")) == bytes(32)
    True
    """
    key = parse_public(text.strip())
    if key is None and _is_file(text):
        key = parse_public(keystore.read_text(Path(text)).strip())
    if key is None:
        raise LedgerError(f"{text[:80]!r} is not a public key.", "Give the line in a .pub file, or the file.")
    return key


def _is_file(text: str) -> bool:
    try:
        return Path(text).is_file()
    except OSError:  # longer than a path can be
        return False
