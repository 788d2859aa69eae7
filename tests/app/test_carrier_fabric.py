"""The carrier on a real network of Hyperledger Fabric: `kill -9` at every stage, both ways of carrying."""

from __future__ import annotations

import json
import secrets
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bims_desktop.app import consortium
from bims_desktop.app.consortium import connect
from bims_desktop.app.home import Home
from bims_desktop.app.settings import Fabric
from bims_desktop.errors import LedgerError
from bims_desktop.ledger.base import Entry
from tests.app.fabric_home import attestation, deposited, home_of, record, retraction
from tests.app.test_carrier_killed import STAGES, killed
from tests.fabric_network import come_level

if TYPE_CHECKING:
    from bims_network import Network

pytestmark = pytest.mark.fabric
SYNC_S = 60.0
MakeHome = Callable[..., Home]


def fabric_of(network: Network, msp: str = "Org1MSP", role: str = "writer", **choices: Any) -> Fabric:
    known = network.credentials(msp, role)
    return Fabric(str(network.profile(msp)), msp, str(known.certificate), str(known.key), **choices)


@pytest.fixture
def make_home(network: Network, tmp_path: Path) -> Iterator[MakeHome]:
    made: list[Home] = []

    def make(msp: str = "Org1MSP", **choices: Any) -> Home:
        made.append(home_of(tmp_path / f"home{len(made)}", fabric_of(network, msp, **choices)))
        return made[-1]

    yield make
    for home in made:
        home.close()


def fill(home: Home) -> list[Entry]:
    """Records with and without contents, and what is said of them; none of them ever seen before."""
    mark = secrets.token_hex(8)
    entries = [record(f"{mark} {number}") for number in range(4)]
    home.ledger.append_many(entries)
    for number, padding in ((10, 0), (11, 700_000)):
        entry, deposit = deposited(f"{mark} {number}", padding)
        home.ledger.append(entry, deposit)
        entries.append(entry)
    said = [attestation(f"{mark} 1"), attestation(f"{mark} 2", "different"), retraction(f"{mark} 3")]
    home.ledger.append_many(said)
    return [*entries, *said]


def carried(home: Home) -> Any:
    assert home.carrier is not None
    return home.carrier.sync(SYNC_S)


def once(home: Home, entries: list[Entry]) -> None:
    """The network holds each entry, and nothing was written a second time."""
    assert home.settings.fabric is not None
    ledger = connect(home.settings.fabric)
    for about in {str(entry.body["record"]) for entry in entries}:
        said = [entry for entry in entries if entry.body["record"] == about]
        assert [stored.entry for stored in ledger.find(record=about)] == said
        assert len(json.loads(ledger.contract.gateway.evaluate("History", about))) == len(said)
    ledger.close()


@pytest.mark.parametrize("stage", STAGES)
def test_nothing_is_lost_and_nothing_doubled(make_home: MakeHome, stage: str) -> None:
    home = make_home()
    entries = fill(home)
    assert killed(home.folder, stage, 2) == -signal.SIGKILL
    status = carried(home)
    assert (status.waiting, status.committed, status.conflicts, status.error) == (0, len(entries), (), "")
    once(home, entries)
    assert home.carrier is not None
    assert all(home.carrier.outbox.evidence(str(entry.body["record"])) for entry in entries)


def test_one_transaction_for_any_number(make_home: MakeHome) -> None:
    home = make_home(carry="anchors")
    for start in range(0, 3000, 1000):
        home.ledger.append_many([record(f"{secrets.token_hex(8)} {number}") for number in range(start, start + 1000)])
        status = carried(home)
        assert (status.waiting, status.committed, status.conflicts) == (0, start + 1000, ())
    assert home.carrier is not None
    assert len(home.carrier.outbox.items("committed", kind="anchor")) == 3


def test_private_contents(make_home: MakeHome, network: Network) -> None:
    home = make_home(collection="org1-only")
    entry, deposit = deposited(secrets.token_hex(8), padding=700_000)
    home.ledger.append(entry, deposit)
    assert carried(home).committed == 1
    come_level(network)
    own, other = connect(fabric_of(network)), connect(fabric_of(network, "Org2MSP"))
    assert own.deposit(deposit.record) == deposit
    with pytest.raises(LedgerError, match="collection"):
        other.deposit(deposit.record)
    for ledger in (own, other):
        ledger.close()


def test_a_record_of_both_organisations(make_home: MakeHome) -> None:
    entry = record(secrets.token_hex(8))
    for msp in ("Org1MSP", "Org2MSP"):
        home = make_home(msp)
        home.ledger.append(entry)
        assert (carried(home).committed, carried(home).conflicts) == (1, ())
    once(home, [entry])


def test_the_connection_is_good(network: Network) -> None:
    checks = list(consortium.test_connection(fabric_of(network)))
    assert {check.name for check in checks} >= {
        "Files",
        "Certificate",
        "Clock",
        "Contract",
        "Role",
        "Second organisation",
    }
    assert [check for check in checks if check.state != "good"] == []


def test_a_reader_is_told_so(network: Network) -> None:
    checks = {check.name: check for check in consortium.test_connection(fabric_of(network, role="reader"))}
    assert checks["Role"].state == "bad"
    assert "writer" in checks["Role"].text
    assert {check.state for name, check in checks.items() if name != "Role"} == {"good"}
