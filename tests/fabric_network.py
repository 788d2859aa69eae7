"""A real network of Hyperledger Fabric for tests: one that all of them share, or one of its own for a test.

The top ``conftest.py`` takes the fixtures in. Without Fabric's programs or Node.js a test skips and says
where they were looked for; with ``BIMS_REQUIRE_FABRIC=1`` it fails instead.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from bims_desktop.errors import LedgerUnavailable
from bims_desktop.ledger.fabric.gateway import Gateway
from bims_desktop.ledger.fabric.identity import Identity
from bims_desktop.ledger.fabric.profile import Profile
from bims_network import Credentials, Network, find_binaries, find_node

MakeNetwork = Callable[..., Network]


@pytest.fixture(scope="session")
def network() -> Iterator[Network]:
    """A running network, the same for the whole session: whoever kills a node of it starts it again."""
    require_fabric()
    shared = _shared()
    try:
        shared.up()
        yield shared
    finally:
        shared.down(wipe=True)


@pytest.fixture
def own_network(tmp_path: Path) -> Iterator[MakeNetwork]:
    """Makes running networks that the test may ruin: ``own_network(consensus="bft")``."""
    require_fabric()
    made: list[Network] = []

    def make(**options: object) -> Network:
        made.append(Network(tmp_path / f"network{len(made)}", **options))  # type: ignore[arg-type]
        made[-1].up()
        return made[-1]

    try:
        yield make
    finally:
        for one in made:
            one.down(wipe=True)


def require_fabric() -> None:
    """Skip the test, visibly, where there is no Fabric; fail where there must be one."""
    try:
        find_binaries()
        find_node()
    except LedgerUnavailable as missing:
        if os.environ.get("BIMS_REQUIRE_FABRIC") == "1":
            pytest.fail(str(missing), pytrace=False)
        pytest.skip(str(missing))


def open_gateway(network: Network, msp: str = "Org1MSP", who: str | Credentials = "writer") -> Gateway:
    """The gateway of an organisation for one of its members: admin, writer, reader, auditor, or whom you certified."""
    known = network.credentials(msp, who) if isinstance(who, str) else who
    identity = Identity.from_pem(known.msp, known.certificate, known.key)
    return Gateway(Profile.load(network.profile(msp)), identity)


def come_level(network: Network) -> None:
    """Wait until every node that runs holds every block: another organisation's peer hears of a commit later."""
    running = [node for node in (*network.peers.values(), *network.orderers) if node.alive]
    newest = max(node.height or 0 for node in running)
    for node in running:
        node.wait_for_height(newest)


@cache
def _shared() -> Network:
    # several conftest files may take the fixture in: they still share one network
    return Network(Path(tempfile.mkdtemp(prefix="bims-fabric-")))
