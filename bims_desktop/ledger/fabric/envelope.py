"""A transaction as it is ordered: messages within messages, opened once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from bims_desktop.errors import ProofRefused
from bims_desktop.ledger.fabric import messages
from bims_desktop.ledger.fabric.messages import parse

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Opened:
    """Parts of an endorsed transaction; each message is one of ``fabric_protos``.

    Parameters
    ----------
    payload, signature : bytes
        What the creator signed, and the signature.
    header, channel_header, signature_header : Any
        Header, ChannelHeader, SignatureHeader.
    proposal_payload : bytes
        The ChaincodeProposalPayload: function and arguments, without transient data.
    response_payload : bytes
        The ProposalResponsePayload that every endorser signed.
    endorsements : tuple
        Endorsement messages.
    """

    payload: bytes
    signature: bytes
    header: Any
    channel_header: Any
    signature_header: Any
    action_header: bytes
    proposal_payload: bytes
    response_payload: bytes
    endorsements: tuple[Any, ...]

    @property
    def time(self) -> datetime:
        """When its maker says that it was made, UTC."""
        stamp = self.channel_header.timestamp
        return EPOCH + timedelta(seconds=stamp.seconds, microseconds=stamp.nanos // 1000)

    @property
    def proposal_hash(self) -> bytes:
        """SHA-256 of what was proposed, as the endorsers must have named it."""
        return sha256(self.header.channel_header + self.header.signature_header + self.proposal_payload).digest()

    @property
    def action(self) -> Any:
        """The ChaincodeAction: result, event, reads and writes."""
        extension = self.response.extension
        return parse(messages.proposal.ChaincodeAction, extension)

    @property
    def response(self) -> Any:
        """The ProposalResponsePayload, opened."""
        return parse(messages.proposal_response.ProposalResponsePayload, self.response_payload)

    @property
    def invocation(self) -> Any:
        """The ChaincodeSpec: chaincode, function and arguments."""
        payload = parse(messages.proposal.ChaincodeProposalPayload, self.proposal_payload)
        return parse(messages.chaincode.ChaincodeInvocationSpec, payload.input).chaincode_spec


def open_envelope(data: bytes) -> Opened:
    """The parts of the serialized Envelope `data`.

    Raises
    ------
    ProofRefused
        It is not a transaction of a chaincode with exactly one action.
    """
    envelope = parse(messages.common.Envelope, data)
    payload = parse(messages.common.Payload, envelope.payload)
    actions = parse(messages.transaction.Transaction, payload.data).actions
    if len(actions) != 1:
        raise ProofRefused(f"A transaction has {len(actions)} actions, and one was expected.")
    inner = parse(messages.transaction.ChaincodeActionPayload, actions[0].payload)
    return Opened(
        envelope.payload,
        envelope.signature,
        payload.header,
        parse(messages.common.ChannelHeader, payload.header.channel_header),
        parse(messages.common.SignatureHeader, payload.header.signature_header),
        actions[0].header,
        inner.chaincode_proposal_payload,
        inner.action.proposal_response_payload,
        tuple(inner.action.endorsements),
    )


def channel_header(data: bytes) -> Any:
    """The ChannelHeader of the serialized Envelope `data`, of whatever type it is."""
    payload = parse(messages.common.Payload, parse(messages.common.Envelope, data).payload)
    return parse(messages.common.ChannelHeader, payload.header.channel_header)


def serialized_identity(data: bytes) -> Any:
    """The SerializedIdentity `data`: MSP identifier and certificate."""
    return parse(messages.identities.SerializedIdentity, data)
