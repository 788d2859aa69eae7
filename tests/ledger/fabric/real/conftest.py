"""A real network of Fabric in place of the one in this process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bims_desktop.ledger.fabric.gateway import Gateway
from bims_network import Network
from tests.fabric_network import network, open_gateway, own_network

__all__ = ["network", "own_network"]


@pytest.fixture
def gateway(network: Network) -> Iterator[Gateway]:
    with open_gateway(network) as gateway:
        yield gateway
