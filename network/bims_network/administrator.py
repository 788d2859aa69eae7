"""What an organisation's administrator does with Fabric's ``peer`` tool."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bims_network.binaries import find_binaries
from bims_network.plan import CHANNEL, ORDERER_MSP, Plan, peer
from bims_network.tool import run

ADMIN = "admin"


class Administrator:
    """One organisation's administrator.

    Parameters
    ----------
    plan : Plan
        The network.
    msp : str
        The organisation; the orderers' has no peer, and speaks to orderers only.
    """

    def __init__(self, plan: Plan, msp: str) -> None:
        self.plan, self.msp = plan, msp
        self._peer = peer(msp if msp in plan.members else plan.members[0])

    def peer(self, *arguments: str) -> str:
        """Call ``peer`` towards the organisation's own peer."""
        folder = self.plan.node(self._peer)
        environment = {
            "FABRIC_CFG_PATH": str(folder),
            "FABRIC_LOGGING_SPEC": "warning",
            "CORE_PEER_ADDRESS": self.plan.address(self._peer),
            "CORE_PEER_LOCALMSPID": self.msp,
            "CORE_PEER_MSPCONFIGPATH": str(self.plan.identity(self.msp, ADMIN)),
            "CORE_PEER_TLS_ROOTCERT_FILE": str(folder / "tls" / "root.pem"),
        }
        return run(find_binaries().peer, *arguments, environment=environment)

    def ordered(self, orderer: str, *arguments: str) -> str:
        """Call ``peer`` for something that goes through the orderer named `orderer`."""
        root = self.plan.authority(ORDERER_MSP) / "tlsca.pem"
        return self.peer(*arguments, "-o", self.plan.address(orderer), "--tls", "--cafile", str(root))

    def join(self, block: Path) -> None:
        """Let the peer take part in the channel."""
        self.peer("channel", "join", "-b", str(block))

    def install(self, package: Path) -> None:
        """Install a chaincode package on the peer."""
        self.peer("lifecycle", "chaincode", "install", str(package))

    def installed(self) -> set[str]:
        """Identifiers of the packages on the peer."""
        said = json.loads(self.peer("lifecycle", "chaincode", "queryinstalled", "-O", "json"))
        return {entry["package_id"] for entry in said.get("installed_chaincodes", [])}

    def committed(self, name: str) -> dict[str, Any] | None:
        """The chaincode's definition in the channel; None where it has none."""
        said = json.loads(self.peer("lifecycle", "chaincode", "querycommitted", "-C", CHANNEL, "-O", "json"))
        found = [entry for entry in said.get("chaincode_definitions", []) if entry["name"] == name]
        return found[0] if found else None

    def fetch(self, which: str, path: Path) -> Path:
        """Write a block of the peer's ledger to `path`: a number, ``newest`` or ``config``."""
        self.peer("channel", "fetch", which, str(path), "-c", CHANNEL)
        return path
