"""Settings files of the nodes: JSON, which is YAML too."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bims_network.plan import HOST, ORDERER_MSP, Plan

JSON = dict[str, Any]

# Fabric's defaults leave a gateway without endorsers for half a minute after each change of the network
GOSSIP: JSON = {
    "useLeaderElection": False,
    "orgLeader": True,
    "membershipTrackerInterval": "1s",
    "reconnectInterval": "1s",
    "aliveTimeInterval": "1s",
    "aliveExpirationTimeout": "5s",
    "pullInterval": "1s",
    "requestStateInfoInterval": "500ms",
    "publishStateInfoInterval": "500ms",
    "state": {"enabled": False},
}
# with one peer for each organisation nobody else may hold what is missing: do not hold blocks up for it
PRIVATE_DATA: JSON = {
    "pullRetryThreshold": "2s",
    "reconcileSleepInterval": "2s",
    "reconciliationEnabled": True,
    "transientstoreMaxBlockRetention": 1000,
    "pushAckTimeout": "3s",
    "reconcileBatchSize": 10,
    "btlPullMargin": 10,
    "implicitCollectionDisseminationPolicy": {"requiredPeerCount": 0, "maxPeerCount": 1},
}
SOFTWARE_KEYS: JSON = {"Default": "SW", "SW": {"Hash": "SHA2", "Security": 256}}
FILTERS = ("DefaultAuth", "ExpirationCheck", "TimeWindowCheck")
TIME_WINDOW = "15m"


def write_peer(plan: Plan, name: str, msp: str) -> None:
    """Write ``core.yaml`` of a peer."""
    folder = plan.node(name)
    settings = {
        "peer": _peer(plan, name, msp),
        "vm": {"endpoint": ""},
        "chaincode": _chaincode(plan.builder),
        "ledger": {
            "state": {"stateDatabase": "goleveldb", "totalQueryLimit": 100000},
            "history": {"enableHistoryDatabase": True},
            "snapshots": {"rootDir": str(folder / "data" / "snapshots")},
        },
        "operations": {"listenAddress": plan.address(name, "operations")},
        "metrics": {"provider": "prometheus"},
    }
    (folder / "core.yaml").write_text(json.dumps(settings, indent=2), encoding="utf-8")


def write_orderer(plan: Plan, name: str) -> None:
    """Write ``orderer.yaml`` of an ordering node."""
    folder, ports = plan.node(name), plan.ports[name]
    tls = _orderer_tls(folder)
    settings = {
        "General": {
            "ListenAddress": HOST,
            "ListenPort": ports["listen"],
            "BootstrapMethod": "none",
            "LocalMSPDir": str(folder / "msp"),
            "LocalMSPID": ORDERER_MSP,
            "BCCSP": SOFTWARE_KEYS,
            "Authentication": {"TimeWindow": TIME_WINDOW},
            "Backoff": {"BaseDelay": "100ms", "Multiplier": 1.6, "MaxDelay": "1s"},
            "TLS": tls,
            "Cluster": {
                "ClientCertificate": tls["Certificate"],
                "ClientPrivateKey": tls["PrivateKey"],
                # how long a transaction waits for a leader that died
                "RPCTimeout": "2s",
            },
        },
        "FileLedger": {"Location": str(folder / "data")},
        "Operations": {"ListenAddress": plan.address(name, "operations")},
        "Metrics": {"Provider": "prometheus"},
        "Admin": {
            "ListenAddress": plan.address(name, "admin"),
            "TLS": {**tls, "ClientAuthRequired": True, "ClientRootCAs": tls["RootCAs"]},
        },
        "ChannelParticipation": {"Enabled": True, "MaxRequestBodySize": "1 MB"},
        "Consensus": {"WALDir": str(folder / "data" / "wal"), "SnapDir": str(folder / "data" / "snapshot")},
    }
    (folder / "orderer.yaml").write_text(json.dumps(settings, indent=2), encoding="utf-8")


def _peer(plan: Plan, name: str, msp: str) -> JSON:
    folder, address = plan.node(name), plan.address(name)
    return {
        "id": name,
        "networkId": "bims",
        "listenAddress": address,
        "address": address,
        "chaincodeListenAddress": plan.address(name, "chaincode"),
        "gateway": {"enabled": True, "endorsementTimeout": "30s", "broadcastTimeout": "30s", "dialTimeout": "5s"},
        "gossip": {
            **GOSSIP,
            "bootstrap": address,
            "endpoint": address,
            "externalEndpoint": address,
            "pvtData": PRIVATE_DATA,
        },
        "tls": {
            "enabled": True,
            "cert": {"file": str(folder / "tls" / "server.pem")},
            "key": {"file": str(folder / "tls" / "server.key")},
            "rootcert": {"file": str(folder / "tls" / "root.pem")},
        },
        "authentication": {"timewindow": TIME_WINDOW},
        "deliveryclient": {"reConnectBackoffThreshold": "1s", "connTimeout": "3s"},
        "fileSystemPath": str(folder / "data"),
        "mspConfigPath": str(folder / "msp"),
        "localMspId": msp,
        "BCCSP": SOFTWARE_KEYS,
        "handlers": _handlers(),
        "discovery": {"enabled": True, "authCacheEnabled": True, "orgMembersAllowedAccess": True},
        "limits": {"concurrency": {"endorserService": 2500, "deliverService": 2500, "gatewayService": 500}},
    }


def _handlers() -> JSON:
    return {
        "authFilters": [{"name": name} for name in FILTERS],
        "decorators": [{"name": "DefaultDecorator"}],
        "endorsers": {"escc": {"name": "DefaultEndorsement"}},
        "validators": {"vscc": {"name": "DefaultValidation"}},
    }


def _chaincode(builder: Path) -> JSON:
    return {
        "mode": "net",
        "externalBuilders": [{"name": "service", "path": str(builder)}],
        "installTimeout": "60s",
        "startuptimeout": "30s",
        "executetimeout": "30s",
        "system": {"_lifecycle": "enable", "cscc": "enable", "lscc": "enable", "qscc": "enable"},
        "logging": {"level": "info", "shim": "warning"},
    }


def _orderer_tls(folder: Path) -> JSON:
    return {
        "Enabled": True,
        "PrivateKey": str(folder / "tls" / "server.key"),
        "Certificate": str(folder / "tls" / "server.pem"),
        "RootCAs": [str(folder / "tls" / "root.pem")],
    }
