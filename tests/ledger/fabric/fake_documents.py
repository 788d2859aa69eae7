"""How the Python stand-in of the chaincode stores what it is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from bims_desktop.ledger.entry import Entry
from bims_desktop.model.canonical import canonical
from tests.ledger.fabric.fake_ledger import Refused, World

Document = dict[str, Any]


def documents(world: World) -> Iterator[Document]:
    for kind in ("record", "attestation", "supersede", "retract"):
        yield from (json.loads(world.ledger.state[key][0]) for key in world.keys(f"{kind}/"))


def need_record(world: World, record: str) -> Document:
    document = stored(world, f"record/{record}")
    if document is None:
        raise Refused(f"NOT_FOUND: The ledger does not hold the record {record}.")
    return document


def need_own(world: World, record: str) -> None:
    owner = need_record(world, record)["owner"]
    if owner != world.msp:
        raise Refused(f"FORBIDDEN: The record belongs to {owner}.")


def stored(world: World, key: str) -> Document | None:
    value = world.get(key)
    return None if value is None else dict(json.loads(value))


def entry_of(kind: str, text: str) -> Entry:
    entry = Entry.from_bytes(text.encode())
    if entry.kind != kind:
        raise Refused(f"INVALID: This function takes entries of the kind {kind}.")
    return entry


def keep(world: World, key: str, entry: str, event: str, record: str) -> Document:
    """Store an entry once; the same again is the same answer."""
    known = stored(world, key)
    if known is None:
        known = {"entry": entry, **origin(world)}
        world.put(key, canonical(known).decode())
        announce(world, event, {"record": record, "owner": world.msp, "since": known["since"]})
    elif known["entry"] != entry:
        raise Refused(f"CONFLICT: The ledger holds another {key.partition('/')[0]} of this record.")
    return answer(known)


def origin(world: World) -> Document:
    since = f"{world.time:%Y-%m-%dT%H:%M:%SZ}"
    return {"owner": world.msp, "since": since, "transaction": world.transaction}


def answer(document: Document) -> Document:
    return document | {"place": {"transaction": document["transaction"]}}


def announce(world: World, name: str, payload: Document) -> None:
    world.announce(name, canonical(payload))


def digest_of(data: bytes) -> str:
    return f"sha256:{sha256(data).hexdigest()}"
