from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bims_desktop.errors import RecordDamaged
from bims_desktop.ledger.facts import Facts, facts

VECTORS = json.loads((Path(__file__).parents[1] / "vectors/facts.json").read_text(encoding="utf-8"))
IMAGE = VECTORS[0]["payload"]


@pytest.mark.parametrize("case", [case for case in VECTORS if case["facts"]], ids=lambda case: case["name"])
def test_the_facts_of_a_record_are_those_of_the_vectors(case: dict[str, Any]) -> None:
    found = facts(json.dumps(case["payload"]).encode())
    assert json.loads(json.dumps(asdict(found))) == case["facts"]


@pytest.mark.parametrize("case", [case for case in VECTORS if not case["facts"]], ids=lambda case: case["name"])
def test_what_is_no_record_is_refused_with_a_sentence(case: dict[str, Any]) -> None:
    with pytest.raises(RecordDamaged, match="neither a record nor a statement"):
        facts(json.dumps(case["payload"]).encode())


@pytest.mark.parametrize(
    "data", [b"", b"\xff", b"{", b"NaN", b'{"a":1,"a":1}', b"[" * 100_000, b'{"v":' + b"9" * 5000 + b"}"]
)
def test_bytes_that_are_no_json_are_refused(data: bytes) -> None:
    with pytest.raises(RecordDamaged):
        facts(data)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from(sorted(IMAGE)), JSON)
def test_any_member_of_any_shape_is_read_or_refused(name: str, value: Any) -> None:
    try:
        found = facts(json.dumps(IMAGE | {name: value}).encode())
    except RecordDamaged:
        return
    assert isinstance(found, Facts)
