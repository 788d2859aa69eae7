"""The in-process network that most of these tests talk to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bims_desktop.ledger.fabric.gateway import Deadlines, Gateway
from tests.ledger.fabric.fake_contract import FakeContract
from tests.ledger.fabric.fake_gateway import FakeNetwork

QUICK = Deadlines(evaluate=3, endorse=3, submit=1, status=3, events=10)


@pytest.fixture
def network() -> Iterator[FakeNetwork]:
    network = FakeNetwork(FakeContract())
    yield network
    network.close()


@pytest.fixture
def gateway(network: FakeNetwork) -> Iterator[Gateway]:
    with Gateway(network.profile, network.identity(), deadlines=QUICK) as gateway:
        yield gateway
