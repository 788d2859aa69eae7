"""Giving a node new certificates before the old ones end."""

from __future__ import annotations

from bims_desktop.errors import LedgerError
from bims_network.authority import Authority
from bims_network.configuration import Configuration
from bims_network.edits import with_renewed_consenter
from bims_network.membership import write_member, write_tls
from bims_network.nodes import Nodes
from bims_network.orderer import Orderer
from bims_network.peer import Peer
from bims_network.plan import ORDERER_MSP
from bims_network.waiting import wait_until


def renew(nodes: Nodes, node: Peer | Orderer) -> None:
    """Certify a node anew, for its signatures and for its TLS, and restart it.

    Raises
    ------
    LedgerError
        It is a BFT orderer.
    """
    authority = Authority(nodes.plan.authority(node.msp), node.msp)
    tls = authority.server(node.name)
    if isinstance(node, Orderer):
        _announce(nodes, node, tls.certificate)
    node.stop()
    write_tls(node.folder / "tls", authority, tls)
    write_member(node.folder / "msp", authority, authority.member(node.name, node.kind))
    node.start()
    wait_until(lambda: node.serves, f"{node.name} did not come back")


def _announce(nodes: Nodes, orderer: Orderer, certificate: bytes) -> None:
    """Tell the channel which certificate an orderer will show, while it still runs with the old one."""
    if nodes.plan.consensus == "bft":
        # the channel names the BFT orderers' signing certificates too, and blocks must stay checkable by them
        raise LedgerError("The certificates of BFT orderers are not renewed here.", "See docs/network/certificates.md.")
    edit = with_renewed_consenter(nodes.plan.ports[orderer.name]["listen"], certificate)
    number = Configuration(nodes.administrators, nodes.orderer.name).change(edit, [ORDERER_MSP])
    orderer.wait_for_height(number + 1)
