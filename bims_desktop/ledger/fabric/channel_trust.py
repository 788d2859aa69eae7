"""Trust as the channel's own configuration states it, for profiles that bring none."""

from __future__ import annotations

from typing import Any

from cryptography import x509

from bims_desktop.errors import ProofRefused
from bims_desktop.ledger.fabric import messages
from bims_desktop.ledger.fabric.messages import parse
from bims_desktop.ledger.fabric.pem import parse_certificates
from bims_desktop.ledger.fabric.trust import Authority, Trust


def trust_of(configuration: bytes) -> Trust:
    """The organisations and orderers of the serialized Config `configuration`.

    It is as good as the peer that gave it: keep it, and compare what two organisations give.

    Raises
    ------
    ProofRefused
        It is no channel's configuration.
    """
    groups = parse(messages.config.Config, configuration).channel_group.groups
    if "Application" not in groups or "Orderer" not in groups:
        raise ProofRefused("This is not the configuration of a channel.", "Ask the peer of another organisation.")
    return Trust(_authorities(groups["Application"]), _authorities(groups["Orderer"]), _consenters(groups["Orderer"]))


def _authorities(group: Any) -> dict[str, Authority]:
    found = {}
    for organisation in group.groups.values():
        config = parse(messages.msp_config.MSPConfig, organisation.values["MSP"].value).config
        msp = parse(messages.msp_config.FabricMSPConfig, config)
        found[msp.name] = Authority(
            _certificates(msp.root_certs, msp.name),
            _certificates(msp.intermediate_certs, msp.name),
            tuple(_crl(pem, msp.name) for pem in msp.revocation_list),
        )
    return dict(sorted(found.items()))


def _consenters(orderer: Any) -> dict[int, tuple[str, x509.Certificate]]:
    mapping = parse(messages.configuration.Orderers, orderer.values["Orderers"].value).consenter_mapping
    return {one.id: (one.msp_id, parse_certificates(one.identity, "A consenter")[0]) for one in mapping if one.identity}


def _certificates(pems: Any, msp: str) -> tuple[x509.Certificate, ...]:
    return tuple(certificate for pem in pems for certificate in parse_certificates(pem, f"The CA of {msp}"))


def _crl(pem: bytes, msp: str) -> x509.CertificateRevocationList:
    try:
        return x509.load_pem_x509_crl(pem)
    except ValueError as error:
        raise ProofRefused(f"The revocation list of {msp} cannot be read.", "Tell its administrator.") from error
