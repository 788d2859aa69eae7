"""A node that holds an organisation's copy of the ledger and endorses for it."""

from __future__ import annotations

from bims_network.binaries import find_binaries
from bims_network.node import Node
from bims_network.plan import Plan, peer


class Peer(Node):
    """An organisation's peer, with its gateway."""

    kind = "peer"

    def __init__(self, plan: Plan, msp: str) -> None:
        super().__init__(plan, peer(msp), msp)

    def launch(self) -> None:
        """Start its process, unless it runs; returns at once."""
        environment = {"FABRIC_CFG_PATH": str(self.folder), "FABRIC_LOGGING_SPEC": "info"}
        self._process.start([str(find_binaries().peer), "node", "start"], environment)

    @property
    def ready(self) -> bool:
        """Whether it serves."""
        return self._listens() and self._healthy()

    @property
    def serves(self) -> bool:
        """Whether it takes part in the channel, and answers."""
        return self.ready and self.joined

    @property
    def joined(self) -> bool:
        """Whether it takes part in the channel."""
        return self.height is not None
