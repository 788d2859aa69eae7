"""Everything on disk that a network needs before its first start."""

from __future__ import annotations

import shutil

from bims_network.administrator import ADMIN
from bims_network.authority import Authority, Unit
from bims_network.channel import write_genesis
from bims_network.lifecycle import write_collections
from bims_network.membership import write_member, write_organisation, write_tls
from bims_network.package import write_builder
from bims_network.plan import ORDERER_MSP, Plan, peer
from bims_network.profile import write_profiles
from bims_network.settings import write_orderer, write_peer

OURS = ("nodes", "organisations", "channel", "builder")
ROLES = ("writer", "reader", "auditor")


def write_material(plan: Plan) -> None:
    """Make authorities, certificates, settings, the first block and the profiles."""
    plan.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_organisation(plan.msp(ORDERER_MSP), Authority(plan.authority(ORDERER_MSP), ORDERER_MSP))
    _member(plan, ORDERER_MSP, ADMIN, "admin")
    for name in plan.orderers:
        _node(plan, name, ORDERER_MSP, "orderer")
        write_orderer(plan, name)
    for msp in plan.members:
        write_member_organisation(plan, msp)
    write_builder(plan.builder)
    write_genesis(plan)
    write_collections(plan)
    write_profiles(plan)
    # last: a plan that is kept says that all of this is whole
    plan.save()


def write_member_organisation(plan: Plan, msp: str) -> None:
    """Make what one organisation with a peer has."""
    write_organisation(plan.msp(msp), Authority(plan.authority(msp), msp))
    _member(plan, msp, ADMIN, "admin")
    for role in ROLES:
        _member(plan, msp, role, "client", role)
    _node(plan, peer(msp), msp, "peer")
    write_peer(plan, peer(msp), msp)


def remove_material(plan: Plan) -> None:
    """Delete the network from the disk; files of others in its folder stay."""
    for name in OURS:
        shutil.rmtree(plan.folder / name, ignore_errors=True)
    for name in ("network.json", "lock"):
        (plan.folder / name).unlink()
    if not any(plan.folder.iterdir()):
        plan.folder.rmdir()


def _member(plan: Plan, msp: str, name: str, unit: Unit, role: str = "") -> None:
    authority = Authority(plan.authority(msp), msp)
    write_member(plan.identity(msp, name), authority, authority.member(name, unit, role))


def _node(plan: Plan, name: str, msp: str, unit: Unit) -> None:
    authority = Authority(plan.authority(msp), msp)
    write_member(plan.node(name) / "msp", authority, authority.member(name, unit))
    write_tls(plan.node(name) / "tls", authority, authority.server(name))
