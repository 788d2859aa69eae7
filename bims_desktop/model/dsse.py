"""`Envelope`: bytes of a stated type and the signatures over both. Pure: nothing is checked against a key here.

References
----------
securesystemslib, Dead Simple Signing Envelope, version 1.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Any

from bims_desktop.errors import RecordDamaged
from bims_desktop.model.canonical import canonical, parse

MAX_SIGNATURES = 8


@dataclass(frozen=True, slots=True)
class Envelope:
    """What was signed, and by which keys by their own word.

    Parameters
    ----------
    kind : str
        Type of the payload; it is signed too.
    payload : bytes
        Kept as it came: nothing is re-serialised in order to check a signature.
    signatures : tuple of (bytes, bytes)
        Public key (as the envelope hints at it) and signature.

    Examples
    --------
    >>> envelope = Envelope("text/plain", b"cells", ((bytes(32), b"..."),))
    >>> Envelope.from_bytes(envelope.to_bytes()) == envelope
    True
    """

    kind: str
    payload: bytes
    signatures: tuple[tuple[bytes, bytes], ...] = ()

    @property
    def message(self) -> bytes:
        """The bytes that a signature is made over."""
        return pae(self.kind, self.payload)

    def to_bytes(self) -> bytes:
        """The envelope as RFC 8785 JSON."""
        return canonical(
            {
                "payload": base64.b64encode(self.payload).decode(),
                "payloadType": self.kind,
                "signatures": [
                    {"keyid": key.hex(), "sig": base64.b64encode(value).decode()} for key, value in self.signatures
                ],
            }
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> Envelope:
        """The envelope that `data` is.

        Raises
        ------
        RecordDamaged
            It is none.
        """
        value: Any = parse(data)
        try:
            told = value["signatures"][:MAX_SIGNATURES]
            signatures = tuple((bytes.fromhex(entry["keyid"]), decode(entry["sig"])) for entry in told)
            return cls(str(value["payloadType"]), decode(value["payload"]), signatures)
        except (KeyError, TypeError, ValueError) as error:
            raise RecordDamaged(f"The envelope of the record is damaged: {error}.", "Use an undamaged copy.") from error


def pae(kind: str, payload: bytes) -> bytes:
    """Pre-authentication encoding of DSSE.

    Examples
    --------
    >>> pae("http://example.com/HelloWorld", b"hello world")
    b'DSSEv1 29 http://example.com/HelloWorld 11 hello world'
    """
    name = kind.encode()
    return b"DSSEv1 %d %b %d %b" % (len(name), name, len(payload), payload)


def decode(text: Any) -> bytes:
    """The bytes of a part that stands in base64.

    Raises
    ------
    RecordDamaged
        `text` is not base64.
    """
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, TypeError, ValueError) as error:
        raise RecordDamaged("A part of the record is not base64.", "Use an undamaged copy.") from error
