"""A peer or the chaincode is killed while records are on their way, and started again."""

from __future__ import annotations

from pathlib import Path

import pytest

from bims_network import Network
from bims_network.waiting import wait_until
from tests.faults.laboratory import Laboratory

pytestmark = pytest.mark.fabric

RECORDS = 150


@pytest.mark.parametrize(
    ("kind", "msp", "first"),
    [
        ("peers", "Org1MSP", 40_000),
        ("peers", "Org2MSP", 41_000),
        ("chaincodes", "Org1MSP", 42_000),
        ("chaincodes", "Org2MSP", 43_000),
    ],
)
def test_a_killed_process_loses_nothing(network: Network, tmp_path: Path, kind: str, msp: str, first: int) -> None:
    laboratory = Laboratory(tmp_path / "home", network, first=first, count=RECORDS)
    node = getattr(network, kind)[msp]
    with laboratory.carrier() as carrier:
        wait_until(lambda: carrier.status.committed > 20, "nothing was committed before the kill")
        node.kill()
        assert not node.alive
        node.start()
        laboratory.check_carried(carrier)
