"""Whom a consortium trusts: the CAs of each organisation, and which organisations order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature

from bims_desktop.ledger.fabric.pem import valid_at

MAX_CHAIN = 5


@dataclass(frozen=True, slots=True)
class Authority:
    """The CAs of one organisation: roots are trusted, intermediates must chain to one."""

    roots: tuple[x509.Certificate, ...]
    intermediates: tuple[x509.Certificate, ...] = ()
    revoked: tuple[x509.CertificateRevocationList, ...] = ()

    def issued(self, certificate: x509.Certificate, when: datetime) -> bool:
        """Whether `certificate` chains to a root, every link valid at `when` and not revoked by then."""
        if not valid_at(certificate, when) or self._revoked(certificate, when):
            return False
        return self._chains(certificate, when, MAX_CHAIN)

    def _chains(self, certificate: x509.Certificate, when: datetime, left: int) -> bool:
        if any(_made_by(certificate, root, when) for root in self.roots):
            return True
        parents = (ca for ca in self.intermediates if left and _made_by(certificate, ca, when))
        return any(self._chains(parent, when, left - 1) for parent in parents)

    def _revoked(self, certificate: x509.Certificate, when: datetime) -> bool:
        for crl in self.revoked:
            found = crl.get_revoked_certificate_by_serial_number(certificate.serial_number)
            if crl.issuer == certificate.issuer and found is not None and found.revocation_date_utc <= when:
                return True
        return False


@dataclass(frozen=True, slots=True)
class Trust:
    """What evidence is checked against; taken from a profile or from the channel's configuration.

    Parameters
    ----------
    members : Mapping[str, Authority]
        Of the organisations that endorse, by MSP identifier.
    orderers : Mapping[str, Authority]
        Of the organisations that order.
    consenters : Mapping[int, tuple[str, x509.Certificate]]
        MSP identifier and certificate of each BFT orderer by its number; empty under Raft.
    endorsements : int, optional
        How many organisations must endorse; 0 for the majority of the members.
    """

    members: Mapping[str, Authority]
    orderers: Mapping[str, Authority]
    consenters: Mapping[int, tuple[str, x509.Certificate]] = field(default_factory=dict)
    endorsements: int = 0

    @property
    def quorum(self) -> int:
        """How many organisations must have endorsed."""
        return self.endorsements or len(self.members) // 2 + 1

    @property
    def ordering_quorum(self) -> int:
        """How many orderers must sign a block: one under Raft, ⌈(n + f + 1) / 2⌉ of n under BFT, f = ⌊(n - 1) / 3⌋."""
        count = len(self.consenters)
        return (count + (count - 1) // 3 + 2) // 2 if count else 1


def _made_by(certificate: x509.Certificate, ca: x509.Certificate, when: datetime) -> bool:
    try:
        certificate.verify_directly_issued_by(ca)
        constraints = ca.extensions.get_extension_for_class(x509.BasicConstraints).value
        usage = ca.extensions.get_extension_for_class(x509.KeyUsage).value
    except (InvalidSignature, ValueError, TypeError, x509.ExtensionNotFound):
        return False
    return constraints.ca and usage.key_cert_sign and valid_at(ca, when)
