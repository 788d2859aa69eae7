"""A call of the chaincode, proposed: what the organisations are asked to endorse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp

from bims_desktop.ledger.fabric import messages
from bims_desktop.ledger.fabric.envelope import Opened
from bims_desktop.ledger.fabric.messages import parse
from bims_desktop.ledger.fabric.signable import Signable

NONCE_BYTES = 24


@dataclass(frozen=True, slots=True)
class Call:
    """What is called: function and arguments of a chaincode on a channel.

    Parameters
    ----------
    transient : Mapping[str, bytes]
        Given to the chaincode and kept out of the ledger.
    endorsers : sequence of str
        MSP identifiers of those who shall answer; empty to leave it to the network.
    """

    channel: str
    chaincode: str
    function: str
    arguments: tuple[bytes, ...] = ()
    transient: Mapping[str, bytes] | None = None
    endorsers: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Proposal(Signable):
    """A proposal; `message` is Fabric's Proposal."""

    channel: str = ""
    endorsers: tuple[str, ...] = ()

    @classmethod
    def of(cls, call: Call, creator: bytes, nonce: bytes, now: datetime, tls_hash: bytes = b"") -> Proposal:
        """The proposal of `call` by `creator` at `now`; `nonce` must never have been used before."""
        transaction = sha256(nonce + creator).hexdigest()
        header = messages.common.Header(
            channel_header=_channel_header(call, transaction, now, tls_hash).SerializeToString(),
            signature_header=messages.common.SignatureHeader(creator=creator, nonce=nonce).SerializeToString(),
        )
        message = messages.proposal.Proposal(
            header=header.SerializeToString(), payload=_payload(call).SerializeToString()
        )
        return cls(transaction, message.SerializeToString(), b"", call.channel, tuple(call.endorsers))

    @classmethod
    def from_bytes(cls, data: bytes) -> Proposal:
        """The proposal that `bytes` gave.

        Raises
        ------
        ProofRefused
            `data` is no proposal.
        """
        message = parse(messages.gateway.ProposedTransaction, data)
        proposal = parse(messages.proposal.Proposal, message.proposal.proposal_bytes)
        header = parse(messages.common.ChannelHeader, parse(messages.common.Header, proposal.header).channel_header)
        return cls(
            message.transaction_id,
            message.proposal.proposal_bytes,
            message.proposal.signature,
            header.channel_id,
            tuple(message.endorsing_organizations),
        )

    @property
    def signed(self) -> Any:
        """Fabric's SignedProposal."""
        return messages.proposal.SignedProposal(proposal_bytes=self.message, signature=self.signature)

    def is_answered_by(self, answer: Opened) -> bool:
        """Whether `answer` is what was proposed, endorsed, and nothing else that a peer would like signed."""
        asked = parse(messages.proposal.Proposal, self.message)
        header = parse(messages.common.Header, asked.header)
        public = parse(messages.proposal.ChaincodeProposalPayload, asked.payload).input
        answered = parse(messages.proposal.ChaincodeProposalPayload, answer.proposal_payload)
        return bool(
            answer.header == header
            and answer.action_header == header.signature_header
            and (answered.input, len(answered.TransientMap)) == (public, 0)
            and answer.response.proposal_hash == answer.proposal_hash
        )

    @property
    def bytes(self) -> bytes:
        """To keep or carry elsewhere: Fabric's ProposedTransaction."""
        message: bytes = messages.gateway.ProposedTransaction(
            transaction_id=self.transaction, proposal=self.signed, endorsing_organizations=self.endorsers
        ).SerializeToString()
        return message


def _channel_header(call: Call, transaction: str, now: datetime, tls_hash: bytes) -> Any:
    timestamp = Timestamp()
    timestamp.FromDatetime(now)
    extension = messages.proposal.ChaincodeHeaderExtension(
        chaincode_id=messages.chaincode.ChaincodeID(name=call.chaincode)
    )
    return messages.common.ChannelHeader(
        type=messages.common.ENDORSER_TRANSACTION,
        timestamp=timestamp,
        channel_id=call.channel,
        tx_id=transaction,
        extension=extension.SerializeToString(),
        tls_cert_hash=tls_hash,
    )


def _payload(call: Call) -> Any:
    spec = messages.chaincode.ChaincodeSpec(
        type=messages.chaincode.ChaincodeSpec.NODE,
        chaincode_id=messages.chaincode.ChaincodeID(name=call.chaincode),
        input=messages.chaincode.ChaincodeInput(args=[call.function.encode(), *call.arguments]),
    )
    invocation = messages.chaincode.ChaincodeInvocationSpec(chaincode_spec=spec)
    return messages.proposal.ChaincodeProposalPayload(
        input=invocation.SerializeToString(), TransientMap=dict(call.transient or {})
    )
