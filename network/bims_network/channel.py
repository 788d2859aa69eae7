"""The channel's first configuration, and its first block."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bims_network.binaries import find_binaries
from bims_network.plan import CHANNEL, HOST, ORDERER_MSP, Plan, peer
from bims_network.tool import run

JSON = dict[str, Any]

CAPABILITIES = {"Channel": "V3_0", "Orderer": "V2_0", "Application": "V2_5"}
BATCH = {"MaxMessageCount": 500, "AbsoluteMaxBytes": "10 MB", "PreferredMaxBytes": "2 MB"}
RAFT = {"TickInterval": "100ms", "ElectionTick": 10, "HeartbeatTick": 1, "MaxInflightBlocks": 5}
RAFT["SnapshotIntervalSize"] = "16 MB"


def write_genesis(plan: Plan) -> None:
    """Make the channel's first block."""
    plan.genesis.parent.mkdir(parents=True, exist_ok=True)
    write_block(plan, plan.genesis)


def write_block(plan: Plan, path: Path) -> None:
    """Write the first block that a channel of this plan would have, and beside it the ``configtx.yaml`` of it."""
    folder = path.parent
    (folder / "configtx.yaml").write_text(json.dumps(configtx(plan), indent=2), encoding="utf-8")
    make = ["-configPath", str(folder), "-profile", "Genesis", "-channelID", CHANNEL, "-outputBlock", str(path)]
    run(find_binaries().configtxgen, *make, environment={"FABRIC_CFG_PATH": str(folder)})


def configtx(plan: Plan) -> JSON:
    """What ``configtxgen`` reads: one profile, ``Genesis``."""
    return {
        "Profiles": {
            "Genesis": {
                "Policies": _meta("Channel"),
                "Capabilities": _capability("Channel"),
                "Orderer": _ordering(plan),
                "Application": {
                    "Organizations": [_member(plan, msp) for msp in plan.members],
                    "Policies": _meta("Application"),
                    "Capabilities": _capability("Application"),
                },
            }
        }
    }


def _ordering(plan: Plan) -> JSON:
    shared = {
        "BatchTimeout": plan.batch_timeout,
        "BatchSize": BATCH,
        "Organizations": [_orderer_organisation(plan)],
        "Policies": _meta("Orderer"),
        "Capabilities": _capability("Orderer"),
    }
    consenters = [_consenter(plan, name) for name in plan.orderers]
    if plan.consensus == "raft":
        return {**shared, "OrdererType": "etcdraft", "EtcdRaft": {"Consenters": consenters, "Options": RAFT}}
    mapping = [
        {**consenter, "ID": number, "MSPID": ORDERER_MSP, "Identity": _certificate(plan, name)}
        for number, (name, consenter) in enumerate(zip(plan.orderers, consenters, strict=True), 1)
    ]
    return {**shared, "OrdererType": "BFT", "ConsenterMapping": mapping}


def _consenter(plan: Plan, name: str) -> JSON:
    certificate = str(plan.node(name) / "tls" / "server.pem")
    port = plan.ports[name]["listen"]
    return {"Host": HOST, "Port": port, "ClientTLSCert": certificate, "ServerTLSCert": certificate}


def _certificate(plan: Plan, name: str) -> str:
    return str(plan.node(name) / "msp" / "signcerts" / "certificate.pem")


def _orderer_organisation(plan: Plan) -> JSON:
    msp = ORDERER_MSP
    rules = {"Readers": _any(msp, "member"), "Writers": _any(msp, "member"), "Admins": _any(msp, "admin")}
    endpoints = [plan.address(name) for name in plan.orderers]
    return {**_organisation(plan, msp, rules), "OrdererEndpoints": endpoints}


def _member(plan: Plan, msp: str) -> JSON:
    rules = {
        "Readers": _any(msp, "admin", "peer", "client"),
        "Writers": _any(msp, "admin", "client"),
        "Admins": _any(msp, "admin"),
        "Endorsement": _any(msp, "peer"),
    }
    anchor = {"Host": HOST, "Port": plan.ports[peer(msp)]["listen"]}
    return {**_organisation(plan, msp, rules), "AnchorPeers": [anchor]}


def _organisation(plan: Plan, msp: str, rules: dict[str, str]) -> JSON:
    policies = {name: {"Type": "Signature", "Rule": rule} for name, rule in rules.items()}
    return {"Name": msp, "ID": msp, "MSPDir": str(plan.msp(msp)), "Policies": policies}


def _any(msp: str, *units: str) -> str:
    return f"OR({', '.join(repr(f'{msp}.{unit}') for unit in units)})"


def _meta(level: str) -> JSON:
    rules = {"Readers": "ANY Readers", "Writers": "ANY Writers", "Admins": "MAJORITY Admins"}
    if level == "Orderer":
        rules["BlockValidation"] = "ANY Writers"
    if level == "Application":
        rules |= {"Endorsement": "MAJORITY Endorsement", "LifecycleEndorsement": "MAJORITY Endorsement"}
    return {name: {"Type": "ImplicitMeta", "Rule": rule} for name, rule in rules.items()}


def _capability(level: str) -> JSON:
    return {CAPABILITIES[level]: True}
