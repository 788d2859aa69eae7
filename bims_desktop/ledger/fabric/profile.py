"""A connection profile of Fabric: which peers there are, how to reach them, and whom to trust.

Any profile that Fabric's CA tools or test network write will do (JSON or YAML). A section
``x-bims`` may add the channel, the chaincode, and the CAs that evidence is checked against.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from bims_desktop.errors import LedgerUnavailable
from bims_desktop.ledger.fabric.pem import parse_certificates, read_bounded
from bims_desktop.ledger.fabric.trust import Authority, Trust

MAX_BYTES = 1_048_576
MAX_PEERS = 100


@dataclass(frozen=True, slots=True)
class Peer:
    """One peer: `address` is host:port, `tls_root` PEM, `override` the name its TLS certificate bears, if another."""

    name: str
    msp: str
    address: str
    tls_root: bytes
    override: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """Where a consortium's ledger is.

    Parameters
    ----------
    channel, chaincode : str
        Empty where the profile names none; `dataclasses.replace` fills them in.
    peers : tuple of Peer
        Of every organisation, in the profile's order.
    trust : Trust, optional
        None where the profile has no CAs in it; `Gateway.trust` asks the channel.
    """

    channel: str
    chaincode: str
    peers: tuple[Peer, ...]
    trust: Trust | None = None

    @classmethod
    def load(cls, path: Path, *, channel: str = "", chaincode: str = "", trust: Trust | None = None) -> Profile:
        """The profile at `path`; what is given besides goes before what it says.

        Raises
        ------
        LedgerUnavailable
            It cannot be read or understood; the sentence says which part.
        """
        try:
            found = _read(_parse(read_bounded(path, MAX_BYTES)), path.parent)
        except _Malformed as error:
            raise LedgerUnavailable(
                f"The connection profile {path} cannot be used: {error}.", "Ask the network's operator for a new one."
            ) from error
        return cls(channel or found.channel, chaincode or found.chaincode, found.peers, trust or found.trust)

    def of(self, msp: str) -> tuple[Peer, ...]:
        """The peers of organisation `msp`.

        Raises
        ------
        LedgerUnavailable
            The profile names none.
        """
        peers = tuple(peer for peer in self.peers if peer.msp == msp)
        if not peers:
            known = ", ".join(self.organisations) or "none"
            raise LedgerUnavailable(
                f"The connection profile names no peer of {msp}; it knows {known}.", "Check the MSP identifier."
            )
        return peers

    @property
    def organisations(self) -> tuple[str, ...]:
        """MSP identifiers of the organisations that have peers, in the profile's order."""
        return tuple(dict.fromkeys(peer.msp for peer in self.peers))


class _Malformed(ValueError):
    """What is wrong with a profile, as half a sentence."""


def _parse(data: bytes) -> dict[str, Any]:
    try:
        text = data.decode()
        document = json.loads(text) if text.lstrip().startswith("{") else yaml.safe_load(text)
    except (UnicodeDecodeError, json.JSONDecodeError, yaml.YAMLError, RecursionError) as error:
        raise _Malformed("it is neither JSON nor YAML") from error
    return _mapping(document, "it")


def _read(document: dict[str, Any], folder: Path) -> Profile:
    ours = _mapping(document.get("x-bims", {}), "x-bims")
    peers = tuple(_peers(document, folder))
    if not peers:
        raise _Malformed("it names no peer of any organisation")
    channels = [str(name) for name in _mapping(document.get("channels") or {}, "channels")]
    channel = _text(ours.get("channel", channels[0] if len(channels) == 1 else ""), "channel")
    trust = _trust(ours, {peer.msp for peer in peers}) if ours.get("msps") else None
    return Profile(channel, _text(ours.get("chaincode", ""), "chaincode"), peers, trust)


