"""A node that puts transactions into blocks."""

from __future__ import annotations

import json
from pathlib import Path

from bims_network.binaries import find_binaries
from bims_network.node import Node
from bims_network.plan import CHANNEL, ORDERER_MSP, Plan
from bims_network.tool import run

SERVING = ("consenter", "active")
LEADING = ("consensus_etcdraft_is_leader", "consensus_BFT_is_leader")
ORDERING = ("consensus_etcdraft_cluster_size", "consensus_BFT_cluster_size")


class Orderer(Node):
    """An ordering node (Raft or BFT)."""

    kind = "orderer"

    def __init__(self, plan: Plan, name: str) -> None:
        super().__init__(plan, name, ORDERER_MSP)

    def launch(self) -> None:
        """Start its process, unless it runs; returns at once."""
        environment = {"FABRIC_CFG_PATH": str(self.folder), "FABRIC_LOGGING_SPEC": "info"}
        self._process.start([str(find_binaries().orderer)], environment)

    @property
    def ready(self) -> bool:
        """Whether it serves."""
        return self._listens() and self._healthy()

    @property
    def joined(self) -> bool:
        """Whether it takes part in the channel."""
        return "participation_status" in self.metrics()

    @property
    def serves(self) -> bool:
        """Whether it orders for the channel: is of the cluster, has all blocks, and takes transactions."""
        # one that has just fetched the last block is listed as serving before it starts to order
        if not any(name in self.metrics() for name in ORDERING):
            return False
        said = json.loads(self.admin("list"))
        return (said["consensusRelation"], said["status"]) == SERVING

    @property
    def leads(self) -> bool:
        """Whether it leads; under BFT as far as the last block tells."""
        return any(self.metrics().get(name) == 1 for name in LEADING)

    def join(self, block: Path) -> None:
        """Let it take part in the channel of a configuration block, unless it does."""
        if not self.joined:
            self.admin("join", "--config-block", str(block))

    def fetch(self, number: int, path: Path) -> None:
        """Write one of its blocks to `path`."""
        self.admin("fetch", "--blockID", str(number), "--outputfile", str(path))

    def admin(self, verb: str, *arguments: str) -> str:
        """Call ``osnadmin channel`` on it."""
        tls = self.folder / "tls"
        call = ["channel", verb, "--channelID", CHANNEL, "-o", self.plan.address(self.name, "admin"), "--no-status"]
        call += ["--ca-file", str(tls / "root.pem"), "--client-cert", str(tls / "server.pem")]
        call += ["--client-key", str(tls / "server.key")]
        return run(find_binaries().osnadmin, *call, *arguments, environment={})
