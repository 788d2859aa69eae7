"""The chaincode ``provenance-ledger`` in Python, for the in-process network: the same answers, none of its scale."""

from __future__ import annotations

import binascii
import json
from collections.abc import Callable
from typing import Any

from bims_desktop.errors import BimsError
from bims_desktop.ledger.fabric.pem import organisational_units, parse_certificates
from bims_desktop.model.canonical import canonical
from tests.ledger.fabric.fake_anchors import anchor, anchors, get_anchor
from tests.ledger.fabric.fake_ca import ATTRIBUTES
from tests.ledger.fabric.fake_contents import (
    contents_of,
    get_chunk,
    put_chunk,
    put_private_chunk,
    put_private_record,
)
from tests.ledger.fabric.fake_documents import (
    Document,
    announce,
    answer,
    digest_of,
    entry_of,
    keep,
    need_own,
    need_record,
    origin,
    stored,
)
from tests.ledger.fabric.fake_ledger import Refused, World
from tests.ledger.fabric.fake_search import find, history, lineage, query

ALL, AUDITING, WRITING = {"writer", "reader", "auditor"}, {"writer", "auditor"}, {"writer"}


class FakeContract:
    """`invoke` picks the function; each answers canonical JSON or raises `Refused`."""

    def __init__(self) -> None:
        self._functions: dict[str, tuple[set[str], Callable[..., Any]]] = {
            "GetRecord": (ALL, get_record),
            "GetChunk": (ALL, get_chunk),
            "FindByPixelDigest": (ALL, lambda world, digest: find(world, pixels=digest)),
            "FindByMacroDigest": (ALL, lambda world, digest: find(world, macro=digest)),
            "FindBySubject": (ALL, lambda world, digest: find(world, subject=digest)),
            "Lineage": (ALL, lineage),
            "Query": (ALL, query),
            "GetAnchor": (ALL, get_anchor),
            "Anchors": (ALL, anchors),
            "History": (AUDITING, history),
            "Attest": (AUDITING, attest),
            "PutChunk": (WRITING, put_chunk),
            "PutPrivateChunk": (WRITING, put_private_chunk),
            "PutPrivateRecord": (WRITING, put_private_record),
            "CommitRecord": (WRITING, commit_record),
            "Supersede": (WRITING, supersede),
            "Retract": (WRITING, retract),
            "Anchor": (WRITING, anchor),
        }

    def invoke(self, world: World) -> bytes:
        if world.function not in self._functions:
            raise Refused(f"INVALID: There is no function {world.function}.")
        allowed, function = self._functions[world.function]
        if not allowed & roles(world):
            raise Refused(f"FORBIDDEN: {world.function} needs the role {' or '.join(sorted(allowed))}.")
        try:
            answer = function(world, *world.arguments)
        except (BimsError, binascii.Error, json.JSONDecodeError) as error:
            raise Refused(f"INVALID: {error}") from error
        return answer.encode() if isinstance(answer, str) else canonical(answer)


def roles(world: World) -> set[str]:
    """What the caller's certificate grants."""
    certificate = parse_certificates(world.creator.id_bytes, "the caller")[0]
    told = set(organisational_units(certificate))
    for extension in certificate.extensions:
        if extension.oid == ATTRIBUTES:
            told |= set(json.loads(extension.value.public_bytes())["attrs"].get("bims.role", "").split(","))
    return told & ALL


def commit_record(world: World, entry: str, contents: str = "") -> Document:
    stated = entry_of("record", entry)
    record = str(stated.body["record"])
    offer = json.loads(contents) if contents else {}
    kept = contents_of(world, stated, entry, offer)
    known = stored(world, f"record/{record}")
    if known is not None:
        if known | kept | {"entry": entry} != known:
            raise Refused("CONFLICT: The ledger holds this record already, with another entry or other contents.")
        return answer(known)
    document = {"entry": entry, **origin(world), **kept}
    world.put(f"record/{record}", canonical(document).decode())
    announce(world, "RecordCommitted", {"record": record, "owner": world.msp, "since": document["since"]})
    return answer(document)


def get_record(world: World, record: str) -> Document:
    document = need_record(world, record)
    withdrawn = {name: withdrawal(stored(world, f"{kind}/{record}")) for kind, name in WITHDRAWALS.items()}
    return document | withdrawn


WITHDRAWALS = {"retract": "retracted", "supersede": "superseded"}


def withdrawal(document: Document | None) -> Document | None:
    return document and {key: document[key] for key in ("entry", "since", "transaction")}


def attest(world: World, entry: str) -> Document:
    record = str(entry_of("attestation", entry).body["record"])
    need_record(world, record)
    return keep(world, f"attestation/{record}/{digest_of(entry.encode())}", entry, "Attested", record)


def retract(world: World, entry: str) -> Document:
    record = str(entry_of("retract", entry).body["record"])
    need_own(world, record)
    return keep(world, f"retract/{record}", entry, "Retracted", record)


def supersede(world: World, entry: str) -> Document:
    body = entry_of("supersede", entry).body
    record, by = str(body["record"]), str(body["by"])
    need_own(world, record)
    need_record(world, by)
    step: str | None = by
    while step is not None:
        if step == record:
            raise Refused("INVALID: A record cannot be superseded by itself, nor by one that it supersedes.")
        following = stored(world, f"supersede/{step}")
        step = None if following is None else json.loads(following["entry"])["body"]["by"]
    return keep(world, f"supersede/{record}", entry, "Superseded", record)
