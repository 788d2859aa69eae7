"""Searches in the Python stand-in of the chaincode: it looks at everything each time."""

from __future__ import annotations

import json
from collections.abc import Iterator

from bims_desktop.ledger.entry import Entry
from bims_desktop.ledger.facts import Facts, facts
from bims_desktop.model.dsse import Envelope
from tests.ledger.fabric.fake_contents import assemble, open_envelope
from tests.ledger.fabric.fake_documents import Document, documents, need_record, stored
from tests.ledger.fabric.fake_ledger import World


def history(world: World, record: str) -> list[Document]:
    need_record(world, record)
    kept = [document for document in documents(world) if json.loads(document["entry"])["body"]["record"] == record]
    changes = [{key: one[key] for key in ("transaction", "since")} | {"value": one} for one in kept]
    return sorted(changes, key=lambda change: (change["since"], change["transaction"]))


def query(world: World, properties: str, size: str = "100", bookmark: str = "") -> Document:
    found = find(world, **json.loads(properties))
    start, count = int(bookmark or 0), int(size)
    following = str(start + count) if start + count < len(found) else ""
    return {"entries": found[start : start + count], "bookmark": following}


def find(world: World, *, since: str = "", until: str = "", collection: str = "", **wanted: str) -> list[Document]:
    """Entries that agree with every property, oldest first."""
    found = [
        document
        for document in documents(world)
        if document["since"] >= since
        and (not until or document["since"] < until)
        and (not collection or document.get("collection") == collection)
        and all(value in terms(world, document, collection).get(name, ()) for name, value in wanted.items())
    ]
    shown = [{key: document[key] for key in ("entry", "owner", "since", "transaction")} for document in found]
    return sorted(shown, key=lambda document: (document["since"], document["entry"]))


def terms(world: World, document: Document, collection: str) -> dict[str, tuple[str, ...]]:
    """What an entry is found by."""
    entry = json.loads(document["entry"])
    found = {name: (value,) for name, value in entry["body"].items() if isinstance(value, str)}
    found |= {"kind": (entry["kind"],), "subject": (*found.get("subject", ()), *found.get("pixels", ()))}
    told = told_by(world, document, entry, collection)
    if told is None:
        return found
    return found | {
        "subject": (*found["subject"], *told["subjects"]),
        "agent": (*found.get("agent", ()), *told["agent"]),
        "macro": (*found.get("macro", ()), told["macro"]),
        "operation": tuple(told["operations"]),
        "instrument": tuple(told["instruments"]),
        "uses": tuple(told["inputs"]),
    }


def told_by(world: World, document: Document, entry: Document, collection: str) -> Document | None:
    if document.get("collection"):
        kept = world.get_private(collection, f"facts/{entry['body']['record']}") if collection else None
        return None if kept is None else dict(json.loads(kept))
    if not document.get("envelope"):
        return None
    return open_envelope(assemble(world, document["envelope"]), Entry.from_bytes(document["entry"].encode()))


def lineage(world: World, record: str, direction: str, depth: str) -> Document:
    """Records up (what it came from) or down (what came of it), through the digests of inputs and subjects."""
    told = {name: facts_of(assemble(world, document["envelope"])) for name, document in with_contents(world)}
    nodes, edges, layer = [record], [], [record]
    for _ in range(int(depth)):
        steps = [step for name in layer for step in neighbours(told, name, direction)]
        edges += [{"from": a, "to": b, "through": digest} for a, b, digest in steps]
        ends = (step[0 if direction == "up" else 1] for step in steps)
        layer = [name for name in dict.fromkeys(ends) if name not in nodes]
        nodes += layer
    return {"nodes": [node(world, name, told) for name in nodes], "edges": edges, "truncated": False}


def neighbours(told: dict[str, Facts], name: str, direction: str) -> Iterator[tuple[str, str, str]]:
    for other, theirs in told.items():
        older, newer = (theirs, told.get(name)) if direction == "up" else (told.get(name), theirs)
        if older is None or newer is None:
            continue
        for digest in set(older.subjects) & set(newer.inputs):
            yield (other, name, digest) if direction == "up" else (name, other, digest)


def node(world: World, name: str, told: dict[str, Facts]) -> Document:
    document = stored(world, f"record/{name}") or {"owner": "", "since": ""}
    subjects = list(told[name].subjects) if name in told else []
    where = {"owner": document["owner"], "since": document["since"]}
    return {"record": name, "subjects": subjects, **where, "known": name in told}


def with_contents(world: World) -> Iterator[tuple[str, Document]]:
    for key in world.keys("record/"):
        document = stored(world, key)
        if document and document["envelope"] and not document["collection"]:
            yield key.partition("/")[2], document


def facts_of(envelope: bytes) -> Facts:
    return facts(Envelope.from_bytes(envelope).payload)
