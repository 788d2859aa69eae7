"""Records of any science: what fits the schema is signed and kept, and nothing else."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from bims_desktop.app.home import Home
from bims_desktop.app.settings import Settings
from bims_desktop.app.statement import MAX_STATEMENT, PAYLOAD_TYPE, Statement, make, open_statement
from bims_desktop.app.submit import submit
from bims_desktop.errors import RecordDamaged, RecordError
from bims_desktop.ledger.facts import facts
from bims_desktop.ledger.receipt import check
from bims_desktop.ledger.signing import Ed25519Signer, fingerprint
from bims_desktop.model.canonical import canonical
from bims_desktop.model.dsse import Envelope

SCHEMA = json.loads((Path(__file__).parents[2] / "resources" / "schemas" / "statement-1.schema.json").read_text())
STRANGER = Ed25519Signer(bytes(range(32)))
D = ["sha256:" + 64 * digit for digit in "0123456789"]
SEQUENCING: dict[str, Any] = {
    "subject": [{"kind": "sequence", "name": "run-12.fastq", "digest": D[1]}],
    "instrument": "Sequencer X200",
    "steps": [
        {"operation": "basecall", "sentence": "Called the bases", "parameters": {"model": "sup", "quality": 9.5}}
    ],
    "created": "2026-01-31T12:00:00Z",
    "content": {"flow cell": "FC-7", "reads": 1_234_567, "lanes": [1, 2]},
}
TABLE: dict[str, Any] = {
    "subject": [
        {"kind": "table", "name": "counts.csv", "digest": D[2]},
        {"kind": "table", "name": "summary.csv", "digest": D[3]},
    ],
    "inputs": [{"name": "run-12.fastq", "digest": D[1], "parent": D[4]}, {"name": "genome.fa", "digest": D[5]}],
    "steps": [{"operation": "align"}, {"operation": "count"}],
}
IMAGE: dict[str, Any] = {"subject": [{"kind": "image", "name": "cells.tif", "digest": D[6]}]}


@pytest.mark.parametrize("document", [SEQUENCING, TABLE, IMAGE])
def test_what_is_submitted_comes_back_whole(home: Home, document: dict[str, Any]) -> None:
    Settings("Ada", "Lab").save(home.folder)
    submitted = submit(document, home)
    deposit = home.ledger.deposit(submitted.record)
    assert deposit is not None
    statement = open_statement(deposit.envelope)
    assert statement.digest == submitted.record
    assert statement.signed_by() == home.agent.public_key
    assert {key: statement.content[key] for key in document} == document
    assert statement.content["agent"]["name"] == "Ada"
    jsonschema.validate(statement.content, SCHEMA)
    assert facts(statement.payload).subjects == tuple(entry["digest"] for entry in document["subject"])
    assert check(submitted.receipt, [home.log_signer.public_key]).state == "good"


@pytest.mark.parametrize(("document", "about"), [(SEQUENCING, "subject"), (TABLE, "subject"), (IMAGE, "pixels")])
def test_the_entry_names_what_it_is_about(home: Home, document: dict[str, Any], about: str) -> None:
    submitted = submit(document, home)
    (stored,) = home.ledger.find(record=submitted.record)
    agent, digest = fingerprint(home.agent.public_key), document["subject"][0]["digest"]
    assert dict(stored.entry.body) == {"agent": agent, "record": submitted.record, about: digest}
    assert submitted.entry == stored.index + 1


@pytest.mark.parametrize(
    "query",
    [
        {"operation": "count"},
        {"uses": D[5]},
        {"subject": D[3]},
        {"subject": D[2]},
        {"operation": "align", "uses": D[1]},
    ],
)
def test_it_is_found_by_what_it_says(home: Home, query: Any) -> None:
    submit(SEQUENCING, home)
    table = submit(TABLE, home)
    assert [stored.entry.body["record"] for stored in home.ledger.find(**query)] == [table.record]


def test_the_same_document_is_the_same_record(home: Home) -> None:
    first, second = submit(SEQUENCING, home), submit(dict(reversed(SEQUENCING.items())), home)
    assert (first.record, first.entry) == (second.record, second.entry)
    assert home.ledger.size == 1


def _nest(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


def _subject(**change: Any) -> dict[str, Any]:
    return {"subject": [{**SEQUENCING["subject"][0], **change}]}


REFUSED: dict[str, tuple[Any, str]] = {
    "no subject": ({"subject": []}, "subject"),
    "no object": ([], "object"),
    "a text": ("x", "object"),
    "another version": ({"v": 2}, "v:"),
    "an image's record": ({"type": "bims-record"}, "type"),
    "a surprise": ({"surprise": 1}, "surprise"),
    "a short digest": (_subject(digest="sha256:12"), "subject.0.digest"),
    "another digest": (_subject(digest="md5:" + 32 * "0"), "subject.0.digest"),
    "a path": (_subject(name="/home/ada/run.fastq"), "subject.0.name"),
    "another path": (_subject(name="C:\\Users\\ada"), "subject.0.name"),
    "a kind in capitals": (_subject(kind="Sequence"), "subject.0.kind"),
    "a local time": ({"created": "2026-01-31 12:00"}, "created"),
    "a step without a name": ({"steps": [{}]}, "steps.0"),
    "a whole number beyond JSON's": ({"content": 2**60}, "signed"),
    "not a number": ({"content": float("nan")}, "signed"),
    "too deep": ({"content": _nest(100)}, "nested"),
    "bottomless": ({"content": _nest(100_000)}, "nested"),
    "too large": ({"content": "x" * MAX_STATEMENT}, "bytes"),
    "another's key": (
        {"agent": {"name": "", "organisation": "", "public_key": base64.b64encode(STRANGER.public_key).decode()}},
        "another agent",
    ),
    "no key": ({"agent": {"name": "Ada", "organisation": "", "public_key": ""}}, "agent.public_key"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_does_not_fit_is_refused_and_nothing_is_kept(home: Home, name: str) -> None:
    change, words = REFUSED[name]
    document = {**SEQUENCING, **change} if isinstance(change, dict) else change
    with pytest.raises(RecordError, match=words) as refused:
        submit(document, home)
    assert len(str(refused.value)) < 1000
    assert home.ledger.size == 0


def test_a_statement_of_somebody_else(home: Home) -> None:
    """Whoever signs in another's name is found out."""
    deposit = home.ledger.deposit(submit(SEQUENCING, home).record)
    assert deposit is not None
    envelope = Envelope.from_bytes(deposit.envelope)
    forged = STRANGER.sign(envelope.message)
    assert Statement(envelope.payload, ((STRANGER.public_key, forged),)).signed_by() is None
    assert Statement(envelope.payload, ((home.agent.public_key, forged),)).signed_by() is None
    assert Statement(envelope.payload).signed_by() is None


@pytest.mark.parametrize(
    ("payload", "error"),
    [
        (b"{}", RecordError),
        (b"", RecordDamaged),
        (b'"' + b"x" * MAX_STATEMENT + b'"', RecordDamaged),
        (b"[1]", RecordError),
    ],
)
def test_what_is_no_statement_is_not_read_as_one(payload: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        _ = Statement(payload).content


def test_an_image_s_record_is_no_statement() -> None:
    with pytest.raises(RecordDamaged, match="something else"):
        open_statement(Envelope("application/vnd.bims.record+json; version=1", b"{}").to_bytes())
    assert PAYLOAD_TYPE.startswith("application/vnd.bims.statement+json")


def test_what_is_signed_is_canonical(home: Home) -> None:
    document = {
        **TABLE, "type": "bims-statement", "v": 1, "created": "2026-01-31T12:00:00Z",
        "agent": {"name": "", "organisation": "", "public_key": base64.b64encode(STRANGER.public_key).decode()},
    }  # fmt: skip
    assert Envelope.from_bytes(make(document, STRANGER)).payload == canonical(document)
