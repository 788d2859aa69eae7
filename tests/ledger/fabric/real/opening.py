"""Gateways that are not the usual ones."""

from __future__ import annotations

from typing import Any

from bims_desktop.ledger.fabric.gateway import Gateway
from bims_desktop.ledger.fabric.identity import Identity
from bims_desktop.ledger.fabric.profile import Profile
from bims_desktop.ledger.fabric.transaction import Status, Transaction
from bims_network import Credentials, Network
from tests.ledger.fabric.entries import entry


def identity_of(credentials: Credentials, msp: str = "") -> Identity:
    return Identity.from_pem(msp or credentials.msp, credentials.certificate, credentials.key)


def gateway_as(network: Network, identity: Identity, **options: Any) -> Gateway:
    """Through Org1's peer, whoever it is."""
    profile = Profile.load(network.profile("Org1MSP"))
    return Gateway(profile, identity, peer=profile.of("Org1MSP")[0].name, **options)


def endorsed(gateway: Gateway, text: str = "", **options: Any) -> Transaction:
    return gateway.endorse(gateway.propose("CommitRecord", text or entry(), "", **options))


def written(gateway: Gateway) -> Status:
    return gateway.commit(endorsed(gateway))
