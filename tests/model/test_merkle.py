"""RFC 9162 trees, against the vectors of Certificate Transparency and against brute force.

Leaves, roots and proofs are those of the Certificate Transparency project's reference
tests (transparency-dev/merkle, ``testonly/constants.go`` and ``proof/verify_test.go``).
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bims_desktop.model.merkle import (
    EMPTY_ROOT,
    complete_subtrees,
    consistency_proof,
    consistent,
    fold,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root_from_proof,
    root_hash,
)

DATA = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
LEAVES = [leaf_hash(bytes.fromhex(data)) for data in DATA]
ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
INCLUSION = (  # leaf index, tree size, path
    (0, 1, ()),
    (
        0,
        8,
        (
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ),
    ),
    (
        5,
        8,
        (
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ),
    ),
    (2, 3, ("fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",)),
    (
        1,
        5,
        (
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ),
    ),
)
CONSISTENCY = (  # old size, new size, proof
    (1, 1, ()),
    (
        1,
        8,
        (
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ),
    ),
    (
        6,
        8,
        (
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ),
    ),
    (
        2,
        5,
        (
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ),
    ),
    (
        6,
        7,
        (
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ),
    ),
)
MANY = [leaf_hash(bytes([i])) for i in range(40)]
SIZES = st.integers(1, len(MANY))


def unhex(path: tuple[str, ...]) -> list[bytes]:
    return [bytes.fromhex(node) for node in path]


@pytest.mark.parametrize("size", range(9))
def test_roots_are_the_published_ones(size: int) -> None:
    assert root_hash(LEAVES[:size]).hex() == ROOTS[size]


@pytest.mark.parametrize(("index", "size", "path"), INCLUSION)
def test_inclusion_proofs_are_the_published_ones(index: int, size: int, path: tuple[str, ...]) -> None:
    assert inclusion_proof(LEAVES[:size], index) == unhex(path)
    assert root_from_proof(LEAVES[index], index, size, unhex(path)) == bytes.fromhex(ROOTS[size])


@pytest.mark.parametrize(("old", "new", "path"), CONSISTENCY)
def test_consistency_proofs_are_the_published_ones(old: int, new: int, path: tuple[str, ...]) -> None:
    assert consistency_proof(LEAVES[:new], old) == unhex(path)
    assert consistent(old, bytes.fromhex(ROOTS[old]), new, bytes.fromhex(ROOTS[new]), unhex(path))


@pytest.mark.parametrize("size", range(1, 41))
def test_every_inclusion_proof_leads_to_the_root_from_its_leaf_only(size: int) -> None:
    leaves, root = MANY[:size], root_hash(MANY[:size])
    for index in range(size):
        proof = inclusion_proof(leaves, index)
        assert root_from_proof(leaves[index], index, size, proof) == root
        others = [other for other in range(size) if root_from_proof(leaves[index], other, size, proof) == root]
        assert others == [index]


@pytest.mark.parametrize("new", range(41))
def test_every_consistency_proof_holds(new: int) -> None:
    for old in range(new + 1):
        proof = consistency_proof(MANY[:new], old)
        assert consistent(old, root_hash(MANY[:old]), new, root_hash(MANY[:new]), proof)


@given(SIZES, st.data())
def test_a_changed_consistency_proof_is_refused(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, new))
    old_root, new_root, proof = root_hash(MANY[:old]), root_hash(MANY[:new]), consistency_proof(MANY[:new], old)
    at, stranger = data.draw(st.integers(0, len(proof))), leaf_hash(b"stranger")
    assert not consistent(old, old_root, new, new_root, [*proof[:at], stranger, *proof[at:]])
    assert not consistent(old, stranger, new, new_root, proof)
    assert not consistent(old, old_root, new, stranger, proof)
    if at < len(proof):
        assert not consistent(old, old_root, new, new_root, [*proof[:at], *proof[at + 1 :]])
        assert not consistent(old, old_root, new, new_root, [*proof[:at], stranger, *proof[at + 1 :]])


@given(SIZES, st.data())
def test_a_changed_inclusion_proof_is_refused(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    root, proof = root_hash(MANY[:size]), inclusion_proof(MANY[:size], index)
    at, stranger = data.draw(st.integers(0, len(proof))), leaf_hash(b"stranger")
    assert root_from_proof(stranger, index, size, proof) != root
    assert root_from_proof(MANY[index], index, size, [*proof[:at], stranger, *proof[at:]]) != root
    if at < len(proof):
        assert root_from_proof(MANY[index], index, size, [*proof[:at], *proof[at + 1 :]]) != root
        assert root_from_proof(MANY[index], index, size, [*proof[:at], stranger, *proof[at + 1 :]]) != root


@given(st.integers(0, 40))
def test_a_tree_is_the_fold_of_its_complete_subtrees(size: int) -> None:
    hashes = [root_hash(MANY[at << level : (at + 1) << level]) for level, at in complete_subtrees((0, size))]
    assert fold(hashes) == root_hash(MANY[:size])


@pytest.mark.parametrize(
    ("old", "old_root", "new", "new_root"),
    [
        (2, root_hash(MANY[:2]), 1, root_hash(MANY[:1])),
        (3, root_hash(MANY[:3]), 3, root_hash(MANY[:4])),
        (0, leaf_hash(b""), 3, root_hash(MANY[:3])),
        (3, root_hash(MANY[:3]), 5, root_hash(MANY[:5])),
        (2, root_hash(MANY[:2]), 5, root_hash(MANY[:5])),
        (-1, EMPTY_ROOT, 1, root_hash(MANY[:1])),
    ],
)
def test_an_empty_proof_shows_nothing_of_trees_that_differ(
    old: int, old_root: bytes, new: int, new_root: bytes
) -> None:
    assert not consistent(old, old_root, new, new_root, [])


def test_leaves_and_nodes_never_hash_alike() -> None:
    assert leaf_hash(MANY[0] + MANY[1]) != node_hash(MANY[0], MANY[1])
