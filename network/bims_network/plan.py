"""What one network consists of, and where each part of it is kept."""

from __future__ import annotations

import json
import random
import socket
from collections.abc import Collection
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Literal

from bims_desktop.errors import LedgerUnavailable

Consensus = Literal["raft", "bft"]

CHANNEL = "provenance"
CHAINCODE = "provenance-ledger"
ORDERER_MSP = "OrdererMSP"
MEMBERS = ("Org1MSP", "Org2MSP")
ORDERERS = {"raft": 3, "bft": 4}
HOST = "127.0.0.1"
PORTS = {
    "orderer": ("listen", "admin", "operations"),
    "peer": ("listen", "chaincode", "operations"),
    "chaincode": ("listen",),
}
# below the range from which systems take the ports of outgoing connections: a node finds its port free again
CHOICE = range(20000, 32000)


@dataclass(frozen=True, slots=True)
class Plan:
    """The nodes of a network with their ports.

    Parameters
    ----------
    folder : Path
        Everything of the network is in it.
    consensus : {"raft", "bft"}
        How the orderers agree.
    batch_timeout : str
        How long an orderer waits for a block to fill, as Go writes durations: ``"250ms"``.
    members : tuple of str
        Organisations with a peer.
    ports : dict of dict
        Ports by node and purpose.
    """

    folder: Path
    consensus: Consensus = "raft"
    batch_timeout: str = "250ms"
    members: tuple[str, ...] = MEMBERS
    ports: dict[str, dict[str, int]] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path) -> Plan | None:
        """The plan that is kept in `folder`; None where there is none."""
        try:
            kept = json.loads((folder / "network.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        return cls(folder, **{**kept, "members": tuple(kept["members"])})

    def save(self) -> None:
        """Keep it in its folder."""
        facts = asdict(self)
        del facts["folder"]
        (self.folder / "network.json").write_text(json.dumps(facts, indent=2), encoding="utf-8")

    def with_ports(self, base: int = 0) -> Plan:
        """The same plan with a port for everything that has none.

        Parameters
        ----------
        base : int
            First of the ports; 0 takes free ones.
        """
        missing = [name for name in self.names if name not in self.ports]
        purposes = [(name, purpose) for name in missing for purpose in PORTS[_kind(name)]]
        taken = {port for ports in self.ports.values() for port in ports.values()}
        numbers = iter(range(base, base + len(purposes)) if base else free_ports(len(purposes), taken))
        ports = dict(self.ports) | {name: {} for name in missing}
        for name, purpose in purposes:
            ports[name][purpose] = next(numbers)
        return replace(self, ports=ports)

    @property
    def orderers(self) -> tuple[str, ...]:
        """Names of the ordering nodes."""
        return tuple(f"orderer{number + 1}" for number in range(ORDERERS[self.consensus]))

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all nodes."""
        return (*self.orderers, *map(peer, self.members), *map(chaincode, self.members))

    @property
    def msps(self) -> tuple[str, ...]:
        """All organisations."""
        return (*self.members, ORDERER_MSP)

    @property
    def genesis(self) -> Path:
        """First block of the channel."""
        return self.folder / "channel" / "genesis.block"

    @property
    def builder(self) -> Path:
        """Folder of the external builder that peers run."""
        return self.folder / "builder"

    def address(self, name: str, purpose: str = "listen") -> str:
        """Host and port of a node."""
        return f"{HOST}:{self.ports[name][purpose]}"

    def node(self, name: str) -> Path:
        """Folder of a node."""
        return self.folder / "nodes" / name

    def authority(self, msp: str) -> Path:
        """Folder of an organisation's certificate authorities."""
        return self.folder / "organisations" / msp / "authority"

    def msp(self, msp: str) -> Path:
        """Folder of what others need to know an organisation's members."""
        return self.folder / "organisations" / msp / "msp"

    def identity(self, msp: str, name: str) -> Path:
        """Folder of one member of an organisation."""
        return self.folder / "organisations" / msp / "members" / name

    def profile(self, msp: str) -> Path:
        """Connection profile of an organisation."""
        return self.folder / "organisations" / msp / "profile.json"


def _kind(name: str) -> str:
    return name.partition(".")[0].rstrip("0123456789")


def peer(msp: str) -> str:
    """Name of an organisation's peer."""
    return f"peer.{msp.removesuffix('MSP').lower()}"


def chaincode(msp: str) -> str:
    """Name of an organisation's chaincode service."""
    return f"chaincode.{msp.removesuffix('MSP').lower()}"


def free_ports(count: int, taken: Collection[int] = ()) -> list[int]:
    """`count` ports on which nothing listens."""
    ports: list[int] = []
    with ExitStack() as open_sockets:
        for port in random.sample(CHOICE, len(CHOICE)):
            if len(ports) == count:
                return ports
            probe = open_sockets.enter_context(socket.socket())
            if port not in taken and _binds(probe, port):
                ports.append(port)
    raise LedgerUnavailable(f"There are no {count} free ports between {CHOICE.start} and {CHOICE.stop}.")


def _binds(probe: socket.socket, port: int) -> bool:
    try:
        probe.bind((HOST, port))
    except OSError:
        return False
    return True
