"""Chains of certificates, quorums, and the configuration of a channel."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509

from bims_desktop.errors import ProofRefused
from bims_desktop.ledger.fabric import messages
from bims_desktop.ledger.fabric.channel_trust import trust_of
from bims_desktop.ledger.fabric.pem import parse_certificates
from bims_desktop.ledger.fabric.trust import Authority, Trust
from tests.ledger.fabric.fake_ca import FakeCa, Issued

ROOT = FakeCa("root")
NOW = datetime.now(UTC)


def certificate(issued: Issued) -> x509.Certificate:
    return parse_certificates(issued.certificate, "a certificate")[0]


def test_a_chain_may_pass_an_intermediate() -> None:
    between = FakeCa("between", issuer=ROOT)
    leaf = certificate(between.issue("ada"))
    assert Authority((ROOT.certificate,), (between.certificate,)).issued(leaf, NOW)
    assert not Authority((ROOT.certificate,)).issued(leaf, NOW)
    assert not Authority((), (between.certificate, ROOT.certificate)).issued(leaf, NOW)
    assert not Authority((ROOT.certificate,), (between.certificate,)).issued(leaf, NOW + timedelta(days=3650))


def test_a_chain_has_an_end() -> None:
    cas = [ROOT]
    for number in range(7):
        cas.append(FakeCa(f"ca{number}", issuer=cas[-1]))
    authority = Authority((ROOT.certificate,), tuple(ca.certificate for ca in cas[1:]))
    assert authority.issued(certificate(cas[5].issue("ada")), NOW)
    assert not authority.issued(certificate(cas[7].issue("ada")), NOW)


def test_a_member_is_no_ca() -> None:
    member = ROOT.issue("eve", "client")
    forged = FakeCa("eve", signer=member).issue("ada", "peer")
    assert not Authority((ROOT.certificate,), (certificate(member),)).issued(certificate(forged), NOW)
    assert not Authority((certificate(member),)).issued(certificate(forged), NOW)


def test_a_name_without_the_key_is_not_the_ca() -> None:
    twin = FakeCa("root").issue("ada")
    assert not Authority((ROOT.certificate,)).issued(certificate(twin), NOW)


@pytest.mark.parametrize(("members", "quorum"), [(1, 1), (2, 2), (3, 2), (4, 3), (5, 3)])
def test_the_majority_endorses(members: int, quorum: int) -> None:
    assert Trust({f"Org{number}MSP": Authority(()) for number in range(members)}, {}).quorum == quorum


@pytest.mark.parametrize(("orderers", "quorum"), [(0, 1), (1, 1), (4, 3), (5, 4), (6, 4), (7, 5), (10, 7)])
def test_the_quorum_of_bft_orderers(orderers: int, quorum: int) -> None:
    consenters = dict.fromkeys(range(orderers), ("OrdererMSP", ROOT.certificate))
    assert Trust({}, {}, consenters).ordering_quorum == quorum


def test_no_configuration_is_refused() -> None:
    with pytest.raises(ProofRefused, match="not the configuration"):
        trust_of(b"")
    with pytest.raises(ProofRefused, match="cannot be read"):
        trust_of(b"hello")
    config = messages.config.Config()
    config.channel_group.groups["Orderer"].mod_policy = "x"
    config.channel_group.groups["Application"].groups["Org1"].values["MSP"].value = b"hello"
    with pytest.raises(ProofRefused, match="cannot be read"):
        trust_of(config.SerializeToString())
