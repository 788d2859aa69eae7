"""The ordering service loses nodes while records are on their way: nothing is lost, nothing doubled."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from bims_desktop.app.consortium import connect
from bims_desktop.ledger.fabric.gateway import Deadlines
from bims_network import Network
from bims_network.waiting import wait_until
from tests.fabric_network import MakeNetwork
from tests.faults.laboratory import MEMBERS, Laboratory, check_held_once, check_same_blocks, fabric_of, record

pytestmark = pytest.mark.fabric

KILLS = 20
COMMITS = 500
OUTAGE_S = 60.0


@pytest.fixture
def ordering(own_network: MakeNetwork) -> Network:
    return own_network(batch_timeout="50ms")


class LeaderKiller:
    """Kills the leading orderer right after it acknowledged a transaction, and starts it again; once a round."""

    def __init__(self, network: Network) -> None:
        self.network, self.killed, self.due = network, 0, False

    def __call__(self, stage: str) -> None:
        leader = self.network.leader
        if stage == "submitted" and self.due and leader is not None:
            leader.kill()
            self.due, self.killed = False, self.killed + 1
            leader.start()
            wait_until(lambda: self.network.leader is not None, "there was no leader again")


def test_the_leader_killed_right_after_submit_loses_nothing(ordering: Network) -> None:
    killer = LeaderKiller(ordering)
    entries = [record(1_000 + number) for number in range(KILLS)]
    ledger = connect(fabric_of(ordering), stage=killer, deadlines=Deadlines(status=2.0))
    try:
        for entry in entries:
            killer.due = True
            ledger.append(entry)
    finally:
        ledger.close()
    assert killer.killed == KILLS
    for msp in MEMBERS:
        check_held_once(ordering, msp, entries)


def test_one_orderer_of_three_down_during_500_commits(ordering: Network, tmp_path: Path) -> None:
    laboratory = Laboratory(tmp_path / "home", ordering, first=10_000, count=COMMITS)
    down = next(node for node in ordering.orderers if node is not ordering.leader)
    down.kill()
    with laboratory.carrier() as carrier:
        laboratory.check_carried(carrier)
    assert not down.alive
    down.start()
    tallest = max(node.height or 0 for node in ordering.orderers)
    wait_until(lambda: down.height == tallest, "the orderer did not catch up")
    check_same_blocks(ordering)


def test_two_of_three_orderers_gone_for_a_minute(ordering: Network, tmp_path: Path) -> None:
    laboratory = Laboratory(tmp_path / "home", ordering, first=20_000, count=100)
    gone = ordering.orderers[:2]
    with laboratory.carrier() as carrier:
        wait_until(lambda: carrier.status.committed > 5, "nothing was committed before the outage")
        for node in gone:
            node.kill()
        time.sleep(OUTAGE_S)
        assert carrier.status.waiting > 0
        for node in gone:
            node.start()
        laboratory.check_carried(carrier)
