"""A whole network of Hyperledger Fabric on this computer, without containers."""

from __future__ import annotations

import fcntl
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from bims_desktop.errors import LedgerUnavailable
from bims_desktop.ledger.fabric.block import header_bytes
from bims_network.authority import Authority
from bims_network.consortium import Consortium
from bims_network.deployment import Deployment
from bims_network.joining import join, rejoin_orderer, rejoin_peer
from bims_network.material import remove_material, write_material, write_member_organisation
from bims_network.membership import Credentials, write_member
from bims_network.messages import common
from bims_network.node import Node
from bims_network.nodes import Nodes
from bims_network.orderer import Orderer
from bims_network.peer import Peer
from bims_network.plan import Consensus, Plan
from bims_network.profile import write_profiles
from bims_network.readiness import wait_for_endorsements
from bims_network.renewal import renew
from bims_network.service import ChaincodeService
from bims_network.sources import find_sources

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class NodeStatus:
    """One node at one moment; memory in bytes, `height` the number of its blocks."""

    name: str
    kind: str
    msp: str
    address: str
    pid: int | None
    rss: int
    height: int | None
    ready: bool


class Network:
    """Two organisations with a peer each, and three Raft or four BFT orderers.

    Parameters
    ----------
    folder : Path
        Keys, settings, data and logs; a network that is in it is started again as it was.
    consensus : {"raft", "bft"}, optional
        For a new network; Raft if nothing is said.
    batch_timeout : str, optional
        For a new network; ``"250ms"`` if nothing is said.
    base_port : int
        First port of a new network; 0 takes free ones.
    chaincode : Path, optional
        Sources of the chaincode; those that came with this program by default.
    """

    def __init__(
        self,
        folder: Path,
        *,
        consensus: Consensus | None = None,
        batch_timeout: str | None = None,
        base_port: int = 0,
        chaincode: Path | None = None,
    ) -> None:
        self.folder = folder.absolute()
        self._chaincode = chaincode
        self._wanted = (consensus, batch_timeout, base_port)
        self._nodes: Nodes | None = None

    @property
    def exists(self) -> bool:
        """Whether there is a network in the folder, running or not."""
        return Plan.load(self.folder) is not None

    @property
    def nodes(self) -> Nodes:
        """Every node.

        Raises
        ------
        LedgerUnavailable
            The network was never started.
        """
        if self._nodes is None:
            plan = Plan.load(self.folder)
            if plan is None:
                raise LedgerUnavailable(f"There is no network in {self.folder}.", "Start one with: bims network up.")
            self._nodes = Nodes(plan)
        return self._nodes

    @property
    def orderers(self) -> list[Orderer]:
        """The ordering nodes."""
        return self.nodes.orderers

    @property
    def peers(self) -> dict[str, Peer]:
        """The peers, by organisation."""
        return self.nodes.peers

    @property
    def chaincodes(self) -> dict[str, ChaincodeService]:
        """The chaincode's processes, by organisation."""
        return self.nodes.chaincodes

    @property
    def leader(self) -> Orderer | None:
        """The orderer that leads; None while there is none."""
        return self.nodes.leader

    def up(self, progress: Progress | None = None) -> None:
        """Start what does not run, and deploy the chaincode where it is not or is another.

        Raises
        ------
        LedgerUnavailable
            A program is missing, or a node does not start; says which, and where its log is.
        """
        say = progress or (lambda text: None)
        with self._locked():
            self._prepare()
            say("Building the chaincode …")
            deployment = self._deployment()
            deployment.place_all()
            say("Starting the nodes …")
            self.nodes.start()
            join(self.nodes)
            say("Deploying the chaincode …")
            deployment.agree()
            # a service that was stopped for a new version starts with it
            self.nodes.start()
            say("Waiting for both organisations …")
            self.wait_ready()

    def down(self, *, wipe: bool = False) -> None:
        """End exactly the processes that were started here; nothing where there is no network.

        Parameters
        ----------
        wipe : bool
            Delete the network with all its data and keys, too.
        """
        if not self.exists:
            return
        with self._locked():
            self.nodes.stop()
            if wipe:
                remove_material(self.nodes.plan)
        self._nodes = None

    def status(self) -> tuple[NodeStatus, ...]:
        """Every node as it is now."""
        with ThreadPoolExecutor() as pool:
            return tuple(pool.map(_status, self.nodes))

    def wait_ready(self) -> None:
        """Wait until every organisation's gateway gets the endorsements that a write needs."""
        for msp in self.nodes.plan.members:
            wait_for_endorsements(self.nodes.plan, self.credentials(msp, "writer"))

    def rejoin(self, node: Peer | Orderer) -> None:
        """Start a node whose disk was wiped, and wait until it holds every block that the others had."""
        if isinstance(node, Peer):
            rejoin_peer(self.nodes, node)
        else:
            rejoin_orderer(self.nodes, node)

    def add(self, msp: str) -> None:
        """Take a new organisation in, with a peer and a chaincode process of its own."""
        with self._locked():
            old = self.nodes.plan
            plan = replace(old, members=(*old.members, msp)).with_ports()
            write_member_organisation(plan, msp)
            self.consortium().add(plan, msp)
            plan.save()
            write_profiles(plan)
            self._nodes = Nodes(plan)
            deployment = self._deployment()
            deployment.place(msp)
            self.nodes.start()
            join(self.nodes)
            deployment.adopt(msp)
        self.wait_ready()

    def renew(self, node: Peer | Orderer) -> None:
        """Give a peer or a Raft orderer new certificates and keys, and start it again with them."""
        renew(self.nodes, node)

    def block_hash(self, node: Peer | Orderer, number: int) -> str:
        """Hash of a block's header as a node holds it; it covers every block before it."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "block"
            if isinstance(node, Peer):
                self.nodes.administrators[node.msp].fetch(str(number), path)
            else:
                node.fetch(number, path)
            block = common.Block.FromString(path.read_bytes())
        return sha256(header_bytes(block.header)).hexdigest()

    def issue(
        self,
        msp: str,
        name: str,
        role: str = "",
        *,
        valid_until: datetime | None = None,
        organisation_ca: Authority | None = None,
    ) -> Credentials:
        """Certify somebody as a client of an organisation.

        Parameters
        ----------
        msp, name : str
            The organisation, and the common name.
        role : {"writer", "reader", "auditor", ""}
            What the contract lets them do.
        valid_until : datetime, optional
            End of the certificate; a past one makes an expired one.
        organisation_ca : Authority, optional
            Whoever certifies, if not the organisation's own.
        """
        plan = self.nodes.plan
        authority = organisation_ca or Authority(plan.authority(msp), msp)
        issued = authority.member(name, "client", role, valid_until)
        return replace(write_member(plan.identity(msp, name), authority, issued), msp=msp)

    def credentials(self, msp: str, name: str) -> Credentials:
        """Somebody certified before; ``up`` certifies an admin, a writer, a reader and an auditor everywhere."""
        folder = self.nodes.plan.identity(msp, name)
        return Credentials(folder / "signcerts" / "certificate.pem", folder / "keystore" / "key.pem", msp)

    def revoke(self, credentials: Credentials) -> None:
        """Have the channel refuse a member's certificate from now on."""
        self.consortium().revoke(credentials)

    def consortium(self) -> Consortium:
        """Who belongs to the channel, to change it."""
        return Consortium(self.nodes)

    def profile(self, msp: str) -> Path:
        """Connection profile of a member organisation."""
        return self.nodes.plan.profile(msp)

    def _prepare(self) -> None:
        """Make the network on disk, unless it is there."""
        consensus, batch_timeout, base_port = self._wanted
        kept = Plan.load(self.folder)
        if kept is None:
            plan = Plan(self.folder, consensus or "raft", batch_timeout or "250ms").with_ports(base_port)
            write_material(plan)
        elif consensus not in (None, kept.consensus) or batch_timeout not in (None, kept.batch_timeout):
            raise LedgerUnavailable(
                f"The network in {self.folder} is {kept.consensus} with {kept.batch_timeout}.",
                "Choose another folder, or delete it first with: bims network down --wipe.",
            )

    def _deployment(self) -> Deployment:
        return Deployment(self.nodes, self._chaincode or find_sources())

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One driver at a time for each folder."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _status(node: Node) -> NodeStatus:
    return NodeStatus(
        node.name, node.kind, node.msp, node.address, node.pid, node.rss, node.height, node.alive and node.ready
    )
