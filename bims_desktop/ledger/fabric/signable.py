"""Whatever the user must sign before Fabric takes it; the key may be elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Self

from bims_desktop.ledger.fabric.identity import Identity


@dataclass(frozen=True, slots=True)
class Signable:
    """A message and, once it is signed, its signature.

    Parameters
    ----------
    transaction : str
        Identifier of the transaction, 64 hexadecimal digits.
    message : bytes
        What is signed.
    signature : bytes
        ECDSA P-256 over SHA-256, DER, low S; empty until signed.
    """

    transaction: str
    message: bytes
    signature: bytes = b""

    @property
    def digest(self) -> bytes:
        """SHA-256 of what is to be signed, for a key that is elsewhere."""
        return sha256(self.message).digest()

    def sign(self, identity: Identity) -> Self:
        """The same, signed by `identity`."""
        return self.with_signature(identity.sign(self.message))

    def with_signature(self, signature: bytes) -> Self:
        """The same, with a signature that was made elsewhere over `digest`."""
        return replace(self, signature=signature)
