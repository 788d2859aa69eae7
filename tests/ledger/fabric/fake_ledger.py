"""A channel in memory: state with versions, endorsement, ordering into signed blocks, validation."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Protocol

from bims_desktop.ledger.fabric import ecdsa, messages
from bims_desktop.ledger.fabric.block import header_bytes
from bims_desktop.ledger.fabric.envelope import open_envelope, serialized_identity
from bims_desktop.ledger.fabric.identity import Identity
from bims_desktop.ledger.fabric.pem import parse_certificates

CODES = messages.transaction.TxValidationCode


class Refused(Exception):
    """What a chaincode answers with an error."""


@dataclass
class World:
    """What one call of the chaincode sees and does: the stand-in of a stub."""

    function: str
    arguments: list[str]
    transient: Mapping[str, bytes]
    transaction: str
    time: datetime
    creator: Any  # SerializedIdentity
    peer: str  # MSP of the peer that computes
    ledger: FakeLedger
    reads: dict[str, int | None] = field(default_factory=dict)
    writes: dict[str, str] = field(default_factory=dict)
    private: dict[tuple[str, str], bytes] = field(default_factory=dict)
    event: tuple[str, bytes] | None = None

    @property
    def msp(self) -> str:
        return str(self.creator.mspid)

    def get(self, key: str) -> str | None:
        value, version = self.ledger.state.get(key, (None, None))
        self.reads[key] = version
        return value

    def put(self, key: str, value: str) -> None:
        self.writes[key] = value

    def keys(self, prefix: str) -> list[str]:
        return sorted(key for key in self.ledger.state if key.startswith(prefix))

    def get_private(self, collection: str, key: str) -> bytes | None:
        if self.peer not in self.ledger.collections.get(collection, frozenset()):
            raise Refused(f"FORBIDDEN: The collection {collection} cannot be read here.")
        return self.ledger.private.get((collection, key))

    def private_hash(self, collection: str, key: str) -> bytes:
        value = self.ledger.private.get((collection, key))
        return b"" if value is None else sha256(value).digest()

    def put_private(self, collection: str, key: str, value: bytes) -> None:
        self.private[collection, key] = value

    def announce(self, name: str, payload: bytes) -> None:
        self.event = (name, payload)

    def read_write_set(self) -> bytes:
        hashes = {f"{where}/{key}": sha256(value).hexdigest() for (where, key), value in self.private.items()}
        return json.dumps({"reads": self.reads, "writes": self.writes, "private": hashes}, sort_keys=True).encode()


class Chaincode(Protocol):
    """A contract: answers, or raises `Refused`."""

    def invoke(self, world: World) -> bytes: ...


@dataclass
class FakeLedger:
    """What all peers of the channel hold; they are always of one mind here."""

    channel: str
    chaincode: str
    contract: Chaincode
    orderer: Identity
    members: tuple[str, ...]
    collections: Mapping[str, frozenset[str]]
    state: dict[str, tuple[str, int]] = field(default_factory=dict)
    private: dict[tuple[str, str], bytes] = field(default_factory=dict)
    blocks: list[Any] = field(default_factory=list)
    statuses: dict[str, tuple[int, int]] = field(default_factory=dict)  # transaction -> (code, block)
    waiting: dict[str, dict[tuple[str, str], bytes]] = field(default_factory=dict)  # private data until commit
    grown: threading.Condition = field(default_factory=threading.Condition)

    def simulate(self, proposal: Any, peer: str) -> tuple[Any, bytes]:
        """The World after a call, and its answer."""
        header = messages.common.Header.FromString(proposal.header)
        channel = messages.common.ChannelHeader.FromString(header.channel_header)
        creator = messages.common.SignatureHeader.FromString(header.signature_header).creator
        payload = messages.proposal.ChaincodeProposalPayload.FromString(proposal.payload)
        spec = messages.chaincode.ChaincodeInvocationSpec.FromString(payload.input).chaincode_spec
        function, *arguments = [item.decode() for item in spec.input.args]
        time = datetime.fromtimestamp(channel.timestamp.seconds, UTC)
        who = serialized_identity(creator)
        world = World(function, arguments, dict(payload.TransientMap), channel.tx_id, time, who, peer, self)
        with self.grown:
            return world, self.contract.invoke(world)

    def response_payload(self, proposal: Any, world: World, answer: bytes) -> bytes:
        """What an endorser signs."""
        action = messages.proposal.ChaincodeAction(
            results=world.read_write_set(),
            events=_event(self.chaincode, world),
            response=messages.proposal_response.Response(status=200, payload=answer),
            chaincode_id=messages.chaincode.ChaincodeID(name=self.chaincode, version="1"),
        )
        payload = messages.proposal.ChaincodeProposalPayload.FromString(proposal.payload)
        public = messages.proposal.ChaincodeProposalPayload(input=payload.input).SerializeToString()
        header = messages.common.Header.FromString(proposal.header)
        message: bytes = messages.proposal_response.ProposalResponsePayload(
            proposal_hash=sha256(header.channel_header + header.signature_header + public).digest(),
            extension=action.SerializeToString(),
        ).SerializeToString()
        return message

    def order(self, envelope: Any, before: Callable[[], None] | None = None, endorsements: int | None = None) -> None:
        """Put `envelope` into a block of its own, and commit it.

        `before` may change the state first; `endorsements` is how many of them the validation looks at.
        """
        with self.grown:
            if before:
                before()
            number = len(self.blocks)
            transaction = open_envelope(envelope.SerializeToString())
            code = self._validate(transaction, endorsements)
            self.blocks.append(self._block(number, envelope, code))
            name = transaction.channel_header.tx_id
            self.statuses.setdefault(name, (code, number))
            if code == CODES.VALID:
                self._apply(transaction, number)
            self.grown.notify_all()

    def block_of(self, transaction: str) -> Any:
        return self.blocks[self.statuses[transaction][1]]

    def _validate(self, transaction: Any, endorsements: int | None) -> int:
        name = transaction.channel_header.tx_id
        creator = serialized_identity(transaction.signature_header.creator)
        if name in self.statuses:
            return int(CODES.DUPLICATE_TXID)
        if not _signed(creator, transaction.signature, transaction.payload):
            return int(CODES.BAD_CREATOR_SIGNATURE)
        signed = transaction.header.channel_header + transaction.header.signature_header + transaction.proposal_payload
        if sha256(signed).digest() != transaction.response.proposal_hash:
            return int(CODES.INVALID_ENDORSER_TRANSACTION)
        endorsers = set()
        for endorsement in transaction.endorsements[:endorsements]:
            who = serialized_identity(endorsement.endorser)
            if _signed(who, endorsement.signature, transaction.response_payload + endorsement.endorser):
                endorsers.add(who.mspid)
        if len(endorsers) <= len(self.members) // 2:
            return int(CODES.ENDORSEMENT_POLICY_FAILURE)
        reads = json.loads(transaction.action.results)["reads"]
        fresh = all(self.state.get(key, (None, None))[1] == version for key, version in reads.items())
        return int(CODES.VALID if fresh else CODES.MVCC_READ_CONFLICT)

    def _apply(self, transaction: Any, number: int) -> None:
        for key, value in json.loads(transaction.action.results)["writes"].items():
            self.state[key] = (value, number)
        self.private.update(self.waiting.pop(transaction.channel_header.tx_id, {}))

    def _block(self, number: int, envelope: Any, code: int) -> Any:
        data = [envelope.SerializeToString()]
        previous = sha256(header_bytes(self.blocks[-1].header)).digest() if self.blocks else b""
        header = messages.common.BlockHeader(
            number=number, previous_hash=previous, data_hash=sha256(b"".join(data)).digest()
        )
        signed = self._signature(header)
        metadata = messages.common.BlockMetadata(metadata=[signed, b"", bytes([code]), b"", b""])
        return messages.common.Block(header=header, data=messages.common.BlockData(data=data), metadata=metadata)

    def _signature(self, header: Any) -> bytes:
        value = messages.common.OrdererBlockMetadata(last_config=messages.common.LastConfig()).SerializeToString()
        who = messages.common.SignatureHeader(creator=self.orderer.creator, nonce=b"n" * 24).SerializeToString()
        signature = self.orderer.sign(value + who + header_bytes(header))
        one = messages.common.MetadataSignature(signature_header=who, signature=signature)
        message: bytes = messages.common.Metadata(value=value, signatures=[one]).SerializeToString()
        return message

    def events(self, start: int, after: str) -> Iterator[tuple[int, Any]]:
        """Events of committed blocks from `start` on, those up to transaction `after` left out; never waits."""
        passed = not after
        for block in self.blocks[start:]:
            transaction = open_envelope(block.data.data[0])
            valid = block.metadata.metadata[2][0] == CODES.VALID
            event = messages.chaincode_event.ChaincodeEvent.FromString(transaction.action.events)
            if passed and valid and event.event_name:
                yield block.header.number, event
            passed = passed or transaction.channel_header.tx_id == after


def _signed(who: Any, signature: bytes, data: bytes) -> bool:
    return ecdsa.verify(parse_certificates(who.id_bytes, "an identity")[0].public_key(), signature, data)


def _event(chaincode: str, world: World) -> bytes:
    if world.event is None:
        return b""
    name, payload = world.event
    message: bytes = messages.chaincode_event.ChaincodeEvent(
        chaincode_id=chaincode, tx_id=world.transaction, event_name=name, payload=payload
    ).SerializeToString()
    return message
