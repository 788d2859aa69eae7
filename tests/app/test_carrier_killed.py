"""`kill -9` at every stage of the carrier: 0 lost, 0 doubled, on the in-process network."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bims_desktop.app.home import Home
from bims_desktop.ledger.base import Entry
from tests.app.fabric_home import attestation, carrier_of, deposited, fabric_of, home_of, once, record, retraction
from tests.ledger.fabric.fake_contract import FakeContract
from tests.ledger.fabric.fake_gateway import FakeNetwork

ROOT = Path(__file__).parents[2]
SYNC_S = 60.0
STAGES = (
    "before prepare",
    "endorsed",
    "prepared",
    "submitted",
    "noted as submitted",
    "committed",
    "noted as committed",
    "fetching evidence",
    "evidence kept",
)


@pytest.fixture
def network() -> Iterator[FakeNetwork]:
    network = FakeNetwork(FakeContract())
    yield network
    network.close()


def killed(folder: Path, stage: str, count: int) -> int:
    """How a carrier ended that was told to kill itself at a stage."""
    command = [sys.executable, "-m", "tests.app.carry_worker", str(folder), stage, str(count)]
    return subprocess.run(command, cwd=ROOT, check=False, timeout=120, capture_output=True).returncode


def fill(home: Home) -> list[Entry]:
    """Records with contents in one piece and in several, and what is said of them."""
    entries = [record(number) for number in range(4)]
    home.ledger.append_many(entries)
    for number, padding in ((10, 0), (11, 700_000)):
        entry, deposit = deposited(number, padding)
        home.ledger.append(entry, deposit)
        entries.append(entry)
    entries += [attestation(1), attestation(2, "different"), retraction(3)]
    home.ledger.append_many(entries[-3:])
    return entries


@pytest.mark.parametrize("count", [1, 4])
@pytest.mark.parametrize("stage", STAGES)
def test_nothing_is_lost_and_nothing_doubled(network: FakeNetwork, tmp_path: Path, stage: str, count: int) -> None:
    home = home_of(tmp_path / "home", fabric_of(network, tmp_path / "lab"))
    entries = fill(home)
    assert killed(home.folder, stage, count) == -signal.SIGKILL
    status = carrier_of(home).sync(SYNC_S)
    assert (status.waiting, status.committed, status.conflicts) == (0, len(entries), ())
    once(network, *entries)
    assert all(carrier_of(home).outbox.evidence(str(entry.body["record"])) for entry in entries)
    home.close()


def test_killed_again_and_again(network: FakeNetwork, tmp_path: Path) -> None:
    home = home_of(tmp_path / "home", fabric_of(network, tmp_path / "lab"))
    entries = fill(home)
    for stage in STAGES:
        killed(home.folder, stage, 2)
    assert carrier_of(home).sync(SYNC_S).committed == len(entries)
    once(network, *entries)
    home.close()


@pytest.mark.parametrize("stage", STAGES[:7])
def test_an_anchor(network: FakeNetwork, tmp_path: Path, stage: str) -> None:
    home = home_of(tmp_path / "home", fabric_of(network, tmp_path / "lab", carry="anchors"))
    home.ledger.append_many([record(number) for number in range(100)])
    assert killed(home.folder, stage, 1) == -signal.SIGKILL
    home.ledger.append(record("later"))
    status = carrier_of(home).sync(SYNC_S)
    assert (status.waiting, status.committed, status.conflicts) == (0, 101, ())
    home.close()
