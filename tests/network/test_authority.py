"""Certificates: what Fabric's membership rules ask of them."""

from __future__ import annotations

import json
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from bims_network import Authority
from bims_network.authority import ATTRIBUTES
from bims_network.membership import write_member


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "authority", "Org1MSP")


def unit(certificate: x509.Certificate) -> object:
    return certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATIONAL_UNIT_NAME)[0].value


@pytest.mark.parametrize("kind", ["client", "peer", "orderer", "admin"])
def test_a_member_chains_to_the_root_and_bears_its_unit(authority: Authority, kind: str) -> None:
    certificate = x509.load_pem_x509_certificate(authority.member("anna", kind).certificate)  # type: ignore[arg-type]
    certificate.verify_directly_issued_by(x509.load_pem_x509_certificate(authority.root))
    assert unit(certificate) == kind
    with pytest.raises(ValueError, match="issuer"):
        certificate.verify_directly_issued_by(x509.load_pem_x509_certificate(authority.tls_root))


def test_a_role_is_an_attribute_as_fabrics_ca_writes_it(authority: Authority) -> None:
    certificate = x509.load_pem_x509_certificate(authority.member("anna", "client", "writer").certificate)
    extension = certificate.extensions.get_extension_for_oid(ATTRIBUTES)
    assert not extension.critical
    assert json.loads(extension.value.public_bytes()) == {"attrs": {"bims.role": "writer"}}
    plain = x509.load_pem_x509_certificate(authority.member("bert", "client").certificate)
    with pytest.raises(x509.ExtensionNotFound):
        plain.extensions.get_extension_for_oid(ATTRIBUTES)


def test_an_expired_certificate_began_while_its_root_held(authority: Authority) -> None:
    yesterday = datetime.now(UTC) - timedelta(days=1)
    certificate = x509.load_pem_x509_certificate(
        authority.member("late", "client", "writer", valid_until=yesterday).certificate
    )
    root = x509.load_pem_x509_certificate(authority.root)
    assert root.not_valid_before_utc < certificate.not_valid_before_utc < certificate.not_valid_after_utc
    assert certificate.not_valid_after_utc < datetime.now(UTC)


def test_a_revocation_list_grows_and_is_the_roots(authority: Authority) -> None:
    first, second = (authority.member(name, "client").certificate for name in ("anna", "bert"))
    authority.revoke(first)
    crl = x509.load_pem_x509_crl(authority.revoke(second))
    root = x509.load_pem_x509_certificate(authority.root)
    assert {entry.serial_number for entry in crl} == {
        x509.load_pem_x509_certificate(pem).serial_number for pem in (first, second)
    }
    key = root.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    assert crl.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier == key
    assert crl.is_signature_valid(root.public_key())  # type: ignore[arg-type]


def test_the_authority_is_found_again(authority: Authority) -> None:
    again = Authority(authority.folder, "Org1MSP")
    assert again.root == authority.root
    issued = x509.load_pem_x509_certificate(again.member("anna", "client").certificate)
    issued.verify_directly_issued_by(x509.load_pem_x509_certificate(authority.root))


def test_no_private_key_can_be_read_by_others(authority: Authority, tmp_path: Path) -> None:
    write_member(tmp_path / "anna", authority, authority.member("anna", "client"))
    keys = [*tmp_path.rglob("*.key"), tmp_path / "anna" / "keystore" / "key.pem"]
    assert len(keys) == 3
    assert {stat.S_IMODE(path.stat().st_mode) for path in keys} == {0o600}
