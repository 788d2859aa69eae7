"""The connection profile that an application of a member organisation uses."""

from __future__ import annotations

import json
from typing import Any

from bims_network.authority import Authority
from bims_network.plan import CHAINCODE, CHANNEL, ORDERER_MSP, Plan, peer


def write_profiles(plan: Plan) -> None:
    """Write a profile for every member organisation."""
    for msp in plan.members:
        plan.profile(msp).write_text(json.dumps(profile(plan, msp), indent=2), encoding="utf-8")


def profile(plan: Plan, msp: str) -> dict[str, Any]:
    """Fabric's connection profile as organisation `msp` sees the network.

    ``x-bims`` holds what an application of ours needs besides: names, and the roots against which evidence is checked.
    """
    first = [msp, *(other for other in plan.members if other != msp)]
    return {
        "name": "bims",
        "version": "1.0.0",
        "client": {"organization": msp},
        "organizations": {name: {"mspid": name, "peers": [peer(name)]} for name in first},
        "peers": {peer(name): _peer(plan, name) for name in first},
        "channels": {CHANNEL: {"peers": {peer(name): {} for name in first}}},
        "x-bims": {
            "channel": CHANNEL,
            "chaincode": CHAINCODE,
            "msps": {name: _roots(plan, name) for name in plan.msps},
            "orderers": [ORDERER_MSP],
            "consenters": _consenters(plan),
        },
    }


def _peer(plan: Plan, msp: str) -> dict[str, Any]:
    root = Authority(plan.authority(msp), msp).tls_root.decode()
    return {"url": f"grpcs://{plan.address(peer(msp))}", "tlsCACerts": {"pem": root}}


def _roots(plan: Plan, msp: str) -> dict[str, list[str]]:
    authority = Authority(plan.authority(msp), msp)
    return {"ca": [authority.root.decode()], "tlsca": [authority.tls_root.decode()]}


def _consenters(plan: Plan) -> list[dict[str, Any]]:
    """Under BFT each orderer signs blocks under its number."""
    if plan.consensus == "raft":
        return []
    paths = [plan.node(name) / "msp" / "signcerts" / "certificate.pem" for name in plan.orderers]
    return [
        {"id": number, "msp": ORDERER_MSP, "certificate": path.read_text(encoding="utf-8")}
        for number, path in enumerate(paths, 1)
    ]
