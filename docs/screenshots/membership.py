"""`write_membership`: files as a consortium hands them to a laboratory, made up for the pictures."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

_YEAR = timedelta(days=365)


def write_membership(folder: Path) -> list[Path]:
    """A connection profile, a certificate and its private key in `folder`."""
    key = ec.generate_private_key(ec.SECP256R1())
    texts = {
        "consortium.json": b"{}",
        "Ada Robert.pem": _certificate(key).public_bytes(Encoding.PEM),
        "Ada Robert_sk": key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
    }
    paths = [folder / name for name in texts]
    for path, text in zip(paths, texts.values(), strict=True):
        path.touch(0o600)
        path.write_bytes(text)
    return paths


def _certificate(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name, now = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Ada Robert")]), datetime.now(UTC)
    begun = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    dated = begun.serial_number(1).not_valid_before(now - _YEAR).not_valid_after(now + _YEAR)
    return dated.sign(key, hashes.SHA256())
