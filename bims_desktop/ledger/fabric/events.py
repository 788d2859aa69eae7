"""What the chaincode announced, block after block, across interruptions."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from time import monotonic
from typing import Any, Self

import grpc

from bims_desktop.ledger.fabric import messages
from bims_desktop.ledger.fabric.connection import Connection
from bims_desktop.ledger.fabric.failure import Failure
from bims_desktop.ledger.fabric.identity import Identity
from bims_desktop.ledger.fabric.profile import Profile
from bims_desktop.ledger.fabric.retry import FIRST_PAUSE_S, LONGEST_PAUSE_S


@dataclass(frozen=True, slots=True)
class Event:
    """One announcement of a valid transaction."""

    block: int
    transaction: str
    name: str
    payload: bytes


class Events(Iterator[Event]):
    """Events in the ledger's order, each once; waits for the next, and resumes by itself after a lost connection.

    `checkpoint`, the block and transaction of the last event that was given, is what
    `Gateway.events` takes to go on later.

    Raises
    ------
    LedgerUnavailable
        While read: the network refused, or was away for too long.
    """

    def __init__(
        self,
        connection: Connection,
        identity: Identity,
        profile: Profile,
        checkpoint: tuple[int, str],
        patience_s: float,
    ) -> None:
        self.checkpoint = checkpoint
        self._connection, self._identity, self._profile = connection, identity, profile
        self._patience_s = patience_s
        self._closed = threading.Event()
        self._stream: Any = None
        self._events = self._read()

    def __next__(self) -> Event:
        return next(self._events)

    def close(self) -> None:
        """Stop; a reader that waits in another thread comes to its end."""
        self._closed.set()
        if self._stream is not None:
            self._stream.cancel()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _read(self) -> Iterator[Event]:
        attempt, last_heard, pause = 0, monotonic(), FIRST_PAUSE_S
        while not self._closed.is_set():
            try:
                for event in self._one_stream(attempt):
                    yield event
                    last_heard, pause = monotonic(), FIRST_PAUSE_S
            except grpc.RpcError as error:
                self._bear(Failure.of(error), monotonic() - last_heard)
            attempt += 1
            self._closed.wait(pause)
            pause = min(2 * pause, LONGEST_PAUSE_S)

    def _one_stream(self, attempt: int) -> Iterator[Event]:
        self._stream = self._connection.stream("ChaincodeEvents", self._request(), attempt)
        if self._closed.is_set():  # closed meanwhile, before there was a stream to cancel
            self._stream.cancel()
        for answer in self._stream:
            for event in answer.events:
                self.checkpoint = (answer.block_number, event.tx_id)
                yield Event(answer.block_number, event.tx_id, event.event_name, event.payload)

    def _request(self) -> Any:
        block, after = self.checkpoint
        request = messages.gateway.ChaincodeEventsRequest(
            channel_id=self._profile.channel,
            chaincode_id=self._profile.chaincode,
            identity=self._identity.creator,
            start_position=messages.orderer.SeekPosition(specified=messages.orderer.SeekSpecified(number=block)),
            after_transaction_id=after,
        ).SerializeToString()
        return messages.gateway.SignedChaincodeEventsRequest(request=request, signature=self._identity.sign(request))

    def _bear(self, failure: Failure, silent_s: float) -> None:
        """Return where the stream may be opened again."""
        if self._closed.is_set():
            return
        # a peer that shuts down ends its streams with ABORTED
        if (failure.passing or failure.code == "ABORTED") and silent_s < self._patience_s:
            return
        raise failure.unavailable("The ledger's events cannot be followed")
