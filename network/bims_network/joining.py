"""Bringing nodes into the channel: at first, and again when their disk was lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from bims_desktop.errors import LedgerUnavailable
from bims_network.configuration import Configuration
from bims_network.edits import with_consenter, without_consenter
from bims_network.lifecycle import packages
from bims_network.nodes import Nodes
from bims_network.orderer import Orderer
from bims_network.peer import Peer
from bims_network.plan import HOST, ORDERER_MSP
from bims_network.waiting import retry, wait_until

PATIENCE = 120.0


def join(nodes: Nodes) -> None:
    """Let every node take part in the channel, and wait until transactions can be ordered."""
    outside = [orderer for orderer in nodes.orderers if not orderer.joined]
    if len(outside) < len(nodes.orderers):
        for orderer in outside:
            rejoin_orderer(nodes, orderer)
    with ThreadPoolExecutor() as pool:
        new = [orderer for orderer in outside if not orderer.joined]
        list(pool.map(lambda orderer: orderer.join(nodes.plan.genesis), new))
        list(
            pool.map(lambda peer: rejoin_peer(nodes, peer), [peer for peer in nodes.peers.values() if not peer.joined])
        )
    wait_until(lambda: _ordering(nodes), "The orderers agreed on no leader")


def rejoin_peer(nodes: Nodes, peer: Peer) -> None:
    """Start an empty peer, fetch all blocks from the orderers, and install the chaincode again.

    The organisation's approval of the chaincode is on the ledger and still holds. Private
    data come back from other peers that hold them; what this peer alone held is lost.
    """
    others = [node.height or 0 for node in (*nodes.orderers, *nodes.peers.values()) if node is not peer]
    peer.start()
    administrator = nodes.administrators[peer.msp]
    if not peer.joined:
        administrator.join(nodes.plan.genesis)
    peer.wait_for_height(max(others), PATIENCE)
    for package in packages(nodes.plan, peer.msp):
        administrator.install(package)


def rejoin_orderer(nodes: Nodes, orderer: Orderer) -> None:
    """Start an empty orderer and let it fetch all blocks from the others.

    Under Raft it comes back as a new member of the cluster: one that forgot what it
    acknowledged must not vote under its old number, and would be refused the old entries.
    """
    others = [node for node in nodes.orderers if node is not orderer and node.serves]
    if not others:
        raise LedgerUnavailable(f"No orderer is left from which {orderer.name} could fetch.", "Start the others first.")
    configuration = Configuration(nodes.administrators, others[0].name)
    orderer.kill()
    if nodes.plan.consensus == "raft":
        port = nodes.plan.ports[orderer.name]["listen"]
        certificate = (orderer.folder / "tls" / "server.pem").read_bytes()
        # a leader that was just elected does not know yet who is alive, and lets nobody go
        retry(lambda: configuration.change(without_consenter(port), [ORDERER_MSP]))
        retry(lambda: configuration.change(with_consenter(HOST, port, certificate), [ORDERER_MSP]))
    orderer.start()
    orderer.join(configuration.block(nodes.plan.genesis.with_name("newest.block")))
    orderer.wait_for_height(max(node.height or 0 for node in others), PATIENCE)
    wait_until(lambda: orderer.serves, f"{orderer.name} did not become one of the cluster", PATIENCE)


def _ordering(nodes: Nodes) -> bool:
    # a BFT orderer tells who leads only after a first block; its cluster needs no election for that
    led = nodes.leader is not None or nodes.plan.consensus == "bft"
    return led and all(orderer.serves for orderer in nodes.orderers)
