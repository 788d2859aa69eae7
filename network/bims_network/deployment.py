"""Which chaincode the network runs, and bringing it there."""

from __future__ import annotations

from pathlib import Path

from bims_network import sources
from bims_network.lifecycle import Definition, Lifecycle, write_package
from bims_network.nodes import Nodes


class Deployment:
    """One state of the chaincode's sources, on its way into a network.

    Parameters
    ----------
    nodes : Nodes
        The network.
    chaincode : Path
        The sources; built here, unless they were before.
    """

    def __init__(self, nodes: Nodes, chaincode: Path) -> None:
        self._nodes = nodes
        self._built = sources.build(chaincode)
        self._version = sources.version(chaincode)

    def place(self, msp: str) -> Path:
        """Write the package of an organisation and choose what its service runs."""
        path, package = write_package(self._nodes.plan, msp, self._version)
        service = self._nodes.chaincodes[msp]
        if service.deploy(package, self._built):
            service.stop()
        return path

    def place_all(self) -> None:
        """Do so for every organisation."""
        for msp in self._nodes.plan.members:
            self.place(msp)

    def agree(self) -> None:
        """Have the organisations agree on this version, unless they did."""
        lifecycle = self._lifecycle()
        now = lifecycle.committed()
        if now is None or now.version != self._version:
            packages = {msp: self.place(msp) for msp in self._nodes.plan.members}
            lifecycle.deploy(packages, Definition(self._version, now.sequence + 1 if now else 1))

    def adopt(self, msp: str) -> None:
        """Have an organisation install and approve what the others run already."""
        lifecycle = self._lifecycle()
        now = lifecycle.committed()
        if now is not None:
            lifecycle.adopt(msp, self.place(msp), now)

    def _lifecycle(self) -> Lifecycle:
        return Lifecycle(self._nodes.plan, self._nodes.administrators, self._nodes.orderer.name)
