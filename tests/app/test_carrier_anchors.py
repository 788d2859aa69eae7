"""Carrying checkpoints: one transaction for any number of entries, and what a log that was put back meets."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bims_desktop.app.carrier import Carriage
from bims_desktop.app.home import Home
from bims_desktop.ledger.signing import Ed25519Signer
from tests.app.fabric_home import carrier_of, digest, fabric_of, home_of, record, written
from tests.ledger.fabric.fake_contract import FakeContract
from tests.ledger.fabric.fake_gateway import FakeNetwork, Fault

SYNC_S = 30.0


@pytest.fixture
def network() -> Iterator[FakeNetwork]:
    network = FakeNetwork(FakeContract())
    yield network
    network.close()


@pytest.fixture
def home(network: FakeNetwork, tmp_path: Path) -> Iterator[Home]:
    home = home_of(tmp_path / "home", fabric_of(network, tmp_path / "lab", carry="anchors"))
    yield home
    home.close()


def grow(home: Home, start: int, count: int) -> None:
    home.ledger.append_many([record(number) for number in range(start, start + count)])


def sync(home: Home, **options: Any) -> Carriage:
    carrier = carrier_of(home, **options)
    try:
        return carrier.sync(SYNC_S)
    finally:
        carrier.close()


def functions(network: FakeNetwork) -> list[str]:
    return [function for function, _ in written(network).elements()]


def test_one_transaction_for_any_number(home: Home, network: FakeNetwork) -> None:
    for start, count in ((0, 1), (1, 999), (1000, 1)):
        grow(home, start, count)
        status = sync(home)
        assert (status.waiting, status.committed, status.conflicts) == (0, start + count, ())
    assert functions(network) == ["Anchor"] * 3


def test_records_and_anchors(network: FakeNetwork, tmp_path: Path) -> None:
    home = home_of(tmp_path / "home", fabric_of(network, tmp_path / "lab", carry="records and anchors"))
    grow(home, 0, 5)
    status = sync(home)
    assert (status.waiting, status.committed) == (0, 5)
    assert sorted(functions(network)) == ["Anchor"] + ["CommitRecord"] * 5
    home.close()


def test_an_empty_log_has_nothing_to_anchor(home: Home, network: FakeNetwork) -> None:
    assert sync(home) == Carriage(reachable=None)
    assert functions(network) == []


@pytest.mark.parametrize(
    "fault",
    [Fault("Submit", "lost"), Fault("Submit", "unavailable after"), Fault("Endorse", "unavailable")],
    ids=lambda fault: fault.kind,
)
def test_a_fault_that_passes(home: Home, network: FakeNetwork, fault: Fault) -> None:
    network.faults.append(fault)
    grow(home, 0, 10)
    assert sync(home).committed == 10
    assert functions(network) == ["Anchor"]


def test_a_log_that_changed_its_key(home: Home, network: FakeNetwork) -> None:
    grow(home, 0, 3)
    assert sync(home).committed == 3
    for seed in (1, 2):
        home.ledger.rotate(Ed25519Signer(bytes([seed]) * 32))
        grow(home, 10 * seed, 2)
    status = sync(home)
    assert (status.waiting, status.committed, status.conflicts) == (0, 9, ())
    assert functions(network) == ["Anchor"] * 4  # one for each change of the key, one for what came after


def test_a_lost_outbox(home: Home, network: FakeNetwork) -> None:
    grow(home, 0, 10)
    sync(home)
    for file in (home.folder / "ledger").glob("outbox-*"):
        file.unlink()
    assert sync(home).committed == 10
    assert functions(network) == ["Anchor"]


def _copy(home: Home, target: Path) -> None:
    home.close()
    shutil.copytree(home.folder / "ledger", target)


def _put_back(home: Home, source: Path) -> None:
    """The log as it was, its last-seen checkpoint and its outbox with it."""
    home.close()
    shutil.rmtree(home.folder / "ledger")
    shutil.copytree(source, home.folder / "ledger")


def test_a_log_that_was_put_back(home: Home, tmp_path: Path) -> None:
    grow(home, 0, 5)
    _copy(home, tmp_path / "copy")
    grow(home, 5, 5)
    sync(home)
    _put_back(home, tmp_path / "copy")
    status = sync(home)
    assert [(stuck.index, stuck.kind) for stuck in status.conflicts] == [(4, "conflict")]
    assert "knows 10 entries of the log" in status.conflicts[0].text
    assert "put back" in status.conflicts[0].text


@pytest.mark.parametrize("more", [5, 9], ids=["as long", "longer"])
def test_a_log_with_another_history(home: Home, network: FakeNetwork, tmp_path: Path, more: int) -> None:
    grow(home, 0, 5)
    _copy(home, tmp_path / "copy")
    grow(home, 5, 5)
    sync(home)
    _put_back(home, tmp_path / "copy")
    grow(home, 100, more)
    status = sync(home)
    assert [stuck.kind for stuck in status.conflicts] == ["conflict"]
    assert functions(network) == ["Anchor"]
    again = sync(home)
    assert again.conflicts == status.conflicts


def test_a_million_records_an_hour(home: Home, network: FakeNetwork) -> None:
    """By the processor's time, which other work on the machine leaves alone."""
    began = time.process_time()
    for start in range(0, 20_000, 2000):
        grow(home, start, 2000)
        assert sync(home).waiting == 0
    assert 20_000 / (time.process_time() - began) * 3600 > 1_000_000
    assert functions(network) == ["Anchor"] * 10


def test_status_says_what_is_covered(home: Home) -> None:
    grow(home, 0, 4)
    sync(home)
    grow(home, 4, 3)
    carrier = carrier_of(home)
    status = carrier.status
    assert (status.waiting, status.committed, status.last) == (3, 4, status.last)
    assert status.last.startswith("block 0, transaction")
    assert digest(0) == home.ledger.find(limit=1)[0].entry.body["record"]
    carrier.close()
