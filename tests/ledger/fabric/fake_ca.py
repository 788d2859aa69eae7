"""An organisation's CA: real keys and certificates, made in memory."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509.oid import NameOID, ObjectIdentifier

ATTRIBUTES = ObjectIdentifier("1.2.3.4.5.6.7.8.1")  # where Fabric's CA puts attributes
YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Issued:
    """A certificate and its key, PEM."""

    certificate: bytes
    key: bytes


class FakeCa:
    """A CA; everything it issues is P-256.

    Parameters
    ----------
    name : str
        Its common name.
    issuer : FakeCa, optional
        Makes an intermediate one.
    signer : Issued, optional
        A member's certificate and key, of somebody who plays CA with them.
    """

    def __init__(self, name: str, issuer: FakeCa | None = None, signer: Issued | None = None) -> None:
        self.now = datetime.now(UTC).replace(microsecond=0)
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        if signer is not None:
            self._key = load_pem_private_key(signer.key, None)  # type: ignore[assignment]
            self.certificate = x509.load_pem_x509_certificate(signer.certificate)
            self._name = self.certificate.subject
            return
        usage = x509.KeyUsage(True, False, False, False, False, True, True, False, False)
        builder = self._builder(self._name, self._key, None, None)
        builder = builder.issuer_name(issuer._name if issuer else self._name)
        builder = builder.add_extension(x509.BasicConstraints(True, None), True).add_extension(usage, True)
        self.certificate = builder.sign(issuer._key if issuer else self._key, SHA256())

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    def issue(
        self,
        name: str,
        *units: str,
        attributes: dict[str, str] | None = None,
        valid_from: datetime | None = None,
        valid_until: datetime | None = None,
    ) -> Issued:
        """A certificate for `name` in the organisational `units`; good for TLS on this machine, too."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = [x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit) for unit in units]
        subject.append(x509.NameAttribute(NameOID.COMMON_NAME, name))
        places = [x509.DNSName("localhost"), x509.DNSName(name), x509.IPAddress(IPv4Address("127.0.0.1"))]
        builder = self._builder(x509.Name(subject), key, valid_from, valid_until)
        builder = builder.issuer_name(self._name).add_extension(x509.SubjectAlternativeName(places), False)
        if attributes:
            value = json.dumps({"attrs": attributes}).encode()
            builder = builder.add_extension(x509.UnrecognizedExtension(ATTRIBUTES, value), False)
        return Issued(builder.sign(self._key, SHA256()).public_bytes(Encoding.PEM), pem_of(key))

    def revoke(self, certificate: x509.Certificate) -> x509.CertificateRevocationList:
        """The revocation list with `certificate` on it, as of the CA's first hour."""
        when = self.now - timedelta(minutes=30)
        entry = x509.RevokedCertificateBuilder().serial_number(certificate.serial_number).revocation_date(when)
        builder = x509.CertificateRevocationListBuilder().issuer_name(self._name).last_update(when)
        builder = builder.next_update(self.now + YEAR).add_revoked_certificate(entry.build())
        return builder.sign(self._key, SHA256())

    def _builder(
        self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, begin: datetime | None, end: datetime | None
    ) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begin or self.now - timedelta(hours=1))
            .not_valid_after(end or self.now + YEAR)
        )


def pem_of(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
