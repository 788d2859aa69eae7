"""gRPC channels to peers: TLS always, mutual TLS where the network asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import grpc
from cryptography.hazmat.primitives.serialization import Encoding

from bims_desktop.ledger import keystore
from bims_desktop.ledger.fabric.pem import parse_certificates, read_bounded
from bims_desktop.ledger.fabric.profile import Peer

MAX_MESSAGE = 100 * 1024 * 1024  # Fabric's own bound, and a block may come near it
OPTIONS = (
    ("grpc.max_receive_message_length", MAX_MESSAGE),
    ("grpc.max_send_message_length", MAX_MESSAGE),
    ("grpc.keepalive_time_ms", 120_000),  # a peer hangs up on clients that ask more often than once a minute
    ("grpc.keepalive_timeout_ms", 20_000),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 3_000),  # how long one attempt to connect may take
    ("grpc.max_reconnect_backoff_ms", 2_000),
    ("grpc.enable_http_proxy", 0),
)


@dataclass(frozen=True, slots=True)
class ClientTls:
    """Certificate and key that this computer shows to peers that ask for one (mutual TLS), as PEM."""

    certificate: bytes
    key: bytes

    @classmethod
    def from_pem(cls, certificate: Path, key: Path) -> ClientTls:
        """Those of two files.

        Raises
        ------
        LedgerUnavailable
            One cannot be read, or others can read the key.
        """
        return cls(read_bounded(certificate), keystore.read_private(key).encode())

    @property
    def hash(self) -> bytes:
        """SHA-256 of the certificate, which binds proposals to the connection."""
        der = parse_certificates(self.certificate, "The TLS certificate")[0].public_bytes(Encoding.DER)
        return sha256(der).digest()


def open_channel(peer: Peer, client_tls: ClientTls | None = None) -> grpc.Channel:
    """A channel to `peer`; it connects when first used and again whenever the connection is lost."""
    credentials = grpc.ssl_channel_credentials(
        peer.tls_root, client_tls.key if client_tls else None, client_tls.certificate if client_tls else None
    )
    name = (("grpc.ssl_target_name_override", peer.override),) if peer.override else ()
    return grpc.secure_channel(peer.address, credentials, options=OPTIONS + name)
