"""The vectors that other languages run, too: each file's shape stands in ``tests/vectors/README.md``."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from bims_desktop.errors import ProofRefused
from bims_desktop.ledger import rotation
from bims_desktop.ledger.checkpoint import parse_checkpoint, parse_note
from bims_desktop.ledger.history import check_growth
from bims_desktop.ledger.public_key import parse_public
from bims_desktop.ledger.receipt import Receipt, check
from bims_desktop.model.merkle import (
    consistency_proof,
    consistent,
    inclusion_proof,
    leaf_hash,
    root_from_proof,
    root_hash,
)
from tests.vectors import make

FOLDER = Path(__file__).parents[1] / "vectors"


def load(name: str) -> Any:
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


TREE, NOTES, RECEIPTS = load("tree.json"), load("notes.json"), load("receipts.json")
HISTORIES, ROTATIONS = load("histories.json"), load("rotations.json")


def key_of(text: str) -> bytes:
    key = parse_public(text)
    assert key is not None
    return key


def unhex(nodes: list[str]) -> list[bytes]:
    return [bytes.fromhex(node) for node in nodes]


def named(case: dict[str, Any]) -> str:
    return str(case.get("name", ""))


# --- published


def test_roots_and_proofs_of_the_published_tree_are_made() -> None:
    leaves = [leaf_hash(bytes.fromhex(data)) for data in TREE["leaves"]]
    assert [root_hash(leaves[:size]).hex() for size in range(9)] == TREE["roots"]
    for case in TREE["inclusion"]:
        if case["good"] and case["size"] <= 8 and not case["name"].endswith("single-entry/matching-root-and-leaf"):
            assert inclusion_proof(leaves[: case["size"]], case["index"]) == unhex(case["proof"])
    made = [case for case in TREE["consistency"] if case["good"] and case["old"]]
    assert len(made) >= 4
    for case in made:
        assert consistency_proof(leaves[: case["new"]], case["old"]) == unhex(case["proof"])


@pytest.mark.parametrize("case", TREE["inclusion"], ids=named)
def test_published_inclusion_proofs(case: dict[str, Any]) -> None:
    root = root_from_proof(bytes.fromhex(case["leaf"]), case["index"], case["size"], unhex(case["proof"]))
    assert (root == bytes.fromhex(case["root"])) == case["good"]


@pytest.mark.parametrize("case", TREE["consistency"], ids=named)
def test_published_consistency_proofs(case: dict[str, Any]) -> None:
    old, new = bytes.fromhex(case["old_root"]), bytes.fromhex(case["new_root"])
    assert consistent(case["old"], old, case["new"], new, unhex(case["proof"])) == case["good"]


@pytest.mark.parametrize("case", NOTES["keys"], ids=lambda case: case["key"])
def test_published_keys(case: dict[str, Any]) -> None:
    key = parse_public(case["key"])
    assert (key.hex() if key else None) == case.get("public")
    assert (key is not None) == case["good"]


@pytest.mark.parametrize("case", NOTES["notes"], ids=named)
def test_published_notes(case: dict[str, Any]) -> None:
    def signed_by() -> list[str]:
        note = parse_note(case["note"])
        return [text for text in case["keys"] if note.signer([key_of(text)])]

    if case["signed_by"] is None:
        with pytest.raises(ProofRefused):
            signed_by()
    else:
        assert signed_by() == case["signed_by"]


@pytest.mark.parametrize("case", NOTES["checkpoints"], ids=lambda case: repr(case["text"][:30]))
def test_published_checkpoints(case: dict[str, Any]) -> None:
    told = case["checkpoint"]
    if told is None:
        with pytest.raises(ProofRefused):
            parse_checkpoint(case["text"])
    else:
        found = parse_checkpoint(case["text"])
        assert (found.origin, found.size) == (told["origin"], told["size"])
        assert base64.b64encode(found.root).decode() == told["root"]


# --- our own


def test_the_files_are_what_their_maker_makes() -> None:
    for name, text in make.files().items():
        assert (FOLDER / name).read_text(encoding="utf-8") == text, f"run python -m tests.vectors.make for {name}"


def state_of(text: str, pinned: list[str]) -> str:
    try:
        receipt = Receipt.from_bytes(text.encode())
    except ProofRefused:
        return "bad"
    return check(receipt, [key_of(key) for key in pinned]).state


@pytest.mark.parametrize("case", RECEIPTS["cases"], ids=named)
def test_receipts(case: dict[str, Any]) -> None:
    assert state_of(case["receipt"], case["pinned"]) == case["state"]


@pytest.mark.parametrize("case", HISTORIES["cases"], ids=named)
def test_histories(case: dict[str, Any]) -> None:
    proof = [base64.b64decode(node) for node in case["proof"]]
    keys = [key_of(HISTORIES["key"])]
    if case["good"]:
        check_growth(case["old"], case["new"], proof, keys)
    else:
        with pytest.raises(ProofRefused):
            check_growth(case["old"], case["new"], proof, keys)


def chain_of(rotations: list[str]) -> tuple[rotation.Tenure, ...]:
    receipts = [Receipt.from_bytes(text.encode()) for text in rotations]
    return rotation.tenures(ROTATIONS["origin"], key_of(ROTATIONS["first"]), receipts)


@pytest.mark.parametrize("case", ROTATIONS["chains"], ids=named)
def test_chains_of_keys(case: dict[str, Any]) -> None:
    if case["tenures"] is None:
        with pytest.raises(ProofRefused):
            chain_of(case["rotations"])
    else:
        found = [[tenure.key, tenure.first, tenure.last] for tenure in chain_of(case["rotations"])]
        assert found == [[key_of(key), first, last] for key, first, last in case["tenures"]]


@pytest.mark.parametrize("case", ROTATIONS["receipts"], ids=named)
@pytest.mark.parametrize("pin", [0, 1, 2])
def test_receipts_beside_a_chain_of_keys(case: dict[str, Any], pin: int) -> None:
    whole = chain_of(ROTATIONS["chains"][2]["rotations"])
    pinned = [whole[pin].key]
    state = rotation.check(Receipt.from_bytes(case["receipt"].encode()), pinned, whole).state
    elsewhere = case["name"] == "the first key in another log" and pin != 0
    assert state == ("unknown" if elsewhere else case["state"])
