"""Identities out of files: the good ones, and a sentence for each kind of bad one."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat

from bims_desktop.errors import LedgerUnavailable
from bims_desktop.ledger.fabric import ecdsa
from bims_desktop.ledger.fabric.envelope import serialized_identity
from bims_desktop.ledger.fabric.identity import Identity
from tests.ledger.fabric.fake_ca import FakeCa, Issued, pem_of

CA = FakeCa("ca")
ADA = CA.issue("ada", "client", "writer")


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    certificate.write_bytes(ADA.certificate)
    key.write_bytes(ADA.key)
    key.chmod(0o600)
    return certificate, key


def test_an_identity_of_files_signs(files: tuple[Path, Path]) -> None:
    identity = Identity.from_pem("Org1MSP", *files)
    assert (identity.msp, identity.name) == ("Org1MSP", "ada")
    assert serialized_identity(identity.creator).mspid == "Org1MSP"
    assert serialized_identity(identity.creator).id_bytes == ADA.certificate
    assert "key" not in repr(identity)


def test_signatures_are_low_s_and_only_those_verify() -> None:
    identity = Identity.from_pem("Org1MSP", ADA.certificate, ADA.key)
    public, order = identity.certificate.public_key(), ecdsa.ORDERS["secp256r1"]
    for number in range(20):
        data = bytes([number])
        r, s = decode_dss_signature(identity.sign(data))
        assert s <= order // 2
        assert ecdsa.verify(public, encode_dss_signature(r, s), data)
        assert not ecdsa.verify(public, encode_dss_signature(r, order - s), data)
        assert not ecdsa.verify(public, encode_dss_signature(r, s), data + b"x")
    assert not ecdsa.verify(public, b"no DER", b"")


def encrypted() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret"))


def rsa_key() -> bytes:
    key = rsa.generate_private_key(65537, 2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


BAD: list[tuple[str, Callable[[], tuple[bytes, bytes]], str]] = [
    ("no certificate", lambda: (b"hello", ADA.key), "no sound certificate"),
    ("a key as certificate", lambda: (ADA.key, ADA.key), "no sound certificate"),
    ("a certificate as key", lambda: (ADA.certificate, ADA.certificate), "not a private key"),
    ("another's key", lambda: (ADA.certificate, CA.issue("eve").key), "does not belong to the certificate of 'ada'"),
    ("an encrypted key", lambda: (ADA.certificate, encrypted()), "is encrypted"),
    ("an RSA key", lambda: (ADA.certificate, rsa_key()), "not an ECDSA P-256 key"),
    (
        "another curve",
        lambda: (ADA.certificate, pem_of(ec.generate_private_key(ec.SECP384R1()))),
        "not an ECDSA P-256 key",
    ),
]


@pytest.mark.parametrize(("given", "words"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_what_cannot_be_used_is_named(given: Callable[[], tuple[bytes, bytes]], words: str) -> None:
    with pytest.raises(LedgerUnavailable, match=words) as caught:
        Identity.from_pem("Org1MSP", *given())
    assert caught.value.todo


def test_an_identity_names_its_organisation() -> None:
    with pytest.raises(LedgerUnavailable, match="names no organisation"):
        Identity.from_pem("", ADA.certificate, ADA.key)


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_a_key_that_others_can_read_is_refused(files: tuple[Path, Path]) -> None:
    files[1].chmod(0o640)
    with pytest.raises(LedgerUnavailable, match="can be read by others"):
        Identity.from_pem("Org1MSP", *files)


def test_a_missing_file_is_named(files: tuple[Path, Path]) -> None:
    files[0].unlink()
    with pytest.raises(LedgerUnavailable, match=r"cert\.pem cannot be read: No such file"):
        Identity.from_pem("Org1MSP", *files)


def test_a_huge_file_is_not_read(files: tuple[Path, Path]) -> None:
    files[0].write_bytes(b"x" * 70_000)
    with pytest.raises(LedgerUnavailable, match="holds more than 65,536 bytes"):
        Identity.from_pem("Org1MSP", *files)


def issued(begins: timedelta, ends: timedelta) -> Issued:
    return CA.issue("ada", valid_from=CA.now + begins, valid_until=CA.now + ends)


VALIDITY = [
    (timedelta(days=-9), timedelta(days=90), ""),
    (timedelta(days=-9), timedelta(days=10, hours=1), "expires in 10 days"),
    (timedelta(days=-9), timedelta(hours=2), "expires today"),
    (timedelta(days=-9), timedelta(seconds=-1), "expired on"),
    (timedelta(hours=1), timedelta(days=90), "is this clock right?"),
]


@pytest.mark.parametrize(("begins", "ends", "words"), VALIDITY)
def test_a_certificate_s_end_is_announced(begins: timedelta, ends: timedelta, words: str) -> None:
    given = issued(begins, ends)
    warning = Identity.from_pem("Org1MSP", given.certificate, given.key).warning(CA.now)
    assert words in warning
    assert bool(warning) == bool(words)
