"""Nodes that die and come back: what the client says, and that it finds them again."""

from __future__ import annotations

import json
import time

import pytest

from bims_desktop.errors import CommitStatusError, EndorseError, LedgerUnavailable, SubmitError
from bims_desktop.ledger.fabric.channel import ClientTls
from bims_desktop.ledger.fabric.gateway import Deadlines, Gateway
from bims_desktop.ledger.fabric.profile import Profile
from bims_desktop.ledger.fabric.transaction import Status, Transaction
from bims_network import Authority, Network
from tests.fabric_network import MakeNetwork, open_gateway
from tests.ledger.fabric.entries import digest
from tests.ledger.fabric.real.opening import endorsed, identity_of, written

pytestmark = pytest.mark.fabric
QUICK = Deadlines(evaluate=3, endorse=3, submit=3, status=5, events=60)


def quick(network: Network) -> Gateway:
    identity = identity_of(network.credentials("Org1MSP", "writer"))
    return Gateway(Profile.load(network.profile("Org1MSP")), identity, deadlines=QUICK)


def test_the_own_peer_dies_and_comes_back(network: Network) -> None:
    peer = network.peers["Org1MSP"]
    with quick(network) as gateway, gateway.events() as events:
        first = written(gateway)
        assert next(events).transaction == first.transaction
        waiting = endorsed(gateway)
        peer.kill()
        with pytest.raises(LedgerUnavailable, match=r"cannot be reached|nobody answered"):
            gateway.height()
        with pytest.raises(EndorseError) as unendorsed:
            endorsed(gateway)
        with pytest.raises(SubmitError) as unsent:
            gateway.submit(waiting)
        with pytest.raises(CommitStatusError) as unknown:
            gateway.status(first.transaction)
        assert {caught.value.code for caught in (unendorsed, unsent, unknown)} <= {"UNAVAILABLE", "DEADLINE_EXCEEDED"}
        assert gateway.status(first.transaction, "Org2MSP").valid
        peer.start()
        network.wait_ready()
        assert gateway.status(first.transaction) == first
        second = gateway.commit(waiting)
        assert next(events).transaction == second.transaction


def test_endorsing_bears_the_restart_of_the_own_peer(network: Network) -> None:
    network.peers["Org1MSP"].kill()
    network.peers["Org1MSP"].launch()
    with open_gateway(network) as gateway:
        assert written(gateway).valid


def test_the_other_organisation_s_peer_dies(network: Network) -> None:
    peer = network.peers["Org2MSP"]
    with quick(network) as gateway:
        peer.kill()
        with pytest.raises(EndorseError) as caught:
            endorsed(gateway)
        assert caught.value.todo or "no peer combination" in caught.value.what or caught.value.details
        with pytest.raises(LedgerUnavailable):
            gateway.evaluate_at("Org2MSP", "GetRecord", digest("x"))
        peer.start()
        network.wait_ready()
        assert written(gateway).valid


def test_the_chaincode_dies_and_comes_back(network: Network) -> None:
    chaincode = network.chaincodes["Org1MSP"]
    with quick(network) as gateway:
        written(gateway)
        chaincode.kill()
        with pytest.raises(EndorseError) as caught:
            endorsed(gateway)
        assert "chaincode of an organisation does not run" in caught.value.what
        assert caught.value.details[0].msp == "Org1MSP"
        chaincode.start()
        network.wait_ready()
        assert written(gateway).valid


def test_no_orderer_is_left(own_network: MakeNetwork) -> None:
    network = own_network()
    with quick(network) as gateway:
        written(gateway)
        transaction = endorsed(gateway)
        for orderer in network.orderers:
            orderer.kill()
        with pytest.raises(SubmitError) as caught:
            gateway.submit(transaction)
        assert caught.value.code == "UNAVAILABLE"
        assert len(caught.value.details) == 3
        assert "ordering service cannot be reached" in caught.value.what
        for orderer in network.orderers:
            orderer.launch()
        for orderer in network.orderers:
            orderer.wait()
        assert submitted_at_last(gateway, transaction).valid


def submitted_at_last(gateway: Gateway, transaction: Transaction) -> Status:
    """Once the orderers have chosen a leader, by the same envelope."""
    for _ in range(60):
        try:
            gateway.submit(transaction)
            return gateway.status(transaction.transaction)
        except SubmitError:
            time.sleep(0.5)
    raise AssertionError("the orderers did not come back")


def test_mutual_tls(own_network: MakeNetwork) -> None:
    network = own_network()
    peer = network.peers["Org1MSP"]
    ask_for_certificates(network)
    issued = Authority(peer.plan.authority("Org1MSP"), "Org1MSP").server("client")
    shown = ClientTls(issued.certificate, issued.key)
    profile, identity = Profile.load(network.profile("Org1MSP")), identity_of(network.credentials("Org1MSP", "writer"))
    with Gateway(profile, identity, client_tls=shown) as gateway:
        assert written(gateway).valid
    with (
        Gateway(profile, identity, deadlines=QUICK) as gateway,
        pytest.raises(LedgerUnavailable, match=r"did not answer: (nobody|the peer)"),
    ):
        gateway.height()
    stranger = Authority(peer.folder / "stranger", "Org1MSP").server("client")
    unknown = ClientTls(stranger.certificate, stranger.key)
    with (
        Gateway(profile, identity, client_tls=unknown, deadlines=QUICK) as gateway,
        pytest.raises(LedgerUnavailable),
    ):
        gateway.height()


def ask_for_certificates(network: Network) -> None:
    peer = network.peers["Org1MSP"]
    settings = json.loads((peer.folder / "core.yaml").read_text())
    roots = [str(peer.plan.authority(msp) / "tlsca.pem") for msp in ("Org1MSP", "Org2MSP")]
    settings["peer"]["tls"] |= {"clientAuthRequired": True, "clientRootCAs": {"files": roots}}
    peer.kill()
    (peer.folder / "core.yaml").write_text(json.dumps(settings))
    peer.start()
