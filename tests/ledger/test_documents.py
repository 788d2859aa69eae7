"""Answers of a peer that lies or is broken: refused, never believed, never a crash."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bims_desktop.errors import EndorseError, EntryConflict, LedgerError, NotPermitted, PeerMessage, ProofRefused
from bims_desktop.ledger.entry import Entry
from bims_desktop.ledger.fabric import documents
from bims_desktop.ledger.fabric.contract import refusal
from bims_desktop.model.canonical import canonical

ENTRY = Entry("record", {"record": "sha256:" + 64 * "0"})
STATEMENT = {
    "entry": ENTRY.to_bytes().decode(),
    "owner": "Org1MSP",
    "since": "2026-01-31T12:00:00Z",
    "transaction": "a" * 64,
}
HELD = {**STATEMENT, "blobs": {}, "collection": "", "envelope": [], "retracted": None, "superseded": None}
ANCHORED = {**STATEMENT, "note": "note", "root": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "size": 1}


def without(value: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: said for name, said in value.items() if name != key}


GOOD: list[tuple[Callable[[bytes], Any], Any]] = [
    (documents.held, HELD),
    (documents.held, {**HELD, "retracted": STATEMENT}),
    (documents.anchored, ANCHORED),
    (documents.page, {"bookmark": "", "entries": [STATEMENT]}),
]
BAD: list[tuple[Callable[[bytes], Any], Any]] = [
    *((documents.held, without(HELD, key)) for key in ("entry", "owner", "since", "transaction")),
    (documents.held, []),
    (documents.held, {**HELD, "entry": "{}"}),
    (documents.held, {**HELD, "entry": 3}),
    (documents.held, {**HELD, "since": "yesterday"}),
    (documents.held, {**HELD, "since": "2026-02-31T12:00:00Z"}),
    (documents.held, {**HELD, "envelope": [3]}),
    (documents.held, {**HELD, "envelope": 3}),
    (documents.held, {**HELD, "blobs": []}),
    (documents.held, {**HELD, "retracted": {}}),
    (documents.anchored, {**ANCHORED, "size": "1"}),
    (documents.anchored, {**ANCHORED, "size": True}),
    (documents.anchored, {**ANCHORED, "root": "AAAA"}),
    (documents.anchored, {**ANCHORED, "root": "?"}),
    (documents.page, {"bookmark": ""}),
    (documents.page, {"bookmark": 3, "entries": []}),
    (documents.page, {"bookmark": "", "entries": [{}]}),
]


@pytest.mark.parametrize(("reader", "value"), GOOD)
def test_good_answers(reader: Callable[[bytes], Any], value: Any) -> None:
    assert documents.read(reader, canonical(value)) is not None


@pytest.mark.parametrize(("reader", "value"), BAD)
def test_bad_answers(reader: Callable[[bytes], Any], value: Any) -> None:
    with pytest.raises(ProofRefused, match="what this version cannot read"):
        documents.read(reader, canonical(value))


@pytest.mark.parametrize("answer", [b"", b"{", b"\xff", b"{" * 10_000, b"x" * (documents.MAX_ANSWER + 1)])
def test_no_answers(answer: bytes) -> None:
    with pytest.raises(ProofRefused):
        documents.read(documents.held, answer)


SAID: list[tuple[str, type[LedgerError], str]] = [
    ("chaincode response 500, CONFLICT: The ledger holds another.", EntryConflict, ""),
    ("chaincode response 500, FORBIDDEN: Retract needs the role writer.", NotPermitted, ""),
    ("chaincode response 500, NOT_FOUND: No such record.", EndorseError, "NOT_FOUND"),
    ("chaincode response 500, INVALID: No such kind.", EndorseError, "INVALID"),
    ("access denied: channel [lab] creator org [Org1MSP]", NotPermitted, ""),
    ("proposal client identity expired", NotPermitted, ""),
    ("ProposalResponsePayloads do not match", EndorseError, "ABORTED"),
    ("chaincode stream terminated", EndorseError, "ABORTED"),
]


@pytest.mark.parametrize(("words", "kind", "code"), SAID)
def test_what_the_network_meant(words: str, kind: type[LedgerError], code: str) -> None:
    said = (PeerMessage("localhost:1", "Org1MSP", words),)
    error = refusal(
        EndorseError("It was not endorsed.", "Try again.", transaction="a" * 64, details=said, code="ABORTED")
    )
    assert type(error) is kind
    assert getattr(error, "code", "") == code
    assert error.todo
