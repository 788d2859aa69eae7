"""The consortium that a laboratory belongs to: connecting to its ledger, and trying whether that works.

Nothing of gRPC is imported before somebody connects: it would slow the start of every program.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bims_desktop.app.settings import Fabric
from bims_desktop.app.verdicts import State
from bims_desktop.errors import BimsError, NotPermitted, TransactionError
from bims_desktop.ledger.outbox import Outbox

if TYPE_CHECKING:
    from bims_desktop.ledger.fabric.gateway import Deadlines, Gateway
    from bims_desktop.ledger.fabric.identity import Identity
    from bims_desktop.ledger.fabric.ledger import FabricLedger
    from bims_desktop.ledger.fabric.profile import Profile

NOWHERE = f"sha256:{64 * '0'}"
PROBE = b"probe"
STATUS_S = 15.0  # what is not in a block by then was likely lost: it is asked for, and the same envelope sent again
TEST_S = 5.0
WINDOW_S = 15 * 60


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was tried: its name, how it went, and a sentence on it."""

    name: str
    state: State
    text: str


def _quiet(stage: str) -> None:
    """Nobody listens."""


def connect(
    fabric: Fabric,
    *,
    outbox: Outbox | None = None,
    stage: Callable[[str], None] = _quiet,
    clock: Callable[[], float] = time.time,
    deadlines: Deadlines | None = None,
) -> FabricLedger:
    """The consortium's ledger that `fabric` names; nothing is sent before it is used.

    Parameters
    ----------
    fabric : Fabric
        Of the settings.
    outbox : Outbox, optional
        Where deliveries are noted; by default in memory.
    stage : callable, optional
        Told the name of each stage of each delivery.
    clock : callable, optional
        Seconds of Unix time.
    deadlines : Deadlines, optional
        Of the gateway.

    Raises
    ------
    LedgerUnavailable
        A file is missing, is not what it should be, or others can read the private key.
    """
    from bims_desktop.ledger.fabric.contract import Contract
    from bims_desktop.ledger.fabric.delivery import Delivery
    from bims_desktop.ledger.fabric.gateway import Deadlines
    from bims_desktop.ledger.fabric.ledger import FabricLedger

    deadlines = deadlines or Deadlines(status=STATUS_S)
    gateway = _gateway(fabric, profile_of(fabric), _identity(fabric), fabric.peer, clock, deadlines)
    journal = outbox or Outbox(None, "here to there")
    delivery = Delivery(Contract(gateway), journal, stage=stage, clock=clock)
    return FabricLedger(gateway, fabric.collection, delivery=delivery)


def profile_of(fabric: Fabric) -> Profile:
    """The connection profile, with what the settings say otherwise.

    Raises
    ------
    LedgerUnavailable
        It cannot be read.
    """
    from bims_desktop.ledger.fabric.profile import Profile

    return Profile.load(Path(fabric.profile), channel=fabric.channel, chaincode=fabric.chaincode)


def network_of(fabric: Fabric) -> str:
    """Which network this is, for as long as its CAs are the same: two test networks of one name are two.

    Where a network renews its CAs, everything is looked at once more, and nothing written twice.
    """
    profile = profile_of(fabric)
    if profile.trust is not None:
        from cryptography.hazmat.primitives.hashes import SHA256

        members = profile.trust.members.items()
        roots = sorted(
            f"{msp} {root.fingerprint(SHA256()).hex()}" for msp, trusted in members for root in trusted.roots
        )
    else:
        roots = sorted({f"{peer.msp} {hashlib.sha256(peer.tls_root).hexdigest()}" for peer in profile.peers})
    return f"{profile.channel}/{profile.chaincode} {short_digest(' '.join(roots))}"


