"""Connecting to a consortium: what a test of the connection says, and what a program without one never loads."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bims_desktop.app import consortium
from bims_desktop.app.consortium import Check, connect, network_of
from bims_desktop.app.settings import Fabric
from bims_desktop.errors import LedgerUnavailable
from tests.app.fabric_home import fabric_of, put_identity
from tests.ledger.fabric.fake_contract import FakeContract
from tests.ledger.fabric.fake_gateway import FakeNetwork

ORDER = [
    "Files", "Certificate", "Clock", "Peer peer0.Org1MSP", "Peer peer0.Org2MSP", "Contract", "Role",
    "Second organisation",
]  # fmt: skip


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeNetwork]:
    monkeypatch.setattr(consortium, "TEST_S", 1.0)
    network = FakeNetwork(FakeContract())
    yield network
    network.close()


def checked(fabric: Fabric) -> dict[str, Check]:
    return {check.name: check for check in consortium.test_connection(fabric)}


def test_all_is_well(network: FakeNetwork, tmp_path: Path) -> None:
    checks = checked(fabric_of(network, tmp_path))
    assert list(checks) == ORDER
    assert [check.name for check in checks.values() if check.state != "good"] == []
    assert "Org1MSP and Org2MSP agreed to a trial that was not sent" in checks["Role"].text
    assert "Submit" not in network.calls


def _second_is_away(network: FakeNetwork, folder: Path, fabric: Fabric) -> Fabric:
    network.stop("Org2MSP")
    return fabric


def _both_are_away(network: FakeNetwork, folder: Path, fabric: Fabric) -> Fabric:
    network.stop("Org1MSP")
    network.stop("Org2MSP")
    return fabric


def _reader(network: FakeNetwork, folder: Path, fabric: Fabric) -> Fabric:
    return fabric_of(network, folder, role="reader")


def _nobody(network: FakeNetwork, folder: Path, fabric: Fabric) -> Fabric:
    return fabric_of(network, folder, role="")


def _expired(network: FakeNetwork, folder: Path, fabric: Fabric) -> Fabric:
    now = datetime.now(UTC)
    put_identity(network.identity(valid_from=now - timedelta(days=9), valid_until=now - timedelta(days=1)), folder)
    return fabric


def _stranger(network: FakeNetwork, folder: Path, fabric: Fabric) -> Fabric:
    other = FakeNetwork(FakeContract())
    put_identity(other.identity(), folder)
    other.close()
    return fabric


def _no_key(network: FakeNetwork, folder: Path, fabric: Fabric) -> Fabric:
    Path(fabric.key).unlink()
    return fabric


def _open_key(network: FakeNetwork, folder: Path, fabric: Fabric) -> Fabric:
    Path(fabric.key).chmod(0o644)
    return fabric


def _another_key(network: FakeNetwork, folder: Path, fabric: Fabric) -> Fabric:
    return replace(fabric, key=fabric_of(network, folder / "other").key)


def _no_profile(network: FakeNetwork, folder: Path, fabric: Fabric) -> Fabric:
    Path(fabric.profile).write_text("nothing")
    return fabric


def _no_chaincode(network: FakeNetwork, folder: Path, fabric: Fabric) -> Fabric:
    text = Path(fabric.profile).read_text().replace('"chaincode": "provenance-ledger"', '"chaincode": ""')
    Path(fabric.profile).write_text(text)
    return fabric


def _another_peer(network: FakeNetwork, folder: Path, fabric: Fabric) -> Fabric:
    return replace(fabric, peer="peer7")


Change = Callable[[FakeNetwork, Path, Fabric], Fabric]
TABLE: list[tuple[Change, set[str], str]] = [
    (_second_is_away, {"Peer peer0.Org2MSP", "Role", "Second organisation"}, "Second organisation"),
    (_both_are_away, set(ORDER) - {"Files", "Certificate"}, "Contract"),
    (_reader, {"Role"}, "Role"),
    (_nobody, {"Contract", "Role", "Second organisation"}, "Role"),
    (_expired, set(ORDER) - {"Files", "Clock"}, "Certificate"),
    (_stranger, set(ORDER) - {"Files", "Certificate", "Clock"}, "Contract"),
    (_no_key, {"Files"}, "Files"),
    (_open_key, {"Files"}, "Files"),
    (_another_key, {"Files"}, "Files"),
    (_no_profile, {"Files"}, "Files"),
    (_no_chaincode, {"Connection"}, "Connection"),
    (_another_peer, {"Connection"}, "Connection"),
]


@pytest.mark.parametrize(("change", "bad", "telling"), TABLE, ids=[row[0].__name__ for row in TABLE])
def test_what_is_wrong_is_said(
    network: FakeNetwork, tmp_path: Path, change: Change, bad: set[str], telling: str
) -> None:
    checks = checked(change(network, tmp_path, fabric_of(network, tmp_path)))
    assert {name for name, check in checks.items() if check.state == "bad"} == bad
    assert len(checks[telling].text) > 20
    assert "Submit" not in network.calls


def test_a_certificate_that_ends_soon_is_good_and_said(network: FakeNetwork, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    fabric = fabric_of(network, tmp_path)
    put_identity(network.identity(valid_from=now - timedelta(days=9), valid_until=now + timedelta(days=3)), tmp_path)
    check = checked(fabric)["Certificate"]
    assert (check.state, "expires in 2 days" in check.text) == ("good", True)


def test_a_network_is_known_by_its_roots(network: FakeNetwork, tmp_path: Path) -> None:
    second = FakeNetwork(FakeContract())
    one, same = fabric_of(network, tmp_path / "1"), fabric_of(network, tmp_path / "2", "Org2MSP")
    other = fabric_of(second, tmp_path / "3")
    assert network_of(one) == network_of(same) != network_of(other)
    assert network_of(replace(one, channel="elsewhere")) != network_of(one)
    second.close()


def test_connecting_sends_nothing(network: FakeNetwork, tmp_path: Path) -> None:
    connect(fabric_of(network, tmp_path)).close()
    assert network.calls == []


def test_a_closed_ledger_says_so(network: FakeNetwork, tmp_path: Path) -> None:
    ledger = connect(fabric_of(network, tmp_path))
    ledger.close()
    with pytest.raises(LedgerUnavailable, match="was closed"):
        ledger.find()


QUIET = """
import sys
from pathlib import Path
from bims_desktop.app.home import Home
from bims_desktop.app import carrier, consortium, prove, save, session, settings, verify
home = Home(Path(sys.argv[1]))
assert home.carrier is None
home.close()
print([name for name in sys.modules if name.split(".")[0] in ("grpc", "fabric_protos", "google")])
"""


def test_grpc_is_not_loaded_without_a_consortium(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", QUIET, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
