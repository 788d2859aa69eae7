"""The suite on a Gateway service in this process: real gRPC, TLS and signatures, no Fabric."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from contract_suite import LedgerContract

from bims_desktop.ledger.fabric.gateway import Gateway
from bims_desktop.ledger.fabric.ledger import FabricLedger
from tests.ledger.fabric.fake_contract import FakeContract
from tests.ledger.fabric.fake_gateway import FakeNetwork

COLLECTIONS = {"lab": frozenset({"Org1MSP"})}


@pytest.fixture
def network() -> Iterator[FakeNetwork]:
    network = FakeNetwork(FakeContract(), collections=COLLECTIONS)
    yield network
    network.close()


class TestFakeFabric(LedgerContract):
    @pytest.fixture
    def connect(self, network: FakeNetwork) -> Callable[[], FabricLedger]:
        return lambda: FabricLedger(Gateway(network.profile, network.identity()))


class TestFakeFabricOfTwoOrganisations(LedgerContract):
    """Each time somebody else connects."""

    @pytest.fixture
    def connect(self, network: FakeNetwork) -> Callable[[], FabricLedger]:
        members = ["Org1MSP", "Org2MSP"]

        def connect() -> FabricLedger:
            members.reverse()
            return FabricLedger(Gateway(network.profile, network.identity(members[0])))

        return connect
