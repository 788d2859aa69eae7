"""Nodes that die or lose their disk, certificates and members that are withdrawn: on the real network."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bims_desktop.errors import TransactionError
from bims_network import Authority, Credentials, Network
from bims_network.orderer import Orderer
from bims_network.peer import Peer
from bims_network.waiting import wait_until
from tests.fabric_network import MakeNetwork, open_gateway

pytestmark = pytest.mark.fabric


def put(network: Network, content: str, msp: str = "Org1MSP", who: str | Credentials = "writer") -> int:
    """Commit a chunk; gives its block."""
    with open_gateway(network, msp, who) as gateway:
        chunk = base64.b64encode(content.encode()).decode()
        return gateway.commit(gateway.endorse(gateway.propose("PutChunk", chunk))).block


def holders(network: Network) -> list[Peer | Orderer]:
    return [*network.orderers, *network.peers.values()]


def same_blocks(network: Network, last: int) -> bool:
    """Whether every node holds the same blocks up to number `last`."""
    for node in holders(network):
        wait_until(lambda node=node: (node.height or 0) > last, f"{node.name} has no block {last}")  # type: ignore[misc]
    return len({network.block_hash(node, last) for node in holders(network)}) == 1


@pytest.fixture
def ready(network: Network) -> Iterator[Network]:
    """The shared network, given back as it was taken: everything running."""
    yield network
    network.nodes.start()
    network.wait_ready()


def test_a_killed_peer_comes_back_with_its_blocks(ready: Network) -> None:
    peer = ready.peers["Org1MSP"]
    peer.kill()
    assert not peer.alive
    assert peer.height is None
    peer.start()
    ready.wait_ready()
    assert same_blocks(ready, put(ready, "after the peer"))


def test_a_killed_chaincode_comes_back(ready: Network) -> None:
    ready.chaincodes["Org2MSP"].kill()
    ready.chaincodes["Org2MSP"].start()
    ready.wait_ready()
    put(ready, "after the chaincode")


def test_a_wiped_peer_fetches_everything_again(ready: Network) -> None:
    peer = ready.peers["Org2MSP"]
    peer.wipe()
    assert not (peer.folder / "data").exists()
    ready.rejoin(peer)
    ready.wait_ready()
    assert same_blocks(ready, put(ready, "after the wipe", "Org2MSP"))


@pytest.mark.parametrize("leads", [False, True], ids=["a follower", "the leader"])
def test_a_wiped_orderer_fetches_everything_again(ready: Network, leads: bool) -> None:
    orderer = next(node for node in ready.orderers if node.leads == leads)
    orderer.wipe()
    ready.rejoin(orderer)
    assert same_blocks(ready, put(ready, f"after the wipe of {orderer.name}"))


def test_bft_orders_with_one_of_four_lost(own_network: MakeNetwork) -> None:
    network = own_network(consensus="bft", batch_timeout="50ms")
    follower = next(node for node in reversed(network.orderers) if not node.leads)
    follower.wipe()
    put(network, "three of four")
    network.rejoin(follower)
    assert same_blocks(network, put(network, "four again"))


def test_only_certificates_that_hold_are_heard(network: Network, tmp_path: Path) -> None:
    good = network.issue("Org1MSP", "good", "writer")
    put(network, "good", who=good)
    past = datetime.now(UTC) - timedelta(hours=1)
    bad = {
        "expired": network.issue("Org1MSP", "late", "writer", valid_until=past),
        "another CA": network.issue(
            "Org1MSP", "forged", "writer", organisation_ca=Authority(tmp_path / "ca", "Org1MSP")
        ),
        "another organisation": replace(good, msp="Org2MSP"),
        "no role": network.issue("Org1MSP", "nobody"),
        "a reader": network.credentials("Org1MSP", "reader"),
    }
    for why, credentials in bad.items():
        with pytest.raises(TransactionError):
            put(network, why, who=credentials)


def test_a_revoked_certificate_is_heard_no_more(network: Network) -> None:
    eve, bob = (network.issue("Org2MSP", name, "writer") for name in ("eve", "bob"))
    put(network, "before", who=eve)
    network.revoke(eve)
    with pytest.raises(TransactionError):
        put(network, "after", who=eve)
    network.revoke(bob)
    for revoked in (eve, bob):
        with pytest.raises(TransactionError):
            put(network, "still", who=revoked)
    put(network, "others", "Org2MSP")


def test_a_member_that_is_put_out_is_heard_no_more(own_network: MakeNetwork) -> None:
    network = own_network()
    consortium = network.consortium()
    consortium.remove("Org2MSP")
    with pytest.raises(TransactionError):
        put(network, "outside", "Org2MSP")
    put(network, "inside", "Org1MSP")
    consortium.restore("Org2MSP")
    network.wait_ready()
    assert same_blocks(network, put(network, "inside again", "Org2MSP"))


def test_up_mends_what_was_lost_while_it_was_down(own_network: MakeNetwork) -> None:
    network = own_network()
    block = put(network, "before")
    network.down()
    network.orderers[0].wipe()
    network.peers["Org1MSP"].wipe()
    network.up()
    assert same_blocks(network, block)
    assert same_blocks(network, put(network, "after"))
