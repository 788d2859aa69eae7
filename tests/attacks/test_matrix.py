"""Who may call what: every role, organisation and function, and everybody who may do nothing. None wrongly accepted."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bims_desktop.errors import LedgerError
from bims_desktop.ledger.fabric.gateway import Deadlines, Gateway
from bims_desktop.ledger.fabric.identity import Identity
from bims_desktop.ledger.fabric.profile import Profile
from bims_network import Credentials, Network
from bims_network.authority import Authority
from bims_network.waiting import wait_until
from tests.attacks.calls import AUDITS, FUNCTIONS, READS, WRITES, Stage, set_stage
from tests.fabric_network import MakeNetwork, come_level, open_gateway

pytestmark = pytest.mark.fabric

OWNER, OTHER = "Org1MSP", "Org2MSP"
MAY = {"writer": {*READS, *AUDITS, *WRITES}, "auditor": {*READS, *AUDITS}, "reader": set(READS), "admin": set()}
OWNERS_ONLY = {"Supersede", "Retract", "Anchor"}


def accepted(gateway: Gateway, stage: Stage, function: str) -> bool:
    """Whether the network does what the caller asks: tells it, or endorses it."""
    call = stage.call(function)
    try:
        if function in READS or function == "History":
            gateway.evaluate(function, *call.arguments)
        else:
            gateway.endorse(gateway.propose(function, *call.arguments, transient=call.transient))
    except LedgerError:
        return False
    return True


@contextmanager
def calling(network: Network, credentials: Credentials, msp: str = "") -> Iterator[Gateway]:
    """A gateway that asks with somebody's credentials, whatever they are worth."""
    home = msp or credentials.msp
    identity = Identity.from_pem(home, credentials.certificate, credentials.key)
    gateway = Gateway(Profile.load(network.profile(home)), identity, deadlines=Deadlines(evaluate=5.0, endorse=5.0))
    try:
        yield gateway
    finally:
        gateway.close()


@pytest.fixture(scope="module")
def stage(network: Network) -> Iterator[Stage]:
    gateway = open_gateway(network, OWNER, "writer")
    stage = set_stage(gateway, "lab/matrix")
    come_level(network)
    yield stage
    gateway.close()


@pytest.mark.parametrize("msp", [OWNER, OTHER])
@pytest.mark.parametrize("role", sorted(MAY))
def test_a_role_may_do_what_its_row_says_and_nothing_else(network: Network, stage: Stage, msp: str, role: str) -> None:
    expected = {name for name in MAY[role] if msp == OWNER or name not in OWNERS_ONLY}
    with calling(network, network.credentials(msp, role)) as gateway:
        assert {name for name in FUNCTIONS if accepted(gateway, stage, name)} == expected


def expired(network: Network, folder: Path) -> tuple[Credentials, str]:
    return network.issue(OWNER, "late", "writer", valid_until=datetime.now(UTC) - timedelta(minutes=5)), ""


def unknown_ca(network: Network, folder: Path) -> tuple[Credentials, str]:
    return network.issue(OWNER, "eve", "writer", organisation_ca=Authority(folder / "ca", OWNER)), ""


def wrong_msp(network: Network, folder: Path) -> tuple[Credentials, str]:
    return replace(network.credentials(OWNER, "writer"), msp=OTHER), OTHER


def revoked(network: Network, folder: Path) -> tuple[Credentials, str]:
    credentials = network.issue(OWNER, "gone", "writer")
    network.revoke(credentials)
    return credentials, ""


@pytest.mark.parametrize("stranger", [expired, unknown_ca, wrong_msp, revoked])
def test_a_stranger_may_do_nothing(
    network: Network, stage: Stage, tmp_path: Path, stranger: Callable[[Network, Path], tuple[Credentials, str]]
) -> None:
    credentials, msp = stranger(network, tmp_path)
    with calling(network, credentials, msp) as gateway:
        wait_until(lambda: not accepted(gateway, stage, "PutChunk"), "the stranger was never refused")
        assert [name for name in FUNCTIONS if accepted(gateway, stage, name)] == []


def test_members_of_an_organisation_that_was_put_out_may_do_nothing(own_network: MakeNetwork) -> None:
    network = own_network()
    with calling(network, network.credentials(OWNER, "writer")) as gateway:
        stage = set_stage(gateway, "lab/put-out")
    come_level(network)
    with calling(network, network.credentials(OTHER, "writer")) as gateway:
        assert accepted(gateway, stage, "CommitRecord")
    network.consortium().remove(OTHER)
    for role in MAY:
        with calling(network, network.credentials(OTHER, role)) as gateway:
            written = [name for name in (*WRITES, "Attest") if accepted(gateway, stage, name)]
            assert written == []
    with calling(network, network.credentials(OWNER, "writer")) as gateway:
        assert accepted(gateway, stage, "GetRecord")


def test_private_contents_are_read_by_the_named_organisations_alone(network: Network, stage: Stage) -> None:
    call = stage.call("PutPrivateRecord")
    with calling(network, network.credentials(OWNER, "writer")) as gateway:
        arguments = (call.arguments[0], "org1-only")
        answer = gateway.endorse(
            gateway.propose("PutPrivateRecord", *arguments, transient=call.transient, endorsers=[OWNER])
        )
        gateway.commit(answer)
        chunk = json.loads(answer.result)["envelope_chunks"][0]
        assert gateway.evaluate("GetChunk", chunk, "org1-only")
    come_level(network)
    for role in MAY:
        with calling(network, network.credentials(OTHER, role)) as gateway, pytest.raises(LedgerError):
            gateway.evaluate("GetChunk", chunk, "org1-only")
