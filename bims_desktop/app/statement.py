"""`Statement`: a record of any science, checked against its schema and signed."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bims_desktop.app.schemas import check
from bims_desktop.errors import RecordDamaged, RecordError
from bims_desktop.ledger.signing import Signer, verify
from bims_desktop.model.canonical import canonical, parse
from bims_desktop.model.dsse import Envelope, decode, pae

PAYLOAD_TYPE = "application/vnd.bims.statement+json; version=1"
MAX_STATEMENT = 1 << 20


@dataclass(frozen=True)
class Statement:
    """A statement as its payload bytes say it.

    Parameters
    ----------
    payload : bytes
        RFC 8785 JSON: the bytes that are signed and hashed.
    signatures : tuple of (bytes, bytes)
        Public key (as the envelope hints at it) and signature.
    """

    payload: bytes
    signatures: tuple[tuple[bytes, bytes], ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 of the payload: what a ledger holds."""
        return f"sha256:{hashlib.sha256(self.payload).hexdigest()}"

    @cached_property
    def content(self) -> dict[str, Any]:
        """The payload read as JSON; treat it as somebody else's text.

        Raises
        ------
        RecordDamaged
            It is not JSON, or beyond the bounds.
        RecordError
            It does not fit the schema.
        """
        if len(self.payload) > MAX_STATEMENT:
            raise RecordDamaged(
                f"The statement has {len(self.payload)} bytes, more than {MAX_STATEMENT}.", "State digests instead."
            )
        value: Any = parse(self.payload)
        check(value, "statement-1")
        return dict(value)

    def signed_by(self) -> bytes | None:
        """The key of the agent, where its signature holds; None where it does not."""
        key = decode(self.content["agent"]["public_key"])
        message = pae(PAYLOAD_TYPE, self.payload)
        good = any(hint == key and verify(key, signature, message) for hint, signature in self.signatures)
        return key if good else None


def make(document: Mapping[str, Any], signer: Signer) -> bytes:
    """`document` as a signed envelope.

    Raises
    ------
    RecordError
        It does not fit the schema, is too large, or names another key than that of `signer`.
    """
    check(document, "statement-1")
    if document["agent"]["public_key"] != base64.b64encode(signer.public_key).decode():
        raise RecordError(
            "The document names another agent's key than yours.", "Leave its agent out, or submit it with that key."
        )
    try:
        payload = canonical(document)
    except (ValueError, RecursionError) as error:
        raise RecordError(
            f"The document is not JSON that can be signed: {error}.", "Write large whole numbers as text."
        ) from error
    if len(payload) > MAX_STATEMENT:
        raise RecordError(
            f"The document has {len(payload)} bytes, more than {MAX_STATEMENT}.", "State digests of its larger parts."
        )
    signature = signer.sign(pae(PAYLOAD_TYPE, payload))
    return Envelope(PAYLOAD_TYPE, payload, ((signer.public_key, signature),)).to_bytes()


def open_statement(envelope: bytes) -> Statement:
    """The statement inside a DSSE envelope; its signature is not checked here.

    Raises
    ------
    RecordDamaged
        It is not such an envelope.
    """
    found = Envelope.from_bytes(envelope)
    if found.kind != PAYLOAD_TYPE:
        raise RecordDamaged("The envelope holds something else than a statement.", "An image's record is read by show.")
    return Statement(found.payload, found.signatures)
