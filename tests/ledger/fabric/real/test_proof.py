"""Blocks of a real network, checked offline."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from bims_desktop.errors import ProofRefused, TransactionError
from bims_desktop.ledger.fabric import messages
from bims_desktop.ledger.fabric.evidence import check
from bims_desktop.ledger.fabric.gateway import Gateway
from bims_desktop.ledger.fabric.trust import Trust
from bims_network import Network
from tests.fabric_network import MakeNetwork, come_level, open_gateway
from tests.ledger.fabric.real.opening import endorsed, written

pytestmark = pytest.mark.fabric


def trust_of(gateway: Gateway) -> Trust:
    assert gateway.profile.trust is not None
    return gateway.profile.trust


def test_the_block_proves_the_transaction_from_either_organisation(gateway: Gateway, network: Network) -> None:
    transaction = endorsed(gateway)
    gateway.commit(transaction)
    come_level(network)
    for msp in ("Org1MSP", "Org2MSP"):
        evidence = check(
            gateway.block_of(transaction.transaction, msp), transaction.transaction, trust_of(gateway), "provenance"
        )
        assert evidence.problems == ()
        assert evidence.organisations == ("Org1MSP", "Org2MSP")
        assert [member.msp for member in evidence.orderers] == ["OrdererMSP"]
        assert evidence.result == transaction.result


def test_every_transaction_of_a_full_block_is_proven(gateway: Gateway) -> None:
    with ThreadPoolExecutor(8) as threads:
        statuses = list(threads.map(lambda _: written(gateway), range(16)))
    assert len({status.block for status in statuses}) < 16
    for status in statuses:
        block = gateway.block_of(status.transaction)
        evidence = check(block, status.transaction, trust_of(gateway))
        assert (evidence.problems, evidence.block) == ((), status.block)


@pytest.mark.filterwarnings("ignore:Attribute's length")  # cryptography's word on a name that was altered
@pytest.mark.filterwarnings("ignore:Parsed a serial number")  # its word on a number that was altered
def test_no_byte_of_it_can_be_altered(gateway: Gateway) -> None:
    transaction = written(gateway).transaction
    block, trust = gateway.block_of(transaction), trust_of(gateway)
    # the place of the last configuration, the validation codes and the commit hash: nobody signs them
    unsigned = messages.common.Block.FromString(block).metadata.metadata[1:]
    at_the_end = len(messages.common.BlockMetadata(metadata=unsigned).SerializeToString())
    assert at_the_end < 80
    unnoticed = []
    for at in range(0, len(block) - at_the_end, 3):
        altered = block[:at] + bytes([block[at] ^ 1]) + block[at + 1 :]
        try:
            if check(altered, transaction, trust).good:
                unnoticed.append(at)
        except ProofRefused:
            continue
    assert unnoticed == []


def test_an_invalid_transaction_is_no_evidence(gateway: Gateway) -> None:
    alone = endorsed(gateway, endorsers=("Org1MSP",))
    gateway.submit(alone)
    assert gateway.status(alone.transaction).code == "ENDORSEMENT_POLICY_FAILURE"
    evidence = check(gateway.block_of(alone.transaction), alone.transaction, trust_of(gateway))
    assert "1 of the 2 organisations that must endorse it did" in evidence.problems
    assert evidence.code == "ENDORSEMENT_POLICY_FAILURE"


def test_the_channel_s_own_configuration_gives_the_same_trust(gateway: Gateway) -> None:
    for msp in ("Org1MSP", "Org2MSP"):
        told, known = gateway.trust(msp), trust_of(gateway)
        assert {name: ca.roots for name, ca in told.members.items()} == {n: ca.roots for n, ca in known.members.items()}
        assert {n: ca.roots for n, ca in told.orderers.items()} == {n: ca.roots for n, ca in known.orderers.items()}
        assert told.consenters == known.consenters == {}


def test_who_is_revoked_is_refused_and_stays_proven_for_before(network: Network) -> None:
    member = network.issue("Org1MSP", "leaver", "writer")
    with open_gateway(network, "Org1MSP", member) as gateway:
        before = written(gateway).transaction
        time.sleep(1.1)  # a revocation list counts in whole seconds
        network.revoke(member)
        assert "does not accept this identity" in refused_at_last(gateway).what
    with open_gateway(network) as gateway:
        trust = gateway.trust()
        assert trust.members["Org1MSP"].revoked
        assert check(gateway.block_of(before), before, trust).good


def refused_at_last(gateway: Gateway) -> TransactionError:
    """Once every peer has the block that says so."""
    for _ in range(50):
        try:
            endorsed(gateway)
        except TransactionError as error:
            return error
        time.sleep(0.1)
    raise AssertionError("who was revoked may still write")


def test_bft_orderers_sign_by_quorum(own_network: MakeNetwork) -> None:
    network = own_network(consensus="bft")
    with open_gateway(network) as gateway:
        transaction = written(gateway).transaction
        come_level(network)
        block = gateway.block_of(transaction, "Org2MSP")
        for trust in (trust_of(gateway), gateway.trust()):
            assert len(trust.consenters) == 4
            evidence = check(block, transaction, trust)
            assert evidence.problems == ()
            assert len(evidence.orderers) >= trust.ordering_quorum == 3
        fewer = Trust(trust.members, trust.orderers)
        assert "orderers that must sign the block did" in "; ".join(check(block, transaction, fewer).problems)
