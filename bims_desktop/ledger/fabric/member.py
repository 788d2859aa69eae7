"""Whoever signed something in a block: an organisation's certificate, and whether it was good at the time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509

from bims_desktop.errors import LedgerError
from bims_desktop.ledger.fabric import ecdsa
from bims_desktop.ledger.fabric.envelope import serialized_identity
from bims_desktop.ledger.fabric.pem import common_name, organisational_units, parse_certificates
from bims_desktop.ledger.fabric.trust import Authority


@dataclass(frozen=True, slots=True)
class Member:
    """A person or a node of an organisation."""

    msp: str
    name: str


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature to be checked: by whom (a SerializedIdentity), and over what."""

    signer: bytes
    value: bytes
    data: bytes


@dataclass(frozen=True, slots=True)
class Seal:
    """A signature once it was checked: who it was, and what is wrong with it; nothing where `problem` is empty."""

    member: Member
    problem: str = ""


def seal_of(signature: Signature, authorities: Mapping[str, Authority], when: datetime, unit: str = "") -> Seal:
    """Check `signature`: its bytes, the certificate's chain to one of `authorities` at `when`, and its OU `unit`."""
    try:
        who = serialized_identity(signature.signer)
        certificate = parse_certificates(who.id_bytes, "An identity")[0]
    except LedgerError:
        return Seal(Member("", ""), "a signature comes without a certificate")
    member = Member(who.mspid, common_name(certificate))
    return Seal(member, _problem(signature, certificate, authorities.get(member.msp), when, unit))


def _problem(
    signature: Signature, certificate: x509.Certificate, authority: Authority | None, when: datetime, unit: str
) -> str:
    name = common_name(certificate)
    if authority is None:
        return f"{name} is of an organisation that is not trusted here"
    if not authority.issued(certificate, when):
        return f"the certificate of {name} is not by its organisation's CA, or did not hold on {when:%Y-%m-%d}"
    if unit and unit not in organisational_units(certificate):
        return f"{name} is no {unit}"
    if not ecdsa.verify(certificate.public_key(), signature.value, signature.data):
        return f"the signature of {name} is false"
    return ""
