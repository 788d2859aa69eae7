"""The certificate authorities of one organisation."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

Unit = Literal["client", "peer", "orderer", "admin"]

ATTRIBUTES = ObjectIdentifier("1.2.3.4.5.6.7.8.1")
ROLE = "bims.role"
ROOT_LIFE, LIFE, BACKDATED = timedelta(days=3650), timedelta(days=365), timedelta(days=30)
MEMBERS, SERVERS = "ca", "tlsca"


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate and its private key, as PEM."""

    certificate: bytes
    key: bytes


class Authority:
    """Root of an organisation's members and root of its TLS servers, kept in `folder`.

    Parameters
    ----------
    folder : Path
        Holds ``ca.pem``, ``ca.key``, ``tlsca.pem``, ``tlsca.key`` and, once something was revoked, ``crl.pem``;
        made where it is missing.
    msp : str
        Name of the organisation in the network, for example ``Org1MSP``.

    Notes
    -----
    Attributes stand in the certificate as Fabric's own CA writes them: JSON in the extension 1.2.3.4.5.6.7.8.1.
    """

    def __init__(self, folder: Path, msp: str) -> None:
        self.folder, self.msp = folder, msp
        if not (folder / f"{SERVERS}.pem").exists():
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            for root in (MEMBERS, SERVERS):
                self._found(root)

    @property
    def root(self) -> bytes:
        """Certificate, as PEM, that members' certificates chain to."""
        return (self.folder / f"{MEMBERS}.pem").read_bytes()

    @property
    def tls_root(self) -> bytes:
        """Certificate, as PEM, that the servers' certificates chain to."""
        return (self.folder / f"{SERVERS}.pem").read_bytes()

    @property
    def crl(self) -> bytes | None:
        """The last revocation list, as PEM."""
        path = self.folder / "crl.pem"
        return path.read_bytes() if path.exists() else None

    def member(self, name: str, unit: Unit, role: str = "", valid_until: datetime | None = None) -> Issued:
        """Certify a member.

        Parameters
        ----------
        name : str
            Common name.
        unit : {"client", "peer", "orderer", "admin"}
            What it may be in the network: the organisational unit.
        role : str
            What it may do in the contract: ``writer``, ``reader``, ``auditor``, several of them with commas, or
            nothing.
        valid_until : datetime, optional
            End of the certificate; a past one makes an expired certificate.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        builder = self._leaf(name, unit, key, valid_until).add_extension(_usage(digital_signature=True), critical=True)
        if role:
            attributes = json.dumps({"attrs": {ROLE: role}}).encode()
            builder = builder.add_extension(x509.UnrecognizedExtension(ATTRIBUTES, attributes), critical=False)
        return self._sign(MEMBERS, builder, key)

    def server(self, name: str) -> Issued:
        """Certify the TLS of a node on this computer, as server and as client."""
        key = ec.generate_private_key(ec.SECP256R1())
        usages = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH])
        places = [x509.DNSName("localhost"), x509.DNSName(name), x509.IPAddress(ip_address("127.0.0.1"))]
        builder = (
            self._leaf(name, "", key, None)
            .add_extension(_usage(digital_signature=True), critical=True)
            .add_extension(usages, critical=False)
            .add_extension(x509.SubjectAlternativeName(places), critical=False)
        )
        return self._sign(SERVERS, builder, key)

    def revoke(self, certificate: bytes) -> bytes:
        """Put a member's certificate (PEM) on the revocation list; gives the new list as PEM."""
        ca, key = self._load(MEMBERS)
        now = datetime.now(UTC)
        known = list(x509.load_pem_x509_crl(self.crl)) if self.crl else []
        serial = x509.load_pem_x509_certificate(certificate).serial_number
        new = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(now).build()
        builder = (
            x509.CertificateRevocationListBuilder(revoked_certificates=[*known, new])
            .issuer_name(ca.subject)
            .last_update(now)
            .next_update(now + LIFE)
            .add_extension(x509.CRLNumber(len(known) + 1), critical=False)
            .add_extension(_issuer(ca), critical=False)
        )
        crl = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        (self.folder / "crl.pem").write_bytes(crl)
        return crl

    def _found(self, root: str) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name, now = _name(f"{root}.{self.msp}", self.msp, ""), datetime.now(UTC)
        builder = (
            x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
            .not_valid_before(now - BACKDATED)
            .not_valid_after(now + ROOT_LIFE)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(_usage(digital_signature=True, key_cert_sign=True, crl_sign=True), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        )
        write_private(self.folder / f"{root}.key", _pem(key))
        certificate = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        (self.folder / f"{root}.pem").write_bytes(certificate)

    def _leaf(
        self, name: str, unit: str, key: ec.EllipticCurvePrivateKey, valid_until: datetime | None
    ) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        end = valid_until or now + LIFE
        # a root's validity must cover the begin of what it signs, or an expired certificate would be a forged one
        begin = min(now, end) - timedelta(hours=1)
        return (
            x509.CertificateBuilder()
            .subject_name(_name(name, self.msp, unit))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begin)
            .not_valid_after(end)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        )

    def _sign(self, root: str, builder: x509.CertificateBuilder, key: ec.EllipticCurvePrivateKey) -> Issued:
        ca, signing = self._load(root)
        builder = builder.issuer_name(ca.subject).add_extension(_issuer(ca), critical=False)
        certificate = builder.sign(signing, hashes.SHA256())
        return Issued(certificate.public_bytes(serialization.Encoding.PEM), _pem(key))

    def _load(self, root: str) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
        certificate = x509.load_pem_x509_certificate((self.folder / f"{root}.pem").read_bytes())
        key = serialization.load_pem_private_key((self.folder / f"{root}.key").read_bytes(), None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise TypeError(f"{self.folder / root}.key is no elliptic-curve key")
        return certificate, key


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read."""
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_bytes(content)


def _issuer(ca: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    subject = ca.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(subject)


def _name(common: str, msp: str, unit: str) -> x509.Name:
    parts = [(NameOID.ORGANIZATION_NAME, msp), (NameOID.ORGANIZATIONAL_UNIT_NAME, unit), (NameOID.COMMON_NAME, common)]
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts if value])


def _usage(*, digital_signature: bool, key_cert_sign: bool = False, crl_sign: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
