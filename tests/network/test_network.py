"""A whole network: start, deploy, stop, start again."""

from __future__ import annotations

import time

import pytest

from bims_desktop.errors import LedgerUnavailable
from bims_network import Network
from tests.fabric_network import MakeNetwork, open_gateway

pytestmark = pytest.mark.fabric

CHUNK = "aGVsbG8="
WARM = 15.0


def put(network: Network, msp: str = "Org1MSP") -> bytes:
    gateway = open_gateway(network, msp)
    try:
        transaction = gateway.endorse(gateway.propose("PutChunk", CHUNK))
        gateway.commit(transaction)
        return transaction.result
    finally:
        gateway.close()


def test_both_organisations_write(network: Network) -> None:
    assert put(network, "Org1MSP") == put(network, "Org2MSP")


def test_status_tells_of_every_node(network: Network) -> None:
    status = {node.name: node for node in network.status()}
    assert len(status) == 7
    assert all(node.ready and node.pid and node.rss > 10_000_000 for node in status.values())
    assert {node.height for node in status.values() if node.kind != "chaincode"} != {None}


def test_a_second_up_changes_nothing(network: Network) -> None:
    before = {node.name: node.pid for node in network.nodes}
    Network(network.folder).up()
    assert {node.name: node.pid for node in network.nodes} == before


def test_a_running_network_is_not_turned_into_another(network: Network) -> None:
    with pytest.raises(LedgerUnavailable, match="raft with 250ms"):
        Network(network.folder, consensus="bft").up()


def test_warm_restart_keeps_the_ledger(own_network: MakeNetwork) -> None:
    network = own_network()
    put(network)
    height = network.peers["Org1MSP"].height
    network.down()
    assert not any(node.alive for node in network.nodes)
    again = Network(network.folder)
    began = time.monotonic()
    again.up()
    assert time.monotonic() - began < WARM
    assert again.peers["Org1MSP"].height == height
    put(again)
