"""DSSE envelopes: the same bytes out as in, and nothing but an envelope is one."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bims_desktop.errors import RecordDamaged
from bims_desktop.model.canonical import canonical
from bims_desktop.model.dsse import MAX_SIGNATURES, Envelope, pae

GOOD = Envelope("text/plain", b"cells", ((bytes(32), b"signature"), (bytes(range(32)), b"other")))


def test_the_specifications_own_example() -> None:
    assert pae("http://example.com/HelloWorld", b"hello world") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )


def test_bytes_come_back() -> None:
    data = GOOD.to_bytes()
    assert Envelope.from_bytes(data) == GOOD
    assert data == canonical(json.loads(data))


def test_type_and_length_are_signed() -> None:
    """Neither can be moved into the other."""
    assert Envelope("a", b"b 1 c").message != Envelope("a 5 b", b"c").message


def test_signatures_are_bounded() -> None:
    many = Envelope("a", b"", ((bytes(32), b""),) * (MAX_SIGNATURES + 5))
    assert len(Envelope.from_bytes(many.to_bytes()).signatures) == MAX_SIGNATURES


@pytest.mark.parametrize(
    "change",
    [
        {"payload": None},
        {"payload": "no base64"},
        {"payload": 5},
        {"payloadType": None},
        {"signatures": None},
        {"signatures": [5]},
        {"signatures": [{}]},
        {"signatures": [{"keyid": "zz", "sig": ""}]},
        {"signatures": [{"keyid": "00", "sig": "*"}]},
        {"signatures": [{"keyid": None, "sig": ""}]},
        {"signatures": 7},
    ],
)
def test_damage_is_refused(change: dict[str, Any]) -> None:
    value = {**json.loads(GOOD.to_bytes()), **change}
    damaged = {key: part for key, part in value.items() if part is not None}
    with pytest.raises(RecordDamaged):
        Envelope.from_bytes(canonical(damaged))


@pytest.mark.parametrize("data", [b"", b"[]", b"5", b"null", b'"x"', b"\xff", b"[" * 100_000])
def test_what_is_no_object_is_refused(data: bytes) -> None:
    with pytest.raises(RecordDamaged):
        Envelope.from_bytes(data)
