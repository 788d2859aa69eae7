"""RFC 9162 trees against an independent implementation, pymerkle (GPL, for tests only), on random leaves."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bims_desktop.model.merkle import (
    GrowingTree,
    consistency_proof,
    consistent,
    inclusion_proof,
    leaf_hash,
    root_from_proof,
    root_hash,
)

pymerkle = pytest.importorskip("pymerkle")
LEAVES = st.lists(st.binary(max_size=40), min_size=1, max_size=70)


def theirs(leaves: list[bytes]) -> pymerkle.InmemoryTree:
    tree = pymerkle.InmemoryTree(algorithm="sha256")
    for leaf in leaves:
        tree.append_entry(leaf)
    return tree


@settings(deadline=None)
@given(LEAVES)
def test_roots_are_the_same(leaves: list[bytes]) -> None:
    tree = theirs(leaves)
    growing = GrowingTree()
    for size, leaf in enumerate(leaves, 1):
        growing.add(leaf_hash(leaf))
        assert tree.get_state(size) == growing.root
    assert root_hash(map(leaf_hash, leaves)) == tree.get_state()


@settings(deadline=None)
@given(LEAVES, st.data())
def test_inclusion_proofs_are_the_same(leaves: list[bytes], data: st.DataObject) -> None:
    tree, hashes = theirs(leaves), [leaf_hash(leaf) for leaf in leaves]
    size = data.draw(st.integers(1, len(leaves)))
    index = data.draw(st.integers(0, size - 1))
    proof = tree.prove_inclusion(index + 1, size)
    ours = inclusion_proof(hashes[:size], index)
    assert proof.path[0] == hashes[index]
    assert list(proof.path[1:]) == ours
    assert root_from_proof(hashes[index], index, size, ours) == proof.resolve() == tree.get_state(size)


@settings(deadline=None)
@given(LEAVES, st.data())
def test_consistency_proofs_show_the_same(leaves: list[bytes], data: st.DataObject) -> None:
    tree, hashes = theirs(leaves), [leaf_hash(leaf) for leaf in leaves]
    new = data.draw(st.integers(1, len(leaves)))
    old = data.draw(st.integers(1, new))
    before, after = tree.get_state(old), tree.get_state(new)
    assert consistent(old, before, new, after, consistency_proof(hashes[:new], old))
    pymerkle.verify_consistency(before, after, tree.prove_consistency(old, new))