def short_digest(text: str) -> str:
    """Sixteen hexadecimal digits that stand for `text` in the name of a file."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def test_connection(fabric: Fabric) -> Iterator[Check]:
    """Try everything that carrying will need, one after the other; nothing is written to the ledger.

    Yields
    ------
    Check
        As soon as it is known. Where one makes the following ones pointless, it is the last.
    """
    try:
        profile, identity = profile_of(fabric), _identity(fabric)
    except BimsError as error:
        yield Check("Files", "bad", str(error))
        return
    yield Check("Files", "good", f"{identity.name} of {identity.msp}, channel {profile.channel or 'not named'}")
    yield _certificate(identity)
    try:
        gateway = _gateway(fabric, profile, identity, fabric.peer, time.time, _quick())
    except BimsError as error:
        yield Check("Connection", "bad", str(error))
        return
    with gateway:
        yield _tried("Clock", lambda: _clock(gateway))
        for peer in profile.peers:
            yield _tried(f"Peer {peer.name}", partial(_peer, fabric, profile, identity, peer.name))
        yield _tried("Contract", lambda: _contract(gateway))
        yield _tried("Role", lambda: _role(gateway, fabric))
        yield _tried("Second organisation", lambda: _second(gateway, identity.msp))


test_connection.__test__ = False  # type: ignore[attr-defined]  # its name is no invitation to pytest


def _identity(fabric: Fabric) -> Identity:
    from bims_desktop.ledger.fabric.identity import Identity

    return Identity.from_pem(fabric.msp, Path(fabric.certificate), Path(fabric.key))


def _gateway(
    fabric: Fabric,
    profile: Profile,
    identity: Identity,
    peer: str,
    clock: Callable[[], float],
    deadlines: Deadlines | None,
) -> Gateway:
    from bims_desktop.ledger.fabric.channel import ClientTls
    from bims_desktop.ledger.fabric.gateway import Gateway

    tls = None
    if fabric.tls_certificate:
        tls = ClientTls.from_pem(Path(fabric.tls_certificate), Path(fabric.tls_key))
    return Gateway(
        profile,
        identity,
        peer=peer or None,
        client_tls=tls,
        deadlines=deadlines,
        clock=lambda: datetime.fromtimestamp(clock(), UTC),
    )


def _quick() -> Deadlines:
    from bims_desktop.ledger.fabric.gateway import Deadlines

    return Deadlines(evaluate=TEST_S, endorse=TEST_S, submit=TEST_S, status=TEST_S)


def _tried(name: str, attempt: Callable[[], tuple[State, str]]) -> Check:
    try:
        return Check(name, *attempt())
    except BimsError as error:
        return Check(name, "bad", str(error))


def _certificate(identity: Identity) -> Check:
    now = datetime.now(UTC)
    ok = identity.certificate.not_valid_before_utc <= now <= identity.expires
    text = identity.warning(now) or f"valid until {identity.expires:%Y-%m-%d}"
    return Check("Certificate", "good" if ok else "bad", text)


def _clock(gateway: Gateway) -> tuple[State, str]:
    from bims_desktop.ledger.fabric.clock import in_words, warning

    skew = gateway.clock_skew()
    if skew is None:
        return "unknown", "the peer does not tell its time"
    if abs(skew.total_seconds()) >= WINDOW_S:
        return "bad", f"{in_words(skew)}; the network refuses what it sends: set it"
    return "good", warning(skew) or "the same as the network's"


def _peer(fabric: Fabric, profile: Profile, identity: Identity, name: str) -> tuple[State, str]:
    with _gateway(fabric, profile, identity, name, time.time, _quick()) as gateway:
        return "good", f"answers, and has {gateway.height()} blocks"


def _contract(gateway: Gateway) -> tuple[State, str]:
    from bims_desktop.ledger.fabric.contract import Contract

    Contract(gateway).record(NOWHERE)
    return "good", f"{gateway.profile.chaincode} answers on the channel {gateway.profile.channel}"


def _role(gateway: Gateway, fabric: Fabric) -> tuple[State, str]:
    """Whether a write would be endorsed: endorsed it is, and never sent."""
    from bims_desktop.ledger.fabric.contract import Contract, put_chunk
    from bims_desktop.ledger.fabric.envelope import open_envelope, serialized_identity

    try:
        transaction = Contract(gateway).endorse(put_chunk(PROBE, fabric.collection))
    except NotPermitted as error:
        return "bad", f"this certificate may not write: {error}"
    endorsements = open_envelope(transaction.envelope).endorsements
    who = sorted({str(serialized_identity(each.endorser).mspid) for each in endorsements})
    return "good", f"may write; {' and '.join(who)} agreed to a trial that was not sent"


def _second(gateway: Gateway, own: str) -> tuple[State, str]:
    from bims_desktop.ledger.fabric.contract import Contract

    others = [msp for msp in gateway.profile.organisations if msp != own]
    if not others:
        return "unknown", "the profile names no second organisation, so nobody checks what the first one says"
    answers = []
    for msp in others:
        try:
            Contract(gateway).record(NOWHERE, msp)
        except TransactionError as error:
            return "bad", f"{msp} refuses: {error}"
        answers.append(msp)
    return "good", f"{' and '.join(answers)} can be asked too"
