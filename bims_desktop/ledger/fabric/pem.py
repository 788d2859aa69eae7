"""PEM files and certificates of others: bounded, parsed, never trusted for being there."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

from bims_desktop.errors import LedgerUnavailable

MAX_PEM_BYTES = 65_536
_DAMAGED = (
    ValueError,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)


def read_bounded(path: Path, limit: int = MAX_PEM_BYTES) -> bytes:
    """Bytes of the small file at `path`.

    Raises
    ------
    LedgerUnavailable
        It cannot be read, or holds more than `limit` bytes.
    """
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise LedgerUnavailable(
            f"{path} cannot be read: {error.strerror}.", "Check the file and its rights."
        ) from error
    if len(data) > limit:
        raise LedgerUnavailable(f"{path} holds more than {limit:,} bytes.", "Give the file that was meant.")
    return data


def parse_certificates(pem: bytes, place: str) -> tuple[x509.Certificate, ...]:
    """Every X.509 certificate in `pem`, at least one; `place` names it in the error.

    Raises
    ------
    LedgerUnavailable
        There is none, or one is damaged.
    """
    try:
        certificates = tuple(x509.load_pem_x509_certificates(pem))
        for certificate in certificates:
            _read_through(certificate)
    except _DAMAGED as error:
        raise LedgerUnavailable(f"{place} holds no sound certificate in PEM.", "Give the X.509 certificate.") from error
    return certificates


def _read_through(certificate: x509.Certificate) -> None:
    """Parts are parsed when they are first asked for: find now what is wrong with them."""
    certificate.public_key()
    _ = certificate.extensions, certificate.subject, certificate.issuer
    _ = certificate.not_valid_before_utc, certificate.not_valid_after_utc


def organisational_units(certificate: x509.Certificate) -> frozenset[str]:
    """The OUs of its subject: what Fabric reads a node's or a person's part from."""
    units = certificate.subject.get_attributes_for_oid(x509.NameOID.ORGANIZATIONAL_UNIT_NAME)
    return frozenset(str(unit.value) for unit in units)


def common_name(certificate: x509.Certificate) -> str:
    """The CN of its subject, empty where there is none."""
    names = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(names[0].value) if names else ""


def valid_at(certificate: x509.Certificate, when: datetime) -> bool:
    """Whether `when` (aware) lies within its validity, both ends included (RFC 5280, 4.1.2.5)."""
    return certificate.not_valid_before_utc <= when <= certificate.not_valid_after_utc
