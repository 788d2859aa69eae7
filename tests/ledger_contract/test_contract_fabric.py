"""The suite on a real network of Hyperledger Fabric."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from contract_suite import LedgerContract

from bims_desktop.ledger.fabric.ledger import FabricLedger
from tests.fabric_network import open_gateway

if TYPE_CHECKING:
    from bims_network import Network

pytestmark = pytest.mark.fabric


class TestFabric(LedgerContract):
    """What others put there stays for ever: each test has digests of its own."""

    @pytest.fixture
    def first_number(self) -> int:
        return 1 + secrets.randbelow(2**200)

    @pytest.fixture
    def connect(self, network: Network) -> Callable[[], FabricLedger]:
        return lambda: FabricLedger(open_gateway(network))


class TestFabricPrivate(TestFabric):
    """Contents that only the members of a collection read."""

    @pytest.fixture
    def connect(self, network: Network) -> Callable[[], FabricLedger]:
        return lambda: FabricLedger(open_gateway(network), "org1-only")
