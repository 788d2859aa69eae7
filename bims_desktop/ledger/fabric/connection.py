"""The way to one organisation: its peers, one answering at a time, the others in reserve."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from time import monotonic
from typing import Any

import grpc
from fabric_protos.gateway import gateway_pb2_grpc

from bims_desktop.errors import LedgerUnavailable
from bims_desktop.ledger.fabric.channel import ClientTls, open_channel
from bims_desktop.ledger.fabric.profile import Peer

RECONNECT_S = 3.0
_SERVICE: Any = gateway_pb2_grpc


class Connection:
    """The Gateway service of one organisation's peers.

    Parameters
    ----------
    peers : sequence of Peer
        In the order of preference, at least one.
    client_tls : ClientTls, optional
        For mutual TLS.
    """

    def __init__(self, peers: Sequence[Peer], client_tls: ClientTls | None = None) -> None:
        self.peers = tuple(peers)
        self._client_tls = client_tls
        self._channels: dict[int, grpc.Channel] = {}
        self._lost: set[int] = set()
        self._first, self._open = 0, True
        self._lock = threading.Lock()

    def call(self, method: str, request: Any, timeout: float, *, everyone: bool = True) -> Any:
        """Answer of the peer that answered last, else of the first that can be reached.

        Parameters
        ----------
        method : str
            Of the Gateway service.
        request : message
            What it takes.
        timeout : float
            Seconds, for all peers together.
        everyone : bool
            False where the request must go to one peer alone, whatever becomes of it.
        """
        ends = monotonic() + timeout
        order = list(self._order()) if everyone else [self._first]
        for index in order:
            try:
                answer = self._ask(index, method, request, ends)
            except grpc.RpcError as error:
                if not _unavailable(error):
                    raise
                self._lost.add(index)
                if index == order[-1]:
                    raise
                continue
            self._first = index
            return answer
        raise AssertionError("there is always a last peer")

    def stream(self, method: str, request: Any, attempt: int = 0) -> Any:
        """The stream of answers of the preferred peer; of another one at each further `attempt`."""
        try:
            return getattr(self._stub((self._first + attempt) % len(self.peers)), method)(request)
        except ValueError as error:
            raise _closed() from error

    def close(self) -> None:
        """Hang up."""
        with self._lock:
            self._open = False
            for channel in self._channels.values():
                channel.close()
            self._channels.clear()

    def _ask(self, index: int, method: str, request: Any, ends: float) -> Any:
        try:
            self._reconnect(index, ends)
            return getattr(self._stub(index), method)(request, timeout=max(0.0, ends - monotonic()))
        except ValueError as error:  # gRPC's word for a channel that was closed meanwhile
            raise _closed() from error

    def _order(self) -> Iterator[int]:
        return ((self._first + step) % len(self.peers) for step in range(len(self.peers)))

    def _reconnect(self, index: int, ends: float) -> None:
        """Wait a little for a peer that was away: gRPC answers for it that it is, between its attempts to connect."""
        if index not in self._lost:
            return
        self._lost.discard(index)
        with suppress(grpc.FutureTimeoutError):  # the call that follows says why
            grpc.channel_ready_future(self._channel(index)).result(min(RECONNECT_S, max(0.0, ends - monotonic())))

    def _stub(self, index: int) -> Any:
        return _SERVICE.GatewayStub(self._channel(index))

    def _channel(self, index: int) -> grpc.Channel:
        with self._lock:
            if not self._open:
                raise _closed()
            if index not in self._channels:
                self._channels[index] = open_channel(self.peers[index], self._client_tls)
            return self._channels[index]


def _closed() -> LedgerUnavailable:
    return LedgerUnavailable("The connection to the consortium's ledger was closed.", "Connect again.")


def _unavailable(error: grpc.RpcError) -> bool:
    call: Any = error
    return bool(call.code() is grpc.StatusCode.UNAVAILABLE)
