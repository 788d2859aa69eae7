"""Why a call of the network failed: the gRPC status, what every node said, and what that means."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, TypeVar

import grpc
from google.protobuf.message import DecodeError
from google.rpc import status_pb2

from bims_desktop.errors import LedgerUnavailable, PeerMessage, TransactionError
from bims_desktop.ledger.fabric import messages
from bims_desktop.ledger.fabric.advice import advice

DETAILS = "grpc-status-details-bin"
UNREACHABLE = frozenset({"UNAVAILABLE", "DEADLINE_EXCEEDED"})
TLS = re.compile(
    r"CERTIFICATE_VERIFY_FAILED|handshake failed|Hostname Verification|No match found for server name", re.I
)
# a peer that refuses before it computes: its gateway passes that on as if the peer were not there
REFUSED = re.compile(r"client identity expired|incorrect timestamp|access denied")
# what a gateway says while it has yet to hear of other peers, or has just lost one
STARTING = re.compile(
    r"no peer combination|no peers available|failed to select a set of endorsers|failed to find any endorsing peers"
    r"|failed to get config for channel|no combination of peers|code = Unavailable"
)
CHAINCODE = "chaincode response 500, "  # before what a contract throws
Kind = TypeVar("Kind", bound=TransactionError)


@dataclass(frozen=True, slots=True)
class Failure:
    """A failed call.

    Parameters
    ----------
    code : str
        Name of the gRPC status code.
    message : str
        What the gateway said, or gRPC itself.
    nodes : tuple of PeerMessage
        What each peer or orderer said.
    """

    code: str
    message: str
    nodes: tuple[PeerMessage, ...] = ()

    @classmethod
    def of(cls, error: grpc.RpcError) -> Failure:
        """The failure that `error` tells of."""
        call: Any = error  # an RpcError that a call raised is that call, too
        packed = dict(call.trailing_metadata() or ()).get(DETAILS, b"")
        return cls(call.code().name, call.details() or "", _nodes(packed))

    @property
    def words(self) -> str:
        """Everything that was said, on one line."""
        said = [self.message, *(f"{node.msp} ({node.address}): {node.message}" for node in self.nodes)]
        return " | ".join(text for text in said if text)

    @property
    def said(self) -> str:
        """The same for a person: what the nodes said, each thing once, else what the gateway said."""
        by_text: dict[str, list[str]] = {}
        for node in self.nodes:
            by_text.setdefault(node.message.removeprefix(CHAINCODE), []).append(node.msp)
        told = [text if len(by_text) == 1 else f"{', '.join(msps)}: {text}" for text, msps in by_text.items()]
        return "; ".join(told) or self.message or self.code

    @property
    def unreachable(self) -> bool:
        """Whether nobody answered, or not in time."""
        return self.code in UNREACHABLE and not REFUSED.search(self.words)

    @property
    def passing(self) -> bool:
        """Whether the same call may succeed in a moment: a node restarts, or a gateway has yet to meet others."""
        if TLS.search(self.message) or REFUSED.search(self.words):
            return False
        return self.code == "UNAVAILABLE" or STARTING.search(self.words) is not None

    def to(self, kind: type[Kind], what: str, transaction: str = "") -> Kind:
        """The error of the stage `kind`."""
        sentence, todo = self._sentence(what)
        return kind(sentence, todo, transaction=transaction, details=self.nodes, code=self.code)

    def unavailable(self, what: str) -> LedgerUnavailable:
        """The error of a reading that nobody answered."""
        return LedgerUnavailable(*self._sentence(what))

    def _sentence(self, what: str) -> tuple[str, str]:
        cause, todo = advice(self.words)
        return f"{what}: {cause or self.said}".rstrip(".") + ".", todo


def _nodes(packed: bytes) -> tuple[PeerMessage, ...]:
    try:
        details = status_pb2.Status.FromString(packed).details
        unpacked = [messages.gateway.ErrorDetail.FromString(any_.value) for any_ in details if _is_detail(any_)]
    except DecodeError:  # of no use, and the status itself still tells
        return ()
    return tuple(PeerMessage(detail.address, detail.msp_id, detail.message) for detail in unpacked)


def _is_detail(packed: Any) -> bool:
    answer: bool = packed.Is(messages.gateway.ErrorDetail.DESCRIPTOR)
    return answer