def _peers(document: dict[str, Any], folder: Path) -> list[Peer]:
    described = _mapping(document.get("peers") or {}, "peers")
    if len(described) > MAX_PEERS:
        raise _Malformed(f"it names more than {MAX_PEERS} peers")
    peers = []
    for organisation, about in _mapping(document.get("organizations") or {}, "organizations").items():
        about = _mapping(about, organisation)
        for name in _list(about.get("peers", []), f"peers of {organisation}"):
            if name not in described:
                raise _Malformed(f"{organisation} names the peer {name}, which it does not describe")
            peers.append(_peer(str(name), _text(about.get("mspid", ""), "mspid"), described[name], folder))
    return peers


def _peer(name: str, msp: str, about: Any, folder: Path) -> Peer:
    about = _mapping(about, name)
    try:
        url = urlsplit(_text(about.get("url", ""), f"url of {name}"))
        address = f"{url.hostname}:{url.port}" if url.hostname and url.port else ""
    except ValueError as error:
        raise _Malformed(f"the address of {name} is not one") from error
    if url.scheme != "grpcs" or not address:
        raise _Malformed(f"the address of {name} is not grpcs://HOST:PORT, and without TLS nobody knows who answers")
    if not msp:
        raise _Malformed(f"the organisation of {name} has no mspid")
    options = _mapping(about.get("grpcOptions") or {}, f"grpcOptions of {name}")
    override = options.get("ssl-target-name-override") or options.get("hostnameOverride") or ""
    root = _pem(about.get("tlsCACerts"), f"tlsCACerts of {name}", folder)
    return Peer(name, msp, address, root, _text(override, f"name override of {name}"))


def _pem(value: Any, place: str, folder: Path) -> bytes:
    about = _mapping(value or {}, place)
    if "pem" in about:
        parts = about["pem"] if isinstance(about["pem"], list) else [about["pem"]]
        pem = "\n".join(_text(part, place) for part in parts).encode()
    else:
        pem = read_bounded(folder / _text(about.get("path", ""), place))
    parse_certificates(pem, f"The entry {place} of the connection profile")
    return pem


def _trust(ours: dict[str, Any], with_peers: set[str]) -> Trust:
    authorities = {msp: _authority(about, msp) for msp, about in _mapping(ours["msps"], "msps").items()}
    orderers = set(_list(ours.get("orderers", [msp for msp in authorities if msp not in with_peers]), "orderers"))
    return Trust(
        {msp: authority for msp, authority in authorities.items() if msp not in orderers},
        {msp: authority for msp, authority in authorities.items() if msp in orderers},
        dict(_consenter(item) for item in _list(ours.get("consenters", []), "consenters")),
    )


def _authority(about: Any, msp: str) -> Authority:
    about = _mapping(about, msp)
    return Authority(
        tuple(parse_certificates("\n".join(_texts(about, "ca", msp)).encode(), f"The CA of {msp}")),
        tuple(cert for pem in _texts(about, "intermediate", msp) for cert in parse_certificates(pem.encode(), msp)),
    )


def _consenter(item: Any) -> tuple[int, tuple[str, Any]]:
    about = _mapping(item, "a consenter")
    pem = _text(about.get("certificate", ""), "certificate of a consenter").encode()
    number = about.get("id")
    if type(number) is not int:
        raise _Malformed("the id of a consenter is not a number")
    return number, (_text(about.get("msp", ""), "msp of a consenter"), parse_certificates(pem, "A consenter")[0])


def _texts(about: Mapping[str, Any], key: str, place: str) -> list[str]:
    return [_text(item, f"{key} of {place}") for item in _list(about.get(key, []), f"{key} of {place}")]


def _mapping(value: Any, place: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _Malformed(f"{place} is not a table")
    return value


def _list(value: Any, place: str) -> list[Any]:
    if not isinstance(value, list) or len(value) > MAX_PEERS:
        raise _Malformed(f"{place} is not a list of at most {MAX_PEERS}")
    return value


def _text(value: Any, place: str) -> str:
    if not isinstance(value, str):
        raise _Malformed(f"{place} is not text")
    return value
