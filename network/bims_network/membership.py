"""Membership folders as Fabric's nodes and tools read them (MSP)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from bims_network.authority import Authority, Issued, write_private

UNITS = ("client", "peer", "admin", "orderer")


@dataclass(frozen=True, slots=True)
class Credentials:
    """A member's certificate and private key, and the organisation it acts for."""

    certificate: Path
    key: Path
    msp: str


def write_organisation(folder: Path, authority: Authority) -> None:
    """Write what others need to know an organisation's members by."""
    _write(folder / "cacerts" / "ca.pem", authority.root)
    _write(folder / "tlscacerts" / "tlsca.pem", authority.tls_root)
    if authority.crl:
        _write(folder / "crls" / "crl.pem", authority.crl)
    # JSON is YAML; the certificate's place is relative to this file
    units = {
        f"{unit.capitalize()}OUIdentifier": {"Certificate": "cacerts/ca.pem", "OrganizationalUnitIdentifier": unit}
        for unit in UNITS
    }
    _write(folder / "config.yaml", json.dumps({"NodeOUs": {"Enable": True, **units}}).encode())


def write_member(folder: Path, authority: Authority, issued: Issued) -> Credentials:
    """Write a member's own folder: the organisation's, with its certificate and key."""
    write_organisation(folder, authority)
    certificate, key = folder / "signcerts" / "certificate.pem", folder / "keystore" / "key.pem"
    _write(certificate, issued.certificate)
    _write(key, b"")
    write_private(key, issued.key)
    return Credentials(certificate, key, authority.msp)


def write_tls(folder: Path, authority: Authority, issued: Issued) -> None:
    """Write what a node's TLS needs: its certificate and key, and the root."""
    _write(folder / "server.pem", issued.certificate)
    _write(folder / "root.pem", authority.tls_root)
    write_private(folder / "server.key", issued.key)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
