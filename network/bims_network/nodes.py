"""All nodes of a network."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property

from bims_desktop.errors import LedgerUnavailable
from bims_network.administrator import Administrator
from bims_network.node import Node
from bims_network.orderer import Orderer
from bims_network.peer import Peer
from bims_network.plan import Plan
from bims_network.service import ChaincodeService


class Nodes:
    """The nodes of a plan, and who administers them.

    Parameters
    ----------
    plan : Plan
        The network.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def __iter__(self) -> Iterator[Node]:
        return iter((*self.orderers, *self.peers.values(), *self.chaincodes.values()))

    @cached_property
    def orderers(self) -> list[Orderer]:
        """The ordering nodes."""
        return [Orderer(self.plan, name) for name in self.plan.orderers]

    @cached_property
    def peers(self) -> dict[str, Peer]:
        """The peers, by organisation."""
        return {msp: Peer(self.plan, msp) for msp in self.plan.members}

    @cached_property
    def chaincodes(self) -> dict[str, ChaincodeService]:
        """The chaincode's processes, by organisation."""
        return {msp: ChaincodeService(self.plan, msp) for msp in self.plan.members}

    @cached_property
    def administrators(self) -> dict[str, Administrator]:
        """Who administers, by organisation."""
        return {msp: Administrator(self.plan, msp) for msp in self.plan.msps}

    @property
    def leader(self) -> Orderer | None:
        """The orderer that leads; None while there is none."""
        return next((orderer for orderer in self.orderers if orderer.leads), None)

    @property
    def orderer(self) -> Orderer:
        """An orderer that serves the channel: the leader, if there is one.

        Raises
        ------
        LedgerUnavailable
            None runs.
        """
        serving = self.leader or next((orderer for orderer in self.orderers if orderer.serves), None)
        if serving is None:
            raise LedgerUnavailable("No orderer of the network runs.", "Start it with: bims network up.")
        return serving

    def start(self) -> None:
        """Start what does not run, and wait until all of them serve."""
        for node in self:
            node.launch()
        for node in self:
            node.wait()

    def stop(self) -> None:
        """End all of them."""
        with ThreadPoolExecutor() as pool:
            list(pool.map(Node.stop, self))
