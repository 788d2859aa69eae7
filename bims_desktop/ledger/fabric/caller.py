"""Whoever asks a consortium's ledger: an identity, and the ways to the organisations' peers."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self, TypeVar

import grpc

from bims_desktop.errors import LedgerUnavailable, TransactionError
from bims_desktop.ledger.fabric import messages
from bims_desktop.ledger.fabric.channel import ClientTls
from bims_desktop.ledger.fabric.channel_trust import trust_of
from bims_desktop.ledger.fabric.clock import peer_time, utc_now
from bims_desktop.ledger.fabric.connection import Connection
from bims_desktop.ledger.fabric.envelope import EPOCH
from bims_desktop.ledger.fabric.failure import Failure
from bims_desktop.ledger.fabric.identity import Identity
from bims_desktop.ledger.fabric.profile import Profile
from bims_desktop.ledger.fabric.proposal import NONCE_BYTES, Call, Proposal
from bims_desktop.ledger.fabric.retry import retry
from bims_desktop.ledger.fabric.signable import Signable
from bims_desktop.ledger.fabric.trust import Trust

ToSign = TypeVar("ToSign", bound=Signable)


@dataclass(frozen=True, slots=True)
class Deadlines:
    """How long each stage may take, seconds; `events` is how long a stream may be broken."""

    evaluate: float = 15.0
    endorse: float = 20.0
    submit: float = 10.0
    status: float = 60.0
    events: float = 300.0


class Caller:
    """Reads a consortium's ledger; `Gateway` adds the writing, and says what the parameters are."""

    def __init__(
        self,
        profile: Profile,
        identity: Identity,
        *,
        peer: str | None = None,
        client_tls: ClientTls | None = None,
        deadlines: Deadlines | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        if not profile.channel or not profile.chaincode:
            raise LedgerUnavailable(
                "The connection profile names no channel or no chaincode.", "Give both in the settings of the ledger."
            )
        self.profile, self.identity = profile, identity
        self.deadlines = deadlines or Deadlines()
        self._client_tls, self._clock = client_tls, clock
        self._connections: dict[str, Connection] = {}
        self._lock = threading.Lock()
        self._own = self._choose(peer)

    def propose(
        self,
        function: str,
        *arguments: str | bytes,
        transient: Mapping[str, bytes] | None = None,
        endorsers: Sequence[str] = (),
        chaincode: str = "",
    ) -> Proposal:
        """A new proposal, signed where the key is here; nothing is sent yet.

        Parameters
        ----------
        function : str
            Of the chaincode.
        *arguments : str or bytes
            Of the function.
        transient : mapping of bytes, optional
            For the chaincode alone; never on the ledger.
        endorsers : sequence of str
            MSP identifiers of those who shall endorse; by default the network chooses.
        chaincode : str
            Another than the profile's.
        """
        encoded = tuple(item.encode() if isinstance(item, str) else item for item in arguments)
        name = chaincode or self.profile.chaincode
        return self._proposal(Call(self.profile.channel, name, function, encoded, transient, endorsers), self._clock())

    def evaluate(
        self, function: str, *arguments: str | bytes, transient: Mapping[str, bytes] | None = None, chaincode: str = ""
    ) -> bytes:
        """What `function` answers at a peer of the own organisation, where it has one; nothing is written.

        Raises
        ------
        LedgerUnavailable
            No peer answered in time.
        TransactionError
            The chaincode, or a peer, refused.
        """
        return self._evaluate(self._own, self.propose(function, *arguments, transient=transient, chaincode=chaincode))

    def evaluate_at(self, msp: str, function: str, *arguments: str | bytes, chaincode: str = "") -> bytes:
        """What `function` answers at a peer of organisation `msp`, asked there directly.

        Raises
        ------
        LedgerUnavailable
            No peer of it is known, or none answered in time.
        TransactionError
            The chaincode, or a peer, refused.
        """
        proposal = self.propose(function, *arguments, endorsers=(msp,), chaincode=chaincode)
        return self._evaluate(self._connection(msp), proposal)

    def height(self, msp: str | None = None) -> int:
        """How many blocks a peer of `msp` has, by default of the own organisation."""
        height: int = messages.ledger.BlockchainInfo.FromString(self._system(msp, "qscc", "GetChainInfo")).height
        return height

    def block_of(self, transaction: str, msp: str | None = None) -> bytes:
        """The block that holds `transaction`, as a peer of `msp` keeps it; `evidence.check` reads it.

        Raises
        ------
        LedgerUnavailable
            No peer answered in time.
        TransactionError
            The peer has no such transaction, or not yet: `Gateway.status` of its organisation waits for it.
        """
        return self._system(msp, "qscc", "GetBlockByTxID", transaction)

    def trust(self, msp: str | None = None) -> Trust:
        """Whom the channel's own configuration trusts, as a peer of `msp` has it: for profiles that bring no CAs.

        Raises
        ------
        LedgerUnavailable, TransactionError
            As of `block_of`.
        """
        return trust_of(self._system(msp, "cscc", "GetChannelConfig"))

    def clock_skew(self, msp: str | None = None) -> timedelta | None:
        """How far this computer's clock is ahead of a peer's; None where the peer does not tell (before Fabric 3).

        A peer that refuses a timestamp names its own time, so it is shown one of 1970.

        Raises
        ------
        LedgerUnavailable
            No peer answered in time.
        TransactionError
            The peer refused something else.
        """
        call = Call(self.profile.channel, "qscc", "GetChainInfo", (self.profile.channel.encode(),))
        request = _evaluation(self._proposal(call, EPOCH))
        try:
            self._way(msp).call("Evaluate", request, self.deadlines.evaluate)
        except grpc.RpcError as error:
            failure = Failure.of(error)
            told = peer_time(failure.words)
            if told is None:
                raise _unanswered(failure) from error
            return self._clock() - told
        return None

    def close(self) -> None:
        """Hang up; it is of no use afterwards."""
        with self._lock:
            for connection in {self._own, *self._connections.values()}:
                connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _evaluate(self, connection: Connection, proposal: Proposal) -> bytes:
        request = _evaluation(proposal)
        try:
            answer = retry(lambda left: connection.call("Evaluate", request, left), self.deadlines.evaluate)
        except grpc.RpcError as error:
            raise _unanswered(Failure.of(error), proposal.transaction) from error
        result: bytes = answer.result.payload
        return result

    def _system(self, msp: str | None, chaincode: str, function: str, *arguments: str) -> bytes:
        proposal = self.propose(function, self.profile.channel, *arguments, chaincode=chaincode)
        return self._evaluate(self._way(msp), proposal)

    def _proposal(self, call: Call, now: datetime) -> Proposal:
        tls_hash = self._client_tls.hash if self._client_tls else b""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return self._signed(Proposal.of(call, self.identity.creator, nonce, now, tls_hash))

    def _signed(self, message: ToSign) -> ToSign:
        return message if message.signature or self.identity.key is None else message.sign(self.identity)

    def _way(self, msp: str | None) -> Connection:
        return self._connection(msp) if msp else self._own

    def _choose(self, peer: str | None) -> Connection:
        if peer is None:
            return self._connection(self.identity.msp)
        named = [candidate for candidate in self.profile.peers if candidate.name == peer]
        if not named:
            raise LedgerUnavailable(f"The connection profile names no peer {peer!r}.", "Choose one that it names.")
        return Connection(named, self._client_tls)

    def _connection(self, msp: str) -> Connection:
        with self._lock:
            if msp not in self._connections:
                self._connections[msp] = Connection(self.profile.of(msp), self._client_tls)
            return self._connections[msp]


def _evaluation(proposal: Proposal) -> Any:
    return messages.gateway.EvaluateRequest(
        transaction_id=proposal.transaction,
        channel_id=proposal.channel,
        proposed_transaction=proposal.signed,
        target_organizations=proposal.endorsers,
    )


def _unanswered(failure: Failure, transaction: str = "") -> LedgerUnavailable | TransactionError:
    if failure.unreachable:
        return failure.unavailable("The consortium's ledger did not answer")
    return failure.to(TransactionError, "The consortium's ledger refused to answer", transaction)
