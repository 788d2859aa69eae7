"""`Settings`: who the user is, whose keys the user believes, and which consortium the laboratory belongs to."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Literal, get_args

from bims_desktop.errors import BimsError, RecordDamaged
from bims_desktop.files.blobs import write_durably
from bims_desktop.ledger.signing import decode_public
from bims_desktop.model.canonical import parse

FILE = "settings.json"

Carry = Literal["records", "anchors", "records and anchors"]


@dataclass(frozen=True, slots=True)
class Fabric:
    """How to reach a consortium's ledger on Hyperledger Fabric, and what is carried there.

    Parameters
    ----------
    profile : str
        Path of the connection profile, as the consortium gave it.
    msp : str
        The organisation that the user belongs to, such as ``Org1MSP``.
    certificate, key : str
        Paths of the user's certificate and private key (PEM). The key itself never stands in the settings.
    channel, chaincode : str
        Where the profile does not say, or says otherwise.
    collection : str
        Private data collection that contents go to; empty: every organisation of the channel reads them.
    carry : {"records", "anchors", "records and anchors"}
        A transaction for every entry, or one for a checkpoint over any number of them, or both.
    keep_contents : bool
        Whether whole records go there, to be had back where a file lost its own, or their digests only.
    since : str
        Entries before this time, ``2026-01-31T12:00:00Z``, stay in the local log; empty: none does.
    peer : str
        Name of the peer to talk to; empty: any of the user's organisation.
    tls_certificate, tls_key : str
        Paths of what this computer shows a peer that asks who calls (mutual TLS).

    Raises
    ------
    BimsError
        A private key stands where its path belongs, or `carry` is none of the three.
    """

    profile: str
    msp: str
    certificate: str
    key: str
    channel: str = ""
    chaincode: str = ""
    collection: str = ""
    carry: Carry = "records"
    keep_contents: bool = True
    since: str = ""
    peer: str = ""
    tls_certificate: str = ""
    tls_key: str = ""

    def __post_init__(self) -> None:
        if "PRIVATE KEY" in self.key + self.tls_key:
            raise BimsError("A private key never stands in the settings.", "Name the file that holds it.")
        if self.carry not in get_args(Carry):
            raise BimsError(f"{self.carry!r} is not what can be carried.", f"Choose: {', '.join(get_args(Carry))}.")

    @property
    def carries_records(self) -> bool:
        return self.carry != "anchors"

    @property
    def carries_anchors(self) -> bool:
        return self.carry != "records"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user chose.

    Parameters
    ----------
    agent : str
        Name that records carry; empty until the user gives one.
    organisation : str
        Likewise.
    pinned : tuple of str
        Public keys of others that are believed, as text.
    fabric : Fabric, optional
        The consortium's ledger; None: the local log alone.
    """

    agent: str = ""
    organisation: str = ""
    pinned: tuple[str, ...] = ()
    fabric: Fabric | None = None

    @property
    def keys(self) -> tuple[bytes, ...]:
        return tuple(decode_public(text) for text in self.pinned)

    @classmethod
    def load(cls, folder: Path) -> Settings:
        """Settings kept in `folder`; defaults where there are none.

        Raises
        ------
        BimsError
            The file is damaged.
        """
        path = folder / FILE
        value = _read(path)
        try:
            fabric = value.get("fabric")
            return cls(
                str(value.get("agent", "")),
                str(value.get("organisation", "")),
                tuple(map(str, value.get("pinned", ()))),
                None if fabric is None else _fabric(fabric),
            )
        except (BimsError, KeyError, TypeError, AttributeError) as error:
            raise _damaged(path) from error

    def save(self, folder: Path) -> None:
        """Keep these settings in `folder`; what a newer program wrote beside them stays.

        Raises
        ------
        BimsError
            The file that is there is damaged.
        """
        folder.mkdir(parents=True, exist_ok=True)
        there = _read(folder / FILE)
        chosen = asdict(self)
        if self.fabric is not None and isinstance(there.get("fabric"), dict):
            chosen["fabric"] = {**there["fabric"], **chosen["fabric"]}
        write_durably(folder / FILE, json.dumps({**there, **chosen}, indent=2, ensure_ascii=False).encode())


def _read(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        value: Any = parse(path.read_bytes())
    except RecordDamaged as error:
        raise _damaged(path) from error
    if not isinstance(value, dict):
        raise _damaged(path)
    return value


def _fabric(value: dict[str, Any]) -> Fabric:
    given = {name.name: value[name.name] for name in fields(Fabric) if name.name in value}
    wrong = [name for name, said in given.items() if not isinstance(said, bool if name == "keep_contents" else str)]
    if wrong:
        raise TypeError(f"{wrong[0]} is of another type")
    return Fabric(**given)


def _damaged(path: Path) -> BimsError:
    return BimsError(f"The settings in {path} cannot be read.", "Mend or remove that file.")
