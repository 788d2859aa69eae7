"""`Record`: the signed account that travels in the file, in a DSSE envelope."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from bims_desktop.errors import RecordDamaged
from bims_desktop.ledger.signing import Signer, verify
from bims_desktop.macro.plan import Plan, Step
from bims_desktop.model.canonical import parse
from bims_desktop.model.dsse import Envelope, decode, pae

PAYLOAD_TYPE = "application/vnd.bims.record+json; version=1"
PARTS = {"agent": dict, "blobs": dict, "image": dict, "inputs": list, "macro": dict, "redacted": dict, "steps": list}


@dataclass(frozen=True)
class Record:
    """A record as its payload bytes say it; nothing is ever re-serialised to check.

    Parameters
    ----------
    payload : bytes
        The bytes that are signed and hashed.
    signatures : tuple of (bytes, bytes)
        Public key (as the envelope hints at it) and signature.
    """

    payload: bytes
    signatures: tuple[tuple[bytes, bytes], ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 of the payload: what is committed to the ledger."""
        return f"sha256:{hashlib.sha256(self.payload).hexdigest()}"

    @cached_property
    def content(self) -> dict[str, Any]:
        """The payload read as JSON; treat it as somebody else's text.

        Raises
        ------
        RecordDamaged
            It is not a record of version 1.
        """
        value: Any = parse(self.payload)
        if not isinstance(value, dict) or value.get("v") != 1 or value.get("type") != "bims-record":
            raise RecordDamaged("The record is not one of version 1.", "A newer program may read it.")
        if wrong := [name for name, kind in PARTS.items() if not isinstance(value.get(name), kind)]:
            raise RecordDamaged(f"The record lacks its {wrong[0]}.", "It was damaged before it was signed.")
        return value

    @property
    def macro(self) -> str:
        """The macro's text."""
        text = self.content["macro"].get("text")
        if not isinstance(text, str):
            raise RecordDamaged("The record holds no macro.", "It was damaged before it was signed.")
        return text

    @property
    def subject(self) -> str:
        """Digest of what the record is about."""
        return str(self.content["image"].get("pixels"))

    @property
    def agent_key(self) -> bytes:
        """Public key that the record says it was signed with."""
        return decode(self.content["agent"].get("public_key"))

    def signed_by(self) -> bytes | None:
        """The key of the agent, where its signature holds; None where it does not."""
        message = pae(PAYLOAD_TYPE, self.payload)
        key = self.agent_key
        good = any(hint == key and verify(key, signature, message) for hint, signature in self.signatures)
        return key if good else None

    def with_found(self, plan: Plan) -> Plan:
        """`plan` with the found values and packages of this record's steps, and its result.

        Raises
        ------
        RecordDamaged
            The steps are no steps.
        """
        told, output = self.content["steps"], self.content["macro"].get("result")
        if len(told) != len(plan.steps):
            return plan
        try:
            steps = tuple(_told(step, entry["entry"]) for step, entry in zip(plan.steps, told, strict=True))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise RecordDamaged(f"A step of the record cannot be read: {error}.", "Use an undamaged copy.") from error
        return Plan(steps, str(output))


def _told(step: Step, entry: Mapping[str, Any]) -> Step:
    return replace(step, found=dict(entry.get("found", {})), package=str(entry.get("package", "")))


def sign(payload: bytes, signer: Signer) -> bytes:
    """DSSE envelope around `payload`."""
    signature = signer.sign(pae(PAYLOAD_TYPE, payload))
    return Envelope(PAYLOAD_TYPE, payload, ((signer.public_key, signature),)).to_bytes()


def open_envelope(envelope: bytes) -> Record:
    """The record inside a DSSE envelope; its signature is not checked here.

    Raises
    ------
    RecordDamaged
        It is not such an envelope.
    """
    found = Envelope.from_bytes(envelope)
    if found.kind != PAYLOAD_TYPE:
        raise RecordDamaged("The envelope holds something else than a record.", "It was not written by this program.")
    return Record(found.payload, found.signatures)
