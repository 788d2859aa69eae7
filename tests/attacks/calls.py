"""One good call of every function of the contract, so that only the caller can be the reason of a refusal."""

from __future__ import annotations

import base64
import itertools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bims_desktop.app.statement import make, open_statement
from bims_desktop.ledger.checkpoint import Checkpoint
from bims_desktop.ledger.entry import Entry
from bims_desktop.ledger.fabric.gateway import Gateway
from bims_desktop.ledger.public_key import encode_public
from bims_desktop.ledger.signing import Ed25519Signer
from bims_desktop.model.merkle import consistency_proof, leaf_hash, root_hash
from tests.faults.laboratory import record

READS = (
    "GetRecord", "GetChunk", "FindByPixelDigest", "FindByMacroDigest", "FindBySubject", "Lineage", "Query", "GetAnchor",
    "Anchors",
)  # fmt: skip
AUDITS = ("History", "Attest")
WRITES = (
    "PutChunk", "PutPrivateChunk", "CommitRecord", "PutPrivateRecord", "Supersede", "Retract", "Anchor",
)  # fmt: skip
FUNCTIONS = (*READS, *AUDITS, *WRITES)

_numbers = itertools.count(5_000_000)


@dataclass(frozen=True)
class Call:
    """Arguments of one call."""

    arguments: tuple[str, ...]
    transient: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Stage:
    """What is on the ledger before a caller comes: two records, a chunk and an anchored log of one organisation."""

    owned: Entry
    other: Entry
    chunk: str
    origin: str
    signer: Ed25519Signer

    def call(self, function: str) -> Call:
        """A call that a writer of the owning organisation may make; each one is new."""
        return _CALLS[function](self)


def set_stage(gateway: Gateway, origin: str) -> Stage:
    """Commit what the calls are about, as the organisation of `gateway`."""
    owned, other, signer = record(next(_numbers)), record(next(_numbers)), Ed25519Signer.generate()
    for entry in (owned, other):
        gateway.commit(gateway.endorse(gateway.propose("CommitRecord", _text(entry), "")))
    data = f"chunk {next(_numbers)}".encode()
    chunk = gateway.endorse(gateway.propose("PutChunk", base64.b64encode(data).decode()))
    gateway.commit(chunk)
    gateway.commit(gateway.endorse(gateway.propose("Anchor", *_checkpoint(origin, signer, 1))))
    return Stage(owned, other, json.loads(chunk.result)["chunk"], origin, signer)


def _checkpoint(origin: str, signer: Ed25519Signer, size: int) -> tuple[str, str, str]:
    first, second = leaf_hash(b"first"), leaf_hash(b"second")
    note = Checkpoint(origin, size, root_hash([first, second][:size])).sign(signer)
    proof = consistency_proof([first, second], 1) if size == 2 else []
    return (
        note,
        encode_public(signer.public_key, origin),
        json.dumps([base64.b64encode(node).decode() for node in proof]),
    )


def _statement() -> tuple[Entry, bytes]:
    signer = Ed25519Signer(bytes(32))
    number = next(_numbers)
    document = {
        "agent": {
            "name": "A. Robert",
            "organisation": "",
            "public_key": base64.b64encode(signer.public_key).decode(),
        },
        "created": "2026-01-31T12:00:00Z",
        "inputs": [],
        "steps": [{"operation": "align"}],
        "subject": [{"digest": f"sha256:{number:064x}", "kind": "sequence", "name": "run"}],
        "type": "bims-statement",
        "v": 1,
    }
    envelope = make(document, signer)
    return Entry("record", {"record": open_statement(envelope).digest, "subject": f"sha256:{number:064x}"}), envelope


def _private(stage: Stage) -> Call:
    entry, envelope = _statement()
    return Call((_text(entry), "shared"), {"envelope": envelope})


def _text(entry: Entry) -> str:
    return entry.to_bytes().decode()


def _about(stage: Stage, kind: str, **more: str) -> Call:
    return Call((_text(Entry(kind, {"record": stage.owned.body["record"], **more})),))  # type: ignore[arg-type]


_CALLS: dict[str, Callable[[Stage], Call]] = {
    "GetRecord": lambda stage: Call((str(stage.owned.body["record"]),)),
    "GetChunk": lambda stage: Call((stage.chunk, "")),
    "FindByPixelDigest": lambda stage: Call((str(stage.owned.body["pixels"]),)),
    "FindByMacroDigest": lambda stage: Call((str(stage.owned.body["pixels"]),)),
    "FindBySubject": lambda stage: Call((str(stage.owned.body["pixels"]),)),
    "Lineage": lambda stage: Call((str(stage.owned.body["record"]), "up", "3")),
    "Query": lambda stage: Call(('{"kind":"record"}', "5", "")),
    "GetAnchor": lambda stage: Call((stage.origin,)),
    "Anchors": lambda stage: Call((stage.origin, "5", "")),
    "History": lambda stage: Call((str(stage.owned.body["record"]),)),
    "Attest": lambda stage: _about(stage, "attestation", verdict="exact", environment=str(next(_numbers))),
    "PutChunk": lambda stage: Call((base64.b64encode(f"chunk {next(_numbers)}".encode()).decode(),)),
    "PutPrivateChunk": lambda stage: Call(("shared",), {"chunk": f"chunk {next(_numbers)}".encode()}),
    "CommitRecord": lambda stage: Call((_text(record(next(_numbers))), "")),
    "PutPrivateRecord": _private,
    "Supersede": lambda stage: _about(stage, "supersede", by=str(stage.other.body["record"])),
    "Retract": lambda stage: _about(stage, "retract", reason="a mistake"),
    "Anchor": lambda stage: Call(_checkpoint(stage.origin, stage.signer, 2)),
}
