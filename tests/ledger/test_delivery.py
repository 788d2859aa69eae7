"""One transaction to its end: what is asked, what is sent again, and when a new one may be made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from bims_desktop.errors import CommitError, CommitStatusError, LedgerUnavailable, SubmitError, TransactionError
from bims_desktop.ledger.entry import Entry
from bims_desktop.ledger.fabric.contract import Contract, write_of
from bims_desktop.ledger.fabric.delivery import MARGIN_S, WINDOW_S, Commit, Delivery
from bims_desktop.ledger.fabric.gateway import Deadlines, Gateway
from bims_desktop.ledger.outbox import Name, Outbox
from tests.ledger.fabric.fake_contract import FakeContract
from tests.ledger.fabric.fake_gateway import FakeNetwork, Fault

QUICK = Deadlines(evaluate=1, endorse=1, submit=1, status=1, events=1)
NAME: Name = ("entry", 0)
ENTRY = Entry("record", {"record": "sha256:" + 64 * "0"})


@dataclass
class Scene:
    """A delivery with a clock of its own."""

    network: FakeNetwork
    gateway: Gateway
    now: float = 1_000_000.0
    stages: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.outbox = Outbox(None, "here to there", clock=lambda: self.now)
        self.delivery = Delivery(Contract(self.gateway), self.outbox, stage=self.stages.append, clock=lambda: self.now)

    def deliver(self) -> Commit:
        return self.delivery.deliver(NAME, lambda: write_of(ENTRY))

    def lose(self) -> str:
        """A transaction that the ordering service took and lost; its identifier."""
        self.network.faults.append(Fault("Submit", "lost"))
        with pytest.raises(CommitStatusError):
            self.deliver()
        return self.outbox.item(NAME).transaction


@pytest.fixture
def scene() -> Iterator[Scene]:
    network = FakeNetwork(FakeContract())
    with Gateway(network.profile, network.identity(), deadlines=QUICK) as gateway:
        yield Scene(network, gateway)
    network.close()


def test_stages_in_order(scene: Scene) -> None:
    commit = scene.deliver()
    assert scene.stages == [
        "before prepare",
        "endorsed",
        "prepared",
        "submitted",
        "noted as submitted",
        "committed",
        "noted as committed",
    ]
    assert (commit.block, commit.channel, commit.place) == (
        0,
        "provenance",
        f"block 0, transaction {commit.transaction[:8]}",
    )
    assert scene.outbox.item(NAME).state == "committed"


def test_what_is_committed_is_not_sent_again(scene: Scene) -> None:
    commit = scene.deliver()
    calls = list(scene.network.calls)
    assert scene.deliver() == commit
    assert scene.network.calls == calls


def test_the_same_envelope_within_the_window(scene: Scene) -> None:
    lost = scene.lose()
    scene.now += WINDOW_S
    assert scene.deliver().transaction == lost


def test_a_new_one_only_when_both_have_it_not_and_it_is_too_old(scene: Scene) -> None:
    lost = scene.lose()
    scene.now += WINDOW_S + MARGIN_S + 1
    with pytest.raises(CommitStatusError) as raised:
        scene.deliver()
    assert raised.value.code == "EXPIRED"
    assert scene.outbox.item(NAME).state == "waiting"
    assert scene.deliver().transaction != lost


def test_an_old_one_that_came_after_all(scene: Scene) -> None:
    scene.network.faults.append(Fault("Submit", "unavailable after"))
    scene.network.stop("Org2MSP")
    scene.network.start("Org2MSP")
    commit = scene.deliver()
    scene.now += 24 * 3600
    assert scene.deliver() == commit


@pytest.mark.parametrize("away", ["Org2MSP", "Org1MSP"])
def test_no_new_one_while_one_organisation_is_silent(scene: Scene, away: str) -> None:
    lost = scene.lose()
    scene.now += 24 * 3600
    scene.network.stop(away)
    scene.network.faults.append(Fault("Submit", "unavailable", times=9))
    with pytest.raises((SubmitError, LedgerUnavailable)):
        scene.deliver()
    assert scene.outbox.item(NAME).transaction == lost
    assert scene.outbox.item(NAME).state in ("prepared", "submitted")
    assert scene.network.calls.count("Endorse") == 1


def test_a_crash_before_the_envelope_was_noted(scene: Scene) -> None:
    class Killed(Exception):
        pass

    def stage(name: str) -> None:
        if name == "endorsed":
            raise Killed

    fatal = Delivery(Contract(scene.gateway), scene.outbox, stage=stage)
    with pytest.raises(Killed):
        fatal.deliver(NAME, lambda: write_of(ENTRY))
    assert scene.outbox.item(NAME).state == "waiting"
    assert scene.deliver().block == 0
    assert len(scene.network.ledger.blocks) == 1


def test_an_invalid_one_is_released_with_its_code(scene: Scene) -> None:
    scene.network.faults.append(Fault("Submit", "policy"))
    with pytest.raises(CommitError) as raised:
        scene.deliver()
    assert raised.value.code == "ENDORSEMENT_POLICY_FAILURE"
    assert scene.outbox.item(NAME).state == "waiting"


def test_what_stands_there_already_is_not_sent(scene: Scene) -> None:
    first = scene.deliver()
    other: Name = ("entry", 1)
    again = scene.delivery.deliver(other, lambda: write_of(ENTRY))
    assert again == first
    assert scene.network.calls.count("Submit") == 1
    assert scene.outbox.item(other).transaction == first.transaction


def test_an_answer_of_nobody_is_no_answer(scene: Scene) -> None:
    for msp in scene.network.peers:
        scene.network.stop(msp)
    with pytest.raises((LedgerUnavailable, TransactionError)):
        scene.deliver()
    assert scene.outbox.item(NAME).state == "waiting"
