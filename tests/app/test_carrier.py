"""The carrier on an in-process network: everything once and in order, whatever goes wrong on the way."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest

from bims_desktop.app.carrier import Carriage, Carrier
from bims_desktop.app.home import Home
from bims_desktop.ledger.base import Entry
from bims_desktop.ledger.fabric.envelope import open_envelope
from bims_desktop.ledger.signing import Ed25519Signer
from tests.app.fabric_home import (
    attestation,
    carrier_of,
    deposited,
    digest,
    fabric_of,
    home_of,
    once,
    record,
    retraction,
    written,
)
from tests.ledger.fabric.fake_contract import FakeContract
from tests.ledger.fabric.fake_gateway import FakeNetwork, Fault

SYNC_S = 30.0
DAY_S = 24 * 3600


@pytest.fixture
def network() -> Iterator[FakeNetwork]:
    network = FakeNetwork(FakeContract(), collections={"lab": frozenset({"Org1MSP"})})
    yield network
    network.close()


@pytest.fixture
def home(network: FakeNetwork, tmp_path: Path) -> Iterator[Home]:
    home = home_of(tmp_path / "home", fabric_of(network, tmp_path / "lab"))
    yield home
    home.close()


def order(network: FakeNetwork) -> list[str]:
    """The entries in the order of their blocks."""
    return [open_envelope(b.data.data[0]).invocation.input.args[1].decode() for b in network.ledger.blocks]


def test_everything_is_carried(home: Home, network: FakeNetwork) -> None:
    entries = [record(number) for number in range(40)]
    home.ledger.append_many(entries)
    status = carrier_of(home).sync(SYNC_S)
    assert (status.waiting, status.committed, status.conflicts, status.reachable, status.error) == (0, 40, (), True, "")
    assert status.last.startswith("block 39, transaction ")
    once(network, *entries)


def test_the_carrier_of_a_home_follows_its_settings(home: Home, network: FakeNetwork, tmp_path: Path) -> None:
    first = home.carrier
    assert first is not None
    assert home.carrier is first
    home.settings = replace(home.settings, fabric=fabric_of(network, tmp_path / "other", "Org2MSP"))
    assert home.carrier is not first
    home.settings = replace(home.settings, fabric=None)
    assert home.carrier is None


def test_without_a_consortium_there_is_no_carrier(tmp_path: Path) -> None:
    assert Home(tmp_path).carrier is None


def test_order_within_a_record(home: Home, network: FakeNetwork) -> None:
    entries: list[Entry] = []
    for number in range(6):
        entries += [record(number), attestation(number), attestation(number, "different"), retraction(number)]
    entries.append(Entry("supersede", {"by": digest(5), "record": digest(4)}))
    home.ledger.append_many(entries)
    assert carrier_of(home).sync(SYNC_S).committed == 25
    once(network, *entries)
    places = {text: place for place, text in enumerate(order(network))}
    for number in range(6):
        mine = [places[entry.to_bytes().decode()] for entry in entries if entry.body["record"] == digest(number)]
        assert mine == sorted(mine)
    assert places[entries[-1].to_bytes().decode()] > places[record(5).to_bytes().decode()]


PASSING = [
    Fault("Endorse", "unavailable"),
    Fault("Endorse", "no peers"),
    Fault("Endorse", "mismatch"),
    Fault("Submit", "unavailable"),
    Fault("Submit", "deadline"),
    Fault("Submit", "unavailable after"),
    Fault("Submit", "lost"),
    Fault("Submit", "no orderers"),
    Fault("Submit", "refused"),
    Fault("CommitStatus", "unavailable"),
    Fault("CommitStatus", "deadline"),
    Fault("Evaluate", "unavailable"),
]


@pytest.mark.parametrize("fault", PASSING, ids=lambda fault: f"{fault.stage} {fault.kind}")
def test_a_fault_that_passes(home: Home, network: FakeNetwork, fault: Fault) -> None:
    network.faults.append(replace(fault))
    entries = [record(1), attestation(1), record(2)]
    home.ledger.append_many(entries)
    status = carrier_of(home).sync(SYNC_S)
    assert (status.waiting, status.committed, status.conflicts, status.error) == (0, 3, (), "")
    once(network, *entries)


@pytest.mark.parametrize("same", [True, False], ids=["the same", "something else"])
def test_somebody_who_writes_at_the_same_moment(home: Home, network: FakeNetwork, tmp_path: Path, same: bool) -> None:
    other = home_of(tmp_path / "other", fabric_of(network, tmp_path / "org2", "Org2MSP"))
    theirs = record(1) if same else Entry("record", {"pixels": digest("other pixels"), "record": digest(1)})
    other.ledger.append(theirs)
    rivals = [carrier_of(other)]

    def stage(name: str) -> None:
        if name == "prepared" and rivals:
            rivals.pop().sync(SYNC_S)

    home.ledger.append(record(1))
    status = carrier_of(home, stage=stage).sync(SYNC_S)
    assert [stuck.kind for stuck in status.conflicts] == ([] if same else ["conflict"])
    assert status.committed == (1 if same else 0)
    assert [block.metadata.metadata[2][0] for block in network.ledger.blocks] == [0, 11]  # VALID, MVCC_READ_CONFLICT
    once(network, theirs)
    other.close()


def test_after_an_unknown_outcome_the_same_envelope_is_sent(home: Home, network: FakeNetwork) -> None:
    network.faults.append(Fault("Submit", "lost", times=2))
    home.ledger.append(record(1))
    seen = []
    order_ = network.take

    def take(stage: str) -> object:
        if stage == "Submit":
            seen.append(carrier.outbox.item(("entry", 0)).transaction)
        return order_(stage)  # type: ignore[arg-type]

    network.take = take  # type: ignore[method-assign,assignment]
    carrier = carrier_of(home)
    assert carrier.sync(SYNC_S).committed == 1
    assert len(seen) == 3
    assert len(set(seen)) == 1
    once(network, record(1))


def test_a_save_while_the_network_is_away(home: Home, network: FakeNetwork) -> None:
    carrier = carrier_of(home)
    for msp in network.peers:
        network.stop(msp)
    carrier.start()
    home.ledger.append_many([record(number) for number in range(30)])
    status = until(lambda: carrier.status, lambda status: status.reachable is False)
    assert (status.waiting, status.committed) == (30, 0)
    assert status.error
    for msp in network.peers:
        network.start(msp)
    status = until(lambda: carrier.status, lambda status: not status.waiting and not status.error)
    assert (status.committed, status.reachable) == (30, True)
    carrier.stop()
    once(network, *(record(number) for number in range(30)))


Seen = TypeVar("Seen")


def until(ask: Callable[[], Seen], good: Callable[[Seen], bool]) -> Seen:
    """What `ask` gives, once it is good."""
    ends = time.monotonic() + SYNC_S
    while not good(seen := ask()):
        assert time.monotonic() < ends, f"it never came to that: {seen}"
        time.sleep(0.05)
    return seen


def test_a_conflict_is_shown_and_blocks_its_own_record_only(home: Home, network: FakeNetwork, tmp_path: Path) -> None:
    other = home_of(tmp_path / "other", fabric_of(network, tmp_path / "org2", "Org2MSP"))
    theirs = Entry("record", {"pixels": digest("other pixels"), "record": digest(1)})
    other.ledger.append(theirs)
    assert carrier_of(other).sync(SYNC_S).committed == 1
    home.ledger.append_many([record(1), attestation(1), record(2)])
    carrier = carrier_of(home)
    status = carrier.sync(SYNC_S)
    assert (status.waiting, status.committed) == (1, 1)
    ((stuck,),) = [status.conflicts]
    assert (stuck.index, stuck.kind) == (0, "conflict")
    assert "another entry" in stuck.text
    assert "ask its owner" in stuck.text
    once(network, theirs, record(2))
    again = carrier_of(home).sync(SYNC_S)
    assert again == replace(status, reachable=again.reachable)
    other.close()


def test_the_same_record_by_somebody_else_is_success(home: Home, network: FakeNetwork, tmp_path: Path) -> None:
    other = home_of(tmp_path / "other", fabric_of(network, tmp_path / "org2", "Org2MSP"))
    for each in (other, home):
        each.ledger.append(record(1))
        assert carrier_of(each).sync(SYNC_S).committed == 1
    once(network, record(1))
    other.close()


def test_what_is_not_permitted_waits_for_a_person(network: FakeNetwork, tmp_path: Path) -> None:
    home = home_of(tmp_path / "home", fabric_of(network, tmp_path / "lab", role="reader"))
    home.ledger.append_many([record(1), attestation(1), record(2)])
    carrier = carrier_of(home)
    status = carrier.sync(SYNC_S)
    assert [(stuck.index, stuck.kind) for stuck in status.conflicts] == [(0, "refused"), (2, "refused")]
    assert "role writer" in status.conflicts[0].text
    assert (status.waiting, network.calls.count("Submit")) == (1, 0)
    fabric_of(network, tmp_path / "lab")  # the organisation gives another certificate
    carrier.retry()
    assert carrier.sync(SYNC_S).committed == 3
    home.close()


def test_an_endorsement_that_falls_out_is_refused_not_repeated(home: Home, network: FakeNetwork) -> None:
    network.faults.append(Fault("Submit", "policy"))
    home.ledger.append(record(1))
    carrier = carrier_of(home)
    status = carrier.sync(SYNC_S)
    assert [stuck.kind for stuck in status.conflicts] == ["refused"]
    assert "ENDORSEMENT_POLICY_FAILURE" in status.conflicts[0].text
    assert len(status.conflicts[0].transaction) == 64
    assert network.calls.count("Submit") == 1
    carrier.retry(0)
    assert carrier.sync(SYNC_S).committed == 1


def test_an_attestation_waits_for_a_record_of_somebody_else(home: Home, network: FakeNetwork, tmp_path: Path) -> None:
    home.ledger.append(attestation(1))
    carrier = carrier_of(home)
    carrier.start()
    status = until(lambda: carrier.status, lambda status: status.error != "")
    assert (status.waiting, status.conflicts, status.reachable) == (1, (), True)
    other = home_of(tmp_path / "other", fabric_of(network, tmp_path / "org2", "Org2MSP"))
    other.ledger.append(record(1))
    carrier_of(other).sync(SYNC_S)
    until(lambda: carrier.status, lambda status: not status.waiting and not status.error)
    carrier.stop()
    other.close()


def test_a_lost_outbox_doubles_nothing(home: Home, network: FakeNetwork) -> None:
    entries = [record(1), attestation(1), record(2), retraction(2)]
    home.ledger.append_many(entries)
    carrier = carrier_of(home)
    carrier.sync(SYNC_S)
    path = carrier.outbox.path
    assert path is not None
    carrier.close()
    for file in path.parent.glob(f"{path.name}*"):
        file.unlink()
    status = carrier_of(home).sync(SYNC_S)
    assert (status.waiting, status.committed) == (0, 4)
    once(network, *entries)


def test_contents_go_there_and_come_back(home: Home, network: FakeNetwork, tmp_path: Path) -> None:
    from bims_desktop.app.consortium import connect

    given = [deposited(1), deposited(2, padding=1_200_000)]
    for entry, deposit in given:
        home.ledger.append(entry, deposit)
    assert carrier_of(home).sync(SYNC_S).committed == 2
    ledger = connect(fabric_of(network, tmp_path / "org2", "Org2MSP", role="reader"))
    for _, deposit in given:
        assert ledger.deposit(deposit.record) == deposit
    assert ledger.deposit(digest("unheard of")) is None
    ledger.close()


def test_private_contents(network: FakeNetwork, tmp_path: Path) -> None:
    from bims_desktop.app.consortium import connect
    from bims_desktop.errors import NotPermitted

    home = home_of(tmp_path / "home", fabric_of(network, tmp_path / "lab", collection="lab"))
    entry, deposit = deposited(1, padding=600_000)
    home.ledger.append(entry, deposit)
    assert carrier_of(home).sync(SYNC_S).committed == 1
    own, other = connect(home.settings.fabric), connect(fabric_of(network, tmp_path / "org2", "Org2MSP"))  # type: ignore[arg-type]
    assert own.deposit(deposit.record) == deposit
    with pytest.raises(NotPermitted):
        other.deposit(deposit.record)
    for ledger in (own, other):
        ledger.close()
    home.close()


def test_digests_alone(network: FakeNetwork, tmp_path: Path) -> None:
    home = home_of(tmp_path / "home", fabric_of(network, tmp_path / "lab", keep_contents=False))
    home.ledger.append(*deposited(1))
    assert carrier_of(home).sync(SYNC_S).committed == 1
    assert not [key for key in network.ledger.state if key.startswith("chunk/")]
    home.close()


def test_entries_before_a_day_stay(network: FakeNetwork, tmp_path: Path) -> None:
    for since, expected in (("", 2), ("2001-01-01T00:00:00Z", 2), ("2999-01-01T00:00:00Z", 0)):
        home = home_of(tmp_path / f"home{since[:4]}", fabric_of(network, tmp_path / "lab", since=since))
        home.ledger.append_many([record(f"{since} {number}") for number in range(2)])
        status = carrier_of(home).sync(SYNC_S)
        assert (status.waiting, status.committed) == (0, expected)
        home.close()


def test_a_key_of_the_log_stays_here(home: Home, network: FakeNetwork) -> None:
    home.ledger.append(record(1))
    home.ledger.rotate(Ed25519Signer(bytes(range(32))))
    home.ledger.append(record(2))
    status = carrier_of(home).sync(SYNC_S)
    assert (status.waiting, status.committed, status.conflicts) == (0, 2, ())
    once(network, record(1), record(2))


def test_evidence_is_kept_and_holds_offline(home: Home, network: FakeNetwork) -> None:
    from bims_desktop.ledger.fabric.evidence import check

    home.ledger.append(record(1))
    carrier = carrier_of(home)
    carrier.sync(SYNC_S)
    (kept,) = carrier.outbox.evidence(digest(1))
    found = check(kept.block, kept.transaction, network.trust)
    assert (found.good, found.organisations, found.function) == (True, ("Org1MSP", "Org2MSP"), "CommitRecord")


def test_evidence_that_could_not_be_had_is_fetched_later(home: Home, network: FakeNetwork) -> None:
    network.faults.append(Fault("Evaluate", "unavailable", times=4))
    home.ledger.append(record(1))
    carrier = carrier_of(home)
    carrier.sync(SYNC_S)
    assert len(carrier.outbox.evidence(digest(1))) == 1


def test_one_sender_among_several(home: Home, network: FakeNetwork, tmp_path: Path) -> None:
    twin = Home(home.folder)
    one, other = carrier_of(home), carrier_of(twin)
    entries = [record(number) for number in range(60)]
    one.start()
    other.start()
    home.ledger.append_many(entries)
    until(lambda: other.status, lambda status: status.committed == 60)
    assert [each.status.reachable for each in (one, other)].count(None) == 1
    one.stop()
    home.ledger.append(record("later"))
    until(lambda: other.status, lambda status: status.committed == 61)
    other.stop()
    once(network, *entries, record("later"))
    twin.close()


def test_stopping_does_not_wait_for_a_network_that_is_away(home: Home, network: FakeNetwork) -> None:
    for msp in network.peers:
        network.stop(msp)
    home.ledger.append(record(1))
    carrier = carrier_of(home, deadlines=None)
    carrier.start()
    time.sleep(0.5)
    began = time.monotonic()
    carrier.close()
    assert time.monotonic() - began < 8
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("carrier")] == []


def test_a_retry_while_it_carries(home: Home, network: FakeNetwork) -> None:
    network.faults.append(Fault("Submit", "policy"))
    home.ledger.append_many([record(1), record(2)])
    carrier = carrier_of(home)
    carrier.start()
    until(lambda: carrier.status, lambda status: bool(status.conflicts) and not status.waiting)
    carrier.retry()
    until(lambda: carrier.status, lambda status: status.committed == 2)
    carrier.close()
    once(network, record(1), record(2))


def test_a_clock_that_is_a_day_off(home: Home, network: FakeNetwork) -> None:
    home.ledger.append_many([record(1), record(2)])
    status = carrier_of(home, clock=lambda: time.time() + DAY_S).sync(1.5)
    assert (status.waiting, status.conflicts) == (2, ())
    assert "clock is 24 hours ahead of the network's" in status.error
    assert carrier_of(home).sync(SYNC_S).committed == 2
    once(network, record(1), record(2))


def test_a_day_offline(home: Home, network: FakeNetwork) -> None:
    """Sent and lost yesterday, then no network for a day: a new transaction, since nobody has the old one."""
    home.ledger.append(record(1))
    network.faults.append(Fault("Submit", "lost"))
    carrier = carrier_of(home)
    carrier.start()
    lost = until(lambda: carrier.outbox.item(("entry", 0)), lambda item: item.state == "submitted")
    carrier.close()
    database = sqlite3.connect(str(next((home.folder / "ledger").glob("outbox-*.sqlite"))))
    database.execute("UPDATE items SET prepared = prepared - ?", (DAY_S,))
    database.commit()
    database.close()
    home.ledger.append(record(2))
    carrier = carrier_of(home)
    assert carrier.sync(SYNC_S).committed == 2
    assert carrier.outbox.item(("entry", 0)).transaction != lost.transaction
    once(network, record(1), record(2))


def test_whoever_listens_hears(home: Home) -> None:
    heard: list[Carriage] = []
    carrier = carrier_of(home)
    unsubscribe = carrier.subscribe(heard.append)
    home.ledger.append(record(1))
    carrier.sync(SYNC_S)
    assert (heard[-1].waiting, heard[-1].committed) == (0, 1)
    count = len(heard)
    unsubscribe()
    home.ledger.append(record(2))
    carrier.sync(SYNC_S)
    assert len(heard) == count


def test_files_that_are_missing_are_said_and_nothing_is_lost(home: Home) -> None:
    assert home.settings.fabric is not None
    key = Path(home.settings.fabric.key)
    text = key.read_bytes()
    key.unlink()
    home.ledger.append(record(1))
    carrier = carrier_of(home)
    status = carrier.sync(1.0)
    assert (status.waiting, status.reachable) == (1, False)
    assert "key.pem" in status.error
    key.touch(mode=0o600)
    key.write_bytes(text)
    assert carrier_of(home).sync(SYNC_S).committed == 1


def test_another_network_of_the_same_name_gets_everything(home: Home, network: FakeNetwork, tmp_path: Path) -> None:
    home.ledger.append(record(1))
    carrier_of(home).sync(SYNC_S)
    second = FakeNetwork(FakeContract())
    home.settings = replace(home.settings, fabric=fabric_of(second, tmp_path / "second"))
    assert carrier_of(home).status.waiting == 1
    assert carrier_of(home).sync(SYNC_S).committed == 1
    once(second, record(1))
    second.close()


def test_written_counts_what_it_says(home: Home, network: FakeNetwork) -> None:
    home.ledger.append(*deposited(1, padding=600_000))
    carrier_of(home).sync(SYNC_S)
    assert sorted(function for function, _ in written(network)) == ["CommitRecord", "PutChunk", "PutChunk"]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")  # the thread's own end is meant
def test_a_carrier_that_fails_says_so_at_once(home: Home) -> None:
    home.ledger.append(record(1))
    assert home.settings.fabric is not None

    def fail(stage: str) -> None:
        raise ZeroDivisionError("a mistake of ours")

    carrier = Carrier(home, home.settings.fabric, stage=fail)
    began = time.monotonic()
    status = carrier.sync(SYNC_S)
    carrier.close()
    assert time.monotonic() - began < SYNC_S / 2
    assert "a mistake of ours" in status.error
    assert status.waiting == 1
