"""Changes of a channel's configuration: each edits the channel's common.ConfigGroup in place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bims_network.messages import msp_config, ordering, raft

Edit = Callable[[Any], None]
MEMBERS, ORDERING = "Application", "Orderer"


def with_revocations(msp: str, crl: bytes) -> Edit:
    """A member organisation gets a new revocation list (PEM)."""

    def edit(channel: Any) -> None:
        value = channel.groups[MEMBERS].groups[msp].values["MSP"]
        outer = msp_config.MSPConfig.FromString(value.value)
        inner = msp_config.FabricMSPConfig.FromString(outer.config)
        inner.revocation_list[:] = [crl]
        outer.config = inner.SerializeToString()
        value.value = outer.SerializeToString()

    return edit


def without_member(msp: str) -> Edit:
    """An organisation is a member no more."""

    def edit(channel: Any) -> None:
        del channel.groups[MEMBERS].groups[msp]

    return edit


def with_member(msp: str, group: Any) -> Edit:
    """An organisation, as a common.ConfigGroup, becomes a member."""

    def edit(channel: Any) -> None:
        channel.groups[MEMBERS].groups[msp].CopyFrom(group)

    return edit


def without_consenter(port: int) -> Edit:
    """A Raft orderer is taken out of the cluster."""

    def edit(consenters: Any) -> None:
        kept = [consenter for consenter in consenters if consenter.port != port]
        del consenters[:]
        consenters.extend(kept)

    return _raft(edit)


def with_consenter(host: str, port: int, certificate: bytes) -> Edit:
    """A Raft orderer with the TLS certificate (PEM) that it shows is put into the cluster."""

    def edit(consenters: Any) -> None:
        consenters.add(host=host, port=port, client_tls_cert=certificate, server_tls_cert=certificate)

    return _raft(edit)


def with_renewed_consenter(port: int, certificate: bytes) -> Edit:
    """A Raft orderer shows a new TLS certificate (PEM) from now on."""

    def edit(consenters: Any) -> None:
        for consenter in consenters:
            if consenter.port == port:
                consenter.client_tls_cert = consenter.server_tls_cert = certificate

    return _raft(edit)


def _raft(edit: Edit) -> Edit:
    def whole(channel: Any) -> None:
        value = channel.groups[ORDERING].values["ConsensusType"]
        consensus = ordering.ConsensusType.FromString(value.value)
        metadata = raft.ConfigMetadata.FromString(consensus.metadata)
        edit(metadata.consenters)
        consensus.metadata = metadata.SerializeToString()
        value.value = consensus.SerializeToString()

    return whole
