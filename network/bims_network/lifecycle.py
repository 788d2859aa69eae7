"""Deploying the chaincode: install, approve, commit."""

from __future__ import annotations

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bims_network.administrator import Administrator
from bims_network.package import identifier, pack
from bims_network.plan import CHAINCODE, CHANNEL, Plan, chaincode, peer


@dataclass(frozen=True, slots=True)
class Definition:
    """What the organisations agree on about the chaincode.

    Parameters
    ----------
    version : str
        Of the chaincode.
    sequence : int
        One more with every agreement.
    """

    version: str
    sequence: int


class Lifecycle:
    """The chaincode of a channel, seen by its administrators.

    Parameters
    ----------
    plan : Plan
        The network.
    administrators : Mapping[str, Administrator]
        By organisation.
    orderer : str
        Name of the orderer that takes the transactions.
    """

    def __init__(self, plan: Plan, administrators: Mapping[str, Administrator], orderer: str) -> None:
        self._plan, self._orderer = plan, orderer
        self._administrators = {msp: administrators[msp] for msp in plan.members}

    def committed(self) -> Definition | None:
        """The definition that holds; None before the first."""
        found = next(iter(self._administrators.values())).committed(CHAINCODE)
        return Definition(found["version"], found["sequence"]) if found else None

    def deploy(self, packages: Mapping[str, Path], definition: Definition) -> None:
        """Install on every peer, approve for every organisation, commit once."""
        with ThreadPoolExecutor() as pool:
            list(pool.map(lambda msp: self.adopt(msp, packages[msp], definition), self._administrators))
        self.commit(definition)

    def adopt(self, msp: str, package: Path, definition: Definition) -> None:
        """Install on one organisation's peer, unless it is there, and approve for the organisation."""
        administrator = self._administrators[msp]
        package_id = identifier(package.stem, package.read_bytes())
        if package_id not in administrator.installed():
            administrator.install(package)
        self._say(msp, "approveformyorg", definition, "--package-id", package_id)

    def commit(self, definition: Definition) -> None:
        """Make it hold in the channel."""
        peers: list[str] = []
        for msp in self._administrators:
            root = self._plan.authority(msp) / "tlsca.pem"
            peers += ["--peerAddresses", self._plan.address(peer(msp)), "--tlsRootCertFiles", str(root)]
        self._say(next(iter(self._administrators)), "commit", definition, *peers)

    def _say(self, msp: str, verb: str, definition: Definition, *arguments: str) -> None:
        call = ["lifecycle", "chaincode", verb, "-C", CHANNEL, "-n", CHAINCODE, "-v", definition.version]
        call += ["--sequence", str(definition.sequence), "--collections-config", str(collections_file(self._plan))]
        self._administrators[msp].ordered(self._orderer, *call, *arguments)


def write_package(plan: Plan, msp: str, version: str) -> tuple[Path, str]:
    """Write an organisation's package of this version; gives its path and identifier."""
    label = f"{CHAINCODE}_{version}"
    path = plan.genesis.parent / msp / f"{label}.tgz"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(pack(label, plan.address(chaincode(msp))))
    return path, identifier(label, path.read_bytes())


def packages(plan: Plan, msp: str) -> list[Path]:
    """Every package that was written for an organisation."""
    return sorted((plan.genesis.parent / msp).glob("*.tgz"))


def write_collections(plan: Plan) -> None:
    """Write what data only some organisations hold."""
    collections_file(plan).write_text(json.dumps(collections(plan.members), indent=2), encoding="utf-8")


def collections_file(plan: Plan) -> Path:
    """Where the definition of the private collections is."""
    return plan.genesis.parent / "collections_config.json"


def collections(members: tuple[str, ...]) -> list[dict[str, Any]]:
    """A private collection of the first organisation, and one that all members share."""
    return [_collection("org1-only", members[:1]), _collection("shared", members)]


def _collection(name: str, members: tuple[str, ...]) -> dict[str, Any]:
    everyone = ", ".join(f"'{msp}.member'" for msp in members)
    collection = {
        "name": name,
        "policy": f"OR({everyone})",
        "memberOnlyRead": True,
        "memberOnlyWrite": True,
        "requiredPeerCount": 0,
        "maxPeerCount": 1,
        "blockToLive": 0,
    }
    if len(members) == 1:
        # nobody else could endorse what only this organisation sees; others follow the channel's policy
        collection["endorsementPolicy"] = {"signaturePolicy": f"OR('{members[0]}.peer')"}
    return collection
