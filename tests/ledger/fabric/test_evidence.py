"""What a block proves offline: everything that is altered, forged or too little is named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest

from bims_desktop.errors import ProofRefused
from bims_desktop.ledger.fabric import messages
from bims_desktop.ledger.fabric.evidence import Evidence, check
from bims_desktop.ledger.fabric.gateway import Gateway
from bims_desktop.ledger.fabric.trust import Authority, Trust
from tests.ledger.fabric.entries import entry
from tests.ledger.fabric.fake_gateway import FakeNetwork

Kept = tuple[bytes, str, Trust]


@pytest.fixture
def kept(gateway: Gateway, network: FakeNetwork) -> Kept:
    """A good block (the second of its channel), its transaction, and whom to trust."""
    for _ in range(2):
        transaction = gateway.endorse(gateway.propose("CommitRecord", entry(), ""))
        gateway.commit(transaction)
    return gateway.block_of(transaction.transaction, "Org2MSP"), transaction.transaction, network.trust


def test_a_good_block_tells_everything(kept: Kept) -> None:
    block, transaction, trust = kept
    evidence = check(block, transaction, trust, "provenance")
    assert evidence.problems == ()
    assert evidence.good
    assert (evidence.channel, evidence.chaincode, evidence.function) == (
        "provenance",
        "provenance-ledger",
        "CommitRecord",
    )
    assert evidence.organisations == ("Org1MSP", "Org2MSP")
    assert [member.name for member in evidence.orderers] == ["orderer0"]
    assert (evidence.creator.msp, evidence.block, evidence.code) == ("Org1MSP", 1, "VALID")
    assert transaction.encode() in evidence.result
    assert b'"kind":"record"' in evidence.arguments[0]
    assert abs(evidence.time - datetime.now(UTC)) < timedelta(minutes=1)


@pytest.mark.filterwarnings("ignore:Attribute's length")  # cryptography's word on a name that was altered
@pytest.mark.filterwarnings("ignore:Parsed a serial number")  # its word on a number that was altered
def test_no_byte_can_be_altered(kept: Kept) -> None:
    block, transaction, trust = kept
    said_by_nobody = len(b"\n\0\n\0")  # the two empty metadata after the validation codes
    unnoticed = [at for at in range(len(block) - said_by_nobody) if altered_unnoticed(block, at, transaction, trust)]
    assert unnoticed == []


def altered_unnoticed(block: bytes, at: int, transaction: str, trust: Trust) -> bool:
    altered = block[:at] + bytes([block[at] ^ (1 << at % 7)]) + block[at + 1 :]
    try:
        return check(altered, transaction, trust).good
    except ProofRefused:
        return False


def test_nothing_can_be_added_or_cut(kept: Kept) -> None:
    block, transaction, trust = kept
    assert not check(block + b"\xf2\x06\x01x", transaction, trust).good  # an unknown field
    assert not check(block + block, transaction, trust).good
    with pytest.raises(ProofRefused):
        check(block[:-1], transaction, trust)
    with pytest.raises(ProofRefused, match="holds no transaction"):
        check(block, "0" * 64, trust)


TRUSTS: list[tuple[str, Callable[[Trust], Trust], str]] = [
    (
        "the wrong CA",
        lambda trust: replace(trust, members=dict.fromkeys(trust.members, trust.orderers["OrdererMSP"])),
        "is not by its organisation's CA",
    ),
    (
        "no such orderer",
        lambda trust: replace(trust, orderers={}),
        "0 of the 1 orderers",
    ),
    (
        "a third organisation is needed",
        lambda trust: replace(trust, endorsements=3),
        "2 of the 3 organisations",
    ),
    (
        "an organisation that is not trusted",
        lambda trust: replace(trust, members={"Org1MSP": trust.members["Org1MSP"]}, endorsements=2),
        "1 of the 2 organisations",
    ),
    (
        "BFT orderers without signatures of theirs",
        lambda trust: replace(trust, consenters={number: ("OrdererMSP", _root(trust)) for number in range(1, 5)}),
        "1 of the 3 orderers",
    ),
]


def _root(trust: Trust) -> Any:
    return trust.orderers["OrdererMSP"].roots[0]


@pytest.mark.parametrize(("changed", "problem"), [row[1:] for row in TRUSTS], ids=[row[0] for row in TRUSTS])
def test_it_is_good_only_to_somebody_with_this_trust(
    kept: Kept, changed: Callable[[Trust], Trust], problem: str
) -> None:
    block, transaction, trust = kept
    evidence = check(block, transaction, changed(trust))
    assert problem in "; ".join(evidence.problems)


def test_it_names_another_channel(kept: Kept) -> None:
    block, transaction, trust = kept
    assert "of the channel provenance" in check(block, transaction, trust, "other").problems[0]


def test_a_revoked_or_expired_certificate_is_no_proof(kept: Kept, network: FakeNetwork) -> None:
    block, transaction, trust = kept
    authority = trust.members["Org1MSP"]
    certificate = network.peers["Org1MSP"].identity.certificate
    now = datetime.now(UTC)
    assert authority.issued(certificate, now)
    assert not authority.issued(certificate, now + timedelta(days=400))
    assert not authority.issued(certificate, now - timedelta(days=1))
    assert not Authority(()).issued(certificate, now)
    crl = network.issuer("Org1MSP").revoke(certificate)  # type: ignore[union-attr]
    revoked = replace(trust, members=trust.members | {"Org1MSP": replace(authority, revoked=(crl,))})  # type: ignore[operator]
    assert "the certificate of peer0.Org1MSP" in check(block, transaction, revoked).problems[0]


Alter = Callable[[Any, FakeNetwork], None]


def another_result(action: Any, network: FakeNetwork) -> None:
    payload = messages.proposal_response.ProposalResponsePayload.FromString(action.action.proposal_response_payload)
    inner = messages.proposal.ChaincodeAction.FromString(payload.extension)
    inner.response.payload = b'{"owner":"Org1MSP"}'
    payload.extension = inner.SerializeToString()
    action.action.proposal_response_payload = payload.SerializeToString()


def another_argument(action: Any, network: FakeNetwork) -> None:
    action.chaincode_proposal_payload = action.chaincode_proposal_payload.replace(b"record", b"RECORD")


def one_organisation(action: Any, network: FakeNetwork) -> None:
    del action.action.endorsements[1:]
    action.action.endorsements.append(action.action.endorsements[0])


def a_client_as_peer(action: Any, network: FakeNetwork) -> None:
    client = network.identity("Org2MSP")
    payload = action.action.proposal_response_payload
    action.action.endorsements[1].endorser = client.creator
    action.action.endorsements[1].signature = client.sign(payload + client.creator)


FORGERIES: list[tuple[str, Alter, str, str]] = [
    ("result altered after endorsement", another_result, "signature of peer0.Org1MSP is false", "ENDORSEMENT_POLICY"),
    ("argument altered after endorsement", another_argument, "an answer to another call", "INVALID_ENDORSER"),
    ("one organisation alone", one_organisation, "1 of the 2 organisations", "ENDORSEMENT_POLICY"),
    ("a person signs as a peer", a_client_as_peer, "writer is no peer", "VALID"),
]


@pytest.mark.parametrize(
    ("alter", "problem", "code"), [row[1:] for row in FORGERIES], ids=[row[0] for row in FORGERIES]
)
def test_a_forgery_that_even_the_orderer_signed_is_named(
    gateway: Gateway, network: FakeNetwork, alter: Alter, problem: str, code: str
) -> None:
    good = gateway.endorse(gateway.propose("CommitRecord", entry(), ""))
    network.ledger.order(forged(good.message, alter, gateway, network))
    evidence = forged_evidence(network, good.transaction)
    assert problem in "; ".join(evidence.problems)
    assert evidence.code.startswith(code)


def forged_evidence(network: FakeNetwork, transaction: str) -> Evidence:
    return check(network.ledger.block_of(transaction).SerializeToString(), transaction, network.trust)


def forged(message: bytes, alter: Alter, gateway: Gateway, network: FakeNetwork) -> Any:
    payload = messages.common.Payload.FromString(message)
    transaction = messages.transaction.Transaction.FromString(payload.data)
    action = messages.transaction.ChaincodeActionPayload.FromString(transaction.actions[0].payload)
    alter(action, network)
    transaction.actions[0].payload = action.SerializeToString()
    payload.data = transaction.SerializeToString()
    signed = payload.SerializeToString()
    return messages.common.Envelope(payload=signed, signature=gateway.identity.sign(signed))


def test_transactions_cannot_be_cut_anew_under_the_same_hash(kept: Kept) -> None:
    block, transaction, trust = kept
    parsed = messages.common.Block.FromString(block)
    whole = parsed.data.data[0]
    parsed.data.data[:] = [whole, b""]
    assert sha256(b"".join(parsed.data.data)).digest() == parsed.header.data_hash
    assert check(parsed.SerializeToString(), transaction, trust).good is False
