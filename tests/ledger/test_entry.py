from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bims_desktop.errors import LedgerError, ProofRefused
from bims_desktop.ledger.base import Entry

A, B = "sha256:" + 64 * "a", "sha256:" + 64 * "b"
GOOD = [
    ("record", {"record": A, "pixels": B, "macro": B, "agent": "SHA256:x"}),
    ("attestation", {"record": A, "verdict": "within tolerance", "environment": B, "agent": "SHA256:x"}),
    ("supersede", {"record": A, "by": B, "reason": "Größe"}),
    ("retract", {"record": A}),
    ("key", {"key": "lab+9ff7fd24+AQAA"}),
]


@pytest.mark.parametrize(("kind", "body"), GOOD)
def test_entries_survive_writing_and_reading(kind: str, body: dict[str, str]) -> None:
    entry = Entry(kind, body)
    assert Entry.from_bytes(entry.to_bytes()) == entry
    assert json.loads(entry.to_bytes()) == {"v": 1, "kind": kind, "body": body}


def test_the_bytes_are_canonical() -> None:
    expected = b'{"body":{"agent":"x","record":"' + A.encode() + b'"},"kind":"record","v":1}'
    assert Entry("record", {"record": A, "agent": "x"}).to_bytes() == expected


def test_a_body_that_its_giver_changes_later_stays() -> None:
    body = {"record": A}
    entry = Entry("record", body)
    body["record"] = B
    assert entry.body["record"] == A


@pytest.mark.parametrize(
    ("kind", "body", "match"),
    [
        ("note", {"record": A}, "no such kind"),
        ("record", {}, "lacks record"),
        ("record", {"record": 64 * "a"}, "record must be sha256"),
        ("record", {"record": A.upper()}, "record must be sha256"),
        ("record", {"record": A, "pixels": None}, "pixels must be"),
        ("supersede", {"record": A}, "lacks by"),
        ("attestation", {"record": A, "verdict": "fine"}, "verdict must be one of"),
        ("record", {"record": A, "note": "x" * 1200}, "exceeds 1200 bytes"),
        ("record", {"record": A, "note": float("nan")}, "not JSON"),
        ("record", {"record": A, "note": "\ud800"}, "not JSON"),
        ("record", {"record": A, "note": 2**60}, "not JSON"),
    ],
)
def test_what_cannot_be_an_entry_is_refused(kind: str, body: dict[str, object], match: str) -> None:
    with pytest.raises(LedgerError, match=match):
        Entry(kind, body)


RETRACT = Entry("retract", {"record": A}).to_bytes()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"null",
        b"\xff",
        RETRACT + b" ",
        RETRACT.replace(b":", b": ", 1),
        RETRACT.replace(b'"v":1', b'"v":2'),
        RETRACT.replace(b'"v":1', b'"v":true'),
        RETRACT.replace(b'"v":1', b'"v":1.0'),
        RETRACT.replace(b'"v":1', b'"v":1,"w":1'),
        RETRACT.replace(b'"v":1', b'"v":1,"v":1'),
        RETRACT.replace(b'"kind":"retract"', b'"kind":["retract"]'),
        RETRACT.replace(b'"kind":"retract"', b'"kind":"record"').replace(b"record", b"recorD", 1),
        b'{"body":{"record":' + b"[" * 550 + b"]" * 550 + b'},"kind":"record","v":1}',
        b'{"body":' + b"[" * 100_000,
    ],
)
def test_bytes_that_are_not_the_canonical_entry_are_refused(data: bytes) -> None:
    with pytest.raises(ProofRefused):
        Entry.from_bytes(data)


@given(st.binary(max_size=200))
def test_any_bytes_are_an_entry_or_refused(data: bytes) -> None:
    with pytest.raises(ProofRefused):
        Entry.from_bytes(data)
