"""Anchors of local logs in the Python stand-in of the chaincode."""

from __future__ import annotations

import base64
import json

from bims_desktop.ledger.checkpoint import Checkpoint, Note, parse_checkpoint, parse_note
from bims_desktop.ledger.public_key import parse_public
from bims_desktop.model.canonical import canonical
from bims_desktop.model.merkle import consistent
from tests.ledger.fabric.fake_documents import Document, announce, answer, origin, stored
from tests.ledger.fabric.fake_ledger import Refused, World


def anchor(world: World, note: str, key: str, proof: str) -> Document:
    public, signed = parse_public(key), parse_note(note)
    checkpoint = parse_checkpoint(signed.text)
    nodes = [base64.b64decode(node) for node in json.loads(proof)]
    last = stored(world, f"anchor/{checkpoint.origin}")
    if last is not None:
        known = anchored_at(world, last, checkpoint, note)
        if known is not None:
            return answer(known)
        check_growth(last, checkpoint, signed, nodes)
    elif checkpoint.size == 0 or nodes:
        raise Refused("INVALID: The first anchor of a log is of at least one entry, and needs no proof.")
    if public is None or signed.signer([public]) is None:
        raise Refused("INVALID: The note is not signed by the key that was given.")
    root = base64.b64encode(checkpoint.root).decode()
    told = {"origin": checkpoint.origin, "size": checkpoint.size, "root": root}
    document = {**told, "key": key, "note": note, **origin(world)}
    for name in (f"anchor/{checkpoint.origin}", sized(checkpoint)):
        world.put(name, canonical(document).decode())
    announce(world, "Anchored", {**told, "owner": world.msp, "since": document["since"]})
    return answer(document)


def anchored_at(world: World, last: Document, checkpoint: Checkpoint, note: str) -> Document | None:
    """The anchor of this very note; refuses another of its size, or of a size that the log has left behind."""
    if last["owner"] != world.msp:
        raise Refused(f"FORBIDDEN: The log {last['origin']} is {last['owner']}'s.")
    if checkpoint.size > last["size"]:
        return None
    known = stored(world, sized(checkpoint))
    if known is None or known["note"] != note:
        raise Refused(f"CONFLICT: The log was anchored with {last['size']} entries, not with this note.")
    return known


def check_growth(last: Document, checkpoint: Checkpoint, signed: Note, proof: list[bytes]) -> None:
    known = parse_public(last["key"])
    if known is None or signed.signer([known]) is None:
        raise Refused("INVALID: The note is not signed by the key that the log was last anchored with.")
    if not consistent(last["size"], base64.b64decode(last["root"]), checkpoint.size, checkpoint.root, proof):
        raise Refused(f"CONFLICT: The proof does not show that the log continues its {last['size']} entries.")


def sized(checkpoint: Checkpoint) -> str:
    return f"anchored/{checkpoint.origin}/{checkpoint.size:016}"


def get_anchor(world: World, origin: str) -> Document:
    last = stored(world, f"anchor/{origin}")
    if last is None:
        raise Refused("NOT_FOUND: No checkpoint of this log was anchored.")
    return last


def anchors(world: World, origin: str, size: str = "100", bookmark: str = "") -> Document:
    found = [stored(world, key) for key in world.keys(f"anchored/{origin}/")]
    start, count = int(bookmark or 0), int(size)
    following = str(start + count) if start + count < len(found) else ""
    return {"anchors": found[start : start + count], "bookmark": following}
