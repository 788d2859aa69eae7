"""Chaincode events: in order, each once, across a stream that breaks and a peer that restarts."""

from __future__ import annotations

import threading

import pytest

from bims_desktop.errors import LedgerUnavailable
from bims_desktop.ledger.fabric.events import Event
from bims_desktop.ledger.fabric.gateway import Deadlines, Gateway
from tests.ledger.fabric.entries import entry
from tests.ledger.fabric.fake_gateway import FakeNetwork, Fault


def write(gateway: Gateway, count: int) -> list[str]:
    transactions = [gateway.endorse(gateway.propose("CommitRecord", entry(), "")) for _ in range(count)]
    return [gateway.commit(transaction).transaction for transaction in transactions]


def test_events_come_in_the_ledger_s_order(gateway: Gateway) -> None:
    written = write(gateway, 3)
    with gateway.events(0) as events:
        found = [next(events) for _ in range(3)]
    assert [event.transaction for event in found] == written
    assert [event.block for event in found] == [0, 1, 2]
    assert found[0].name == "RecordCommitted"
    assert b'"owner":"Org1MSP"' in found[0].payload


def test_by_default_only_what_comes_is_read(gateway: Gateway) -> None:
    write(gateway, 2)
    with gateway.events() as events:
        (new,) = write(gateway, 1)
        assert next(events).transaction == new


def test_reading_goes_on_where_it_stopped(gateway: Gateway) -> None:
    written = write(gateway, 4)
    with gateway.events(0) as events:
        next(events), next(events)
        checkpoint = events.checkpoint
    with gateway.events(*checkpoint) as events:
        assert [next(events).transaction for _ in range(2)] == written[2:]


def test_a_broken_stream_loses_and_repeats_nothing(gateway: Gateway, network: FakeNetwork) -> None:
    network.faults.append(Fault("ChaincodeEvents", "unavailable after", times=5))
    written = write(gateway, 8)
    with gateway.events(0) as events:
        assert [next(events).transaction for _ in range(8)] == written
    assert network.calls.count("ChaincodeEvents") == 6


def test_a_restarted_peer_is_followed_again(gateway: Gateway, network: FakeNetwork) -> None:
    with gateway.events(0) as events:
        before = write(gateway, 1)
        assert next(events).transaction == before[0]
        network.stop("Org1MSP")
        network.start("Org1MSP")
        after = write(gateway, 1)
        assert next(events).transaction == after[0]


def test_a_reader_that_waits_ends_when_it_is_closed(gateway: Gateway) -> None:
    found: list[Event] = []
    events = gateway.events(0)
    reader = threading.Thread(target=lambda: found.extend(events))
    reader.start()
    write(gateway, 1)
    while not found:
        reader.join(0.01)
    events.close()
    reader.join(5)
    assert not reader.is_alive()
    assert len(found) == 1


def test_an_absence_is_not_borne_for_ever(network: FakeNetwork) -> None:
    deadlines = Deadlines(evaluate=2, events=0.3)
    network.faults.append(Fault("ChaincodeEvents", "unavailable", times=99))
    with (
        Gateway(network.profile, network.identity(), deadlines=deadlines) as gateway,
        gateway.events(0) as events,
        pytest.raises(LedgerUnavailable, match="cannot be followed"),
    ):
        next(events)


def test_who_may_not_read_is_told_so(network: FakeNetwork) -> None:
    eve = type(network.identity())("Org1MSP", network.identity("Org2MSP").certificate, network.identity().key)
    with (
        Gateway(network.profile, eve, deadlines=Deadlines(evaluate=2)) as gateway,
        gateway.events(0) as events,
        pytest.raises(LedgerUnavailable, match="does not accept this identity"),
    ):
        next(events)
