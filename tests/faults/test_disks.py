"""The disk of a node is wiped while records are on their way, and the node joins again."""

from __future__ import annotations

from pathlib import Path

import pytest

from bims_network import Network
from bims_network.orderer import Orderer
from bims_network.peer import Peer
from bims_network.waiting import wait_until
from tests.fabric_network import MakeNetwork
from tests.faults.laboratory import Laboratory, check_same_blocks

pytestmark = pytest.mark.fabric

RECORDS = 200


@pytest.mark.parametrize("kind", ["peer", "orderer", "leader"])
def test_a_wiped_node_gets_every_block_again(own_network: MakeNetwork, tmp_path: Path, kind: str) -> None:
    network = own_network(batch_timeout="50ms")
    laboratory = Laboratory(tmp_path / "home", network, first=30_000, count=RECORDS)
    with laboratory.carrier() as carrier:
        wait_until(lambda: carrier.status.committed > 20, "nothing was committed before the disk was lost")
        node = _node(network, kind)
        node.wipe()
        network.rejoin(node)
        laboratory.check_carried(carrier)
    tallest = max(other.height or 0 for other in network.orderers)
    holders = [*network.peers.values(), *network.orderers]
    wait_until(lambda: all(holder.height == tallest for holder in holders), "the nodes did not come to agree")
    check_same_blocks(network)


def _node(network: Network, kind: str) -> Peer | Orderer:
    if kind == "peer":
        return network.peers["Org2MSP"]
    leader = network.leader
    assert leader is not None
    return leader if kind == "leader" else next(node for node in network.orderers if node is not leader)
