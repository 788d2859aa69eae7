"""Who belongs to the consortium: revoking members' certificates, taking organisations in and out."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bims_network.authority import Authority
from bims_network.channel import write_block
from bims_network.configuration import Configuration, read_config
from bims_network.edits import MEMBERS, with_member, with_revocations, without_member
from bims_network.membership import Credentials
from bims_network.nodes import Nodes
from bims_network.plan import Plan


class Consortium:
    """The organisations of a channel.

    Parameters
    ----------
    nodes : Nodes
        The network.
    """

    def __init__(self, nodes: Nodes) -> None:
        self._nodes, self._plan = nodes, nodes.plan
        self._configuration = Configuration(nodes.administrators, nodes.orderer.name)

    def revoke(self, credentials: Credentials) -> None:
        """Have the channel refuse a certificate from now on."""
        msp = credentials.msp
        crl = Authority(self._plan.authority(msp), msp).revoke(credentials.certificate.read_bytes())
        self._change(with_revocations(msp, crl), [msp])

    def add(self, wider: Plan, msp: str) -> None:
        """Take in the organisation `msp` of a plan that has it already; all who are members agree."""
        with tempfile.TemporaryDirectory() as folder:
            block = Path(folder) / "block"
            write_block(wider, block)
            group = read_config(block.read_bytes()).channel_group.groups[MEMBERS].groups[msp]
        self._change(with_member(msp, group), self._plan.members)

    def remove(self, msp: str) -> None:
        """Put an organisation out of the channel; all who are members agree."""
        path = self._kept(msp)
        self._configuration.block(path)
        self._change(without_member(msp), self._plan.members, outside=msp)

    def restore(self, msp: str) -> None:
        """Take an organisation that was put out in again; the others agree."""
        group = read_config(self._kept(msp).read_bytes()).channel_group.groups[MEMBERS].groups[msp]
        others = [other for other in self._plan.members if other != msp]
        self._change(with_member(msp, group), others, outside=msp)

    def _change(self, edit: Callable[[Any], None], signers: Sequence[str], outside: str = "") -> None:
        """Change the channel, and wait until every node that runs goes by it, but for the peer of `outside`."""
        number = self._configuration.change(edit, signers)
        peers = [peer for msp, peer in self._nodes.peers.items() if msp != outside]
        for node in (*peers, *self._nodes.orderers):
            if node.alive:
                node.wait_for_height(number + 1)

    def _kept(self, msp: str) -> Path:
        return self._plan.genesis.with_name(f"before-{msp}-left.block")
