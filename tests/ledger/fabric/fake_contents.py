"""Contents of records in the Python stand-in of the chaincode: chunks, envelopes, private ones too."""

from __future__ import annotations

import base64
import json
from dataclasses import asdict
from hashlib import sha256

from bims_desktop.ledger.entry import Entry
from bims_desktop.ledger.facts import facts
from bims_desktop.ledger.public_key import fingerprint, verify
from bims_desktop.model.canonical import canonical
from bims_desktop.model.dsse import Envelope
from tests.ledger.fabric.fake_documents import Document, digest_of, entry_of
from tests.ledger.fabric.fake_ledger import Refused, World

MAX_CHUNK = 512 * 1024


def put_chunk(world: World, data: str) -> Document:
    return {"chunk": keep_chunk(world, base64.b64decode(data, validate=True))}


def put_private_chunk(world: World, collection: str) -> Document:
    data = world.transient["chunk"]
    world.put_private(collection, f"chunk/{digest_of(data)}", data)
    return {"chunk": digest_of(data)}


def get_chunk(world: World, chunk: str, collection: str = "") -> str:
    if collection:
        data = world.get_private(collection, f"chunk/{chunk}")
        text = None if data is None else base64.b64encode(data).decode()
    else:
        text = world.get(f"chunk/{chunk}")
    if text is None:
        raise Refused(f"NOT_FOUND: The chunk {chunk} is not here.")
    return text


def put_private_record(world: World, entry: str, collection: str) -> Document:
    envelope, blobs = world.transient["envelope"], json.loads(world.transient.get("blobs", b"{}"))
    told = open_envelope(envelope, entry_of("record", entry))
    chunks = [envelope[start : start + MAX_CHUNK] for start in range(0, len(envelope), MAX_CHUNK)]
    for chunk in chunks:
        world.put_private(collection, f"chunk/{digest_of(chunk)}", chunk)
    names = [digest_of(chunk) for chunk in chunks]
    record = digest_of(Envelope.from_bytes(envelope).payload)
    world.put_private(collection, f"seal/{record}", seal(entry, names, blobs))
    world.put_private(collection, f"facts/{record}", canonical(told))
    return {"envelope_chunks": names}


def seal(entry: str, chunks: list[str], blobs: Document) -> bytes:
    """What members of a collection vouch for."""
    return canonical({"entry": entry, "envelope": chunks, "blobs": blobs})


def open_envelope(envelope: bytes, entry: Entry) -> Document:
    """What the record says of itself; refuses one that its agent did not sign, or that the entry contradicts."""
    opened = Envelope.from_bytes(envelope)
    key = base64.b64decode(json.loads(opened.payload)["agent"]["public_key"], validate=True)
    if not any(signer == key and verify(key, value, opened.message) for signer, value in opened.signatures):
        raise Refused("INVALID: The envelope is not signed by the key of the agent that its payload names.")
    told = facts(opened.payload)
    agreed = {
        "record": (digest_of(opened.payload),), "pixels": told.subjects, "subject": told.subjects,
        "macro": (told.macro,), "agent": (fingerprint(key),),
    }  # fmt: skip
    for name, values in agreed.items():
        if name in entry.body and entry.body[name] not in values:
            raise Refused(f"INVALID: The entry's {name} is not that of its payload.")
    return asdict(told) | {"agent": [fingerprint(key), told.agent]}


def contents_of(world: World, stated: Entry, entry: str, offer: Document) -> Document:
    """Where the pieces lie, once they are found to be there and to be the record's."""
    collection, chunks, blobs = offer.get("collection", ""), offer.get("envelope_chunks", []), offer.get("blobs", {})
    if collection:
        vouched = sha256(seal(entry, chunks, blobs)).digest()
        if world.private_hash(collection, f"seal/{stated.body['record']}") != vouched:
            raise Refused(f"NOT_FOUND: The collection {collection} does not hold this record with these contents.")
        return {"collection": collection, "envelope": chunks, "blobs": blobs}
    assemble(world, [chunk for parts in blobs.values() for chunk in parts])
    if offer:
        envelope = offer["envelope"].encode() if "envelope" in offer else assemble(world, chunks)
        open_envelope(envelope, stated)
        chunks = chunks or [keep_chunk(world, envelope)]
    return {"collection": "", "envelope": chunks, "blobs": blobs}


def assemble(world: World, chunks: list[str]) -> bytes:
    return b"".join(base64.b64decode(get_chunk(world, chunk)) for chunk in chunks)


def keep_chunk(world: World, data: bytes) -> str:
    if not 0 < len(data) <= MAX_CHUNK:
        raise Refused(f"INVALID: A chunk has 1 to {MAX_CHUNK} bytes.")
    key = f"chunk/{digest_of(data)}"
    if world.get(key) is None:
        world.put(key, base64.b64encode(data).decode())
    return digest_of(data)
