"""The log as a tree: a kept step is shown to belong to it, and the others stay hidden."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bims_desktop.model.merkle import root_from_proof
from bims_desktop.provenance.action import Action
from bims_desktop.provenance.log_tree import FIELDS, LogTree, log_entry, log_leaf


def log_of(count: int) -> list[Action]:
    return [
        Action(n, "invert", arguments={"image": n - 1}, writes=(n,), salt=f"{n:032x}", sentence=f"secret {n}", code="x")
        for n in range(1, count + 1)
    ]


def digest_of(version: int) -> str:
    return f"sha256:{version:064x}"


@pytest.mark.parametrize("count", [1, 2, 3, 7, 8, 33])
def test_every_step_is_proved_and_no_other(count: int) -> None:
    log = log_of(count)
    tree = LogTree()
    tree.extend(log, digest_of)
    for action in log:
        proof = [bytes.fromhex(node) for node in tree.proof(action.number)]
        leaf = log_leaf(action.salt, log_entry(action, digest_of))
        root = root_from_proof(leaf, action.number - 1, count, proof)
        assert root is not None
        assert f"sha256:{root.hex()}" == tree.root
        for forged in _forgeries(action):
            other = root_from_proof(log_leaf(*forged), action.number - 1, count, proof)
            assert other is None or f"sha256:{other.hex()}" != tree.root


def _forgeries(action: Action) -> list[tuple[str, dict[str, object]]]:
    entry = log_entry(action, digest_of)
    changed = [replace(action, parameters={"x": 1}), replace(action, number=99), replace(action, operation="median")]
    return [
        (f"{99:032x}", entry),
        (action.salt, {**entry, "outputs": []}),
        *((action.salt, log_entry(other, digest_of)) for other in changed),
    ]


def test_growing_gives_the_same_tree_as_building_it_at_once() -> None:
    log = log_of(20)
    grown, whole = LogTree(), LogTree()
    for size in (3, 3, 10, 20):
        grown.extend(log[:size], digest_of)
    whole.extend(log, digest_of)
    assert (grown.root, grown.size) == (whole.root, 20)


def test_an_entry_holds_neither_sentence_nor_code() -> None:
    entry = log_entry(replace(log_of(1)[0], sentence="secret", code="secret"), digest_of)
    assert "secret" not in repr(entry)
    assert set(entry) == {*FIELDS, "outputs"}
    assert not {"sentence", "code", "salt"} & set(FIELDS)


def test_salts_keep_equal_actions_apart() -> None:
    entry = log_entry(log_of(1)[0], digest_of)
    assert log_leaf("00" * 16, entry) != log_leaf("01" * 16, entry)
