"""When an orderer serves, by what it says of itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bims_network.orderer import Orderer
from bims_network.plan import CHANNEL, Plan

# as a Fabric 3.1 orderer measures of its channel
FOLLOWS = "ledger_blockchain_height"
ORDERS = {"raft": "consensus_etcdraft_cluster_size", "bft": "consensus_BFT_cluster_size"}


@pytest.mark.parametrize("consensus", ["raft", "bft"])
@pytest.mark.parametrize(
    ("orders", "relation", "status", "serves"),
    [
        (True, "consenter", "active", True),
        (False, "consenter", "active", False),  # it has fetched the last block, and refuses transactions still
        (False, "consenter", "onboarding", False),
        (True, "follower", "active", False),  # it was put out of the cluster
        (True, "consenter", "inactive", False),
    ],
)
def test_an_orderer_serves_once_it_takes_transactions(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    consensus: str,
    orders: bool,
    relation: str,
    status: str,
    serves: bool,
) -> None:
    measured = [FOLLOWS, *([ORDERS[consensus]] if orders else [])]
    text = "".join(f'{name}{{channel="{CHANNEL}"}} 3\n' for name in measured)
    listed = json.dumps({"name": CHANNEL, "consensusRelation": relation, "status": status, "height": 3})
    monkeypatch.setattr(Orderer, "_get", lambda self, path: text)
    monkeypatch.setattr(Orderer, "admin", lambda self, *call: listed)
    assert Orderer(Plan(tmp_path), "orderer1").serves is serves
