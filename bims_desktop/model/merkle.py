"""RFC 9162 Merkle tree hashes over leaf hashes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from typing import TypeAlias

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()
Span: TypeAlias = tuple[int, int]


def leaf_hash(data: bytes) -> bytes:
    """SHA-256(0x00 ‖ data), RFC 9162 section 2.1.1."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right), RFC 9162 section 2.1.1."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_hash(leaves: Iterable[bytes]) -> bytes:
    """Tree hash of `leaves` (their leaf hashes), in one streaming pass.

    Examples
    --------
    >>> a, b, c = (leaf_hash(x) for x in (b"a", b"b", b"c"))
    >>> root_hash([a, b, c]) == node_hash(node_hash(a, b), c)
    True
    """
    tree = GrowingTree()
    for leaf in leaves:
        tree.add(leaf)
    return tree.root


class GrowingTree:
    """A tree that only its leaves' hashes are fed to, one after the other; it keeps O(log n) of them.

    Attributes
    ----------
    size : int
        Leaves so far.
    """

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        """Append a leaf, given its hash."""
        for _ in range((~self.size & self.size + 1).bit_length() - 1):  # a peak for each one at the end of the size
            leaf = node_hash(self._peaks.pop(), leaf)
        self._peaks.append(leaf)
        self.size += 1

    @property
    def root(self) -> bytes:
        """Tree hash of the leaves so far."""
        return fold(self._peaks)


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Audit path of leaf `index`, lowest sibling first (RFC 9162 section 2.1.3.1)."""
    return [root_hash(leaves[start:stop]) for start, stop in inclusion_spans(index, len(leaves))]


def consistency_proof(leaves: Sequence[bytes], old: int) -> list[bytes]:
    """Proof that the first `old` of `leaves` are their beginning (RFC 9162 section 2.1.4.1)."""
    return [root_hash(leaves[start:stop]) for start, stop in consistency_spans(old, len(leaves))]


def inclusion_spans(index: int, size: int) -> list[Span]:
    """The spans of leaves, ``[start, stop)``, whose tree hashes are the audit path of leaf `index`.

    Examples
    --------
    >>> inclusion_spans(2, 5)
    [(3, 4), (0, 2), (4, 5)]
    """
    spans, start, stop = [], 0, size
    while stop - start > 1:
        split = start + _split(stop - start)
        if index < split:
            spans.append((split, stop))
            stop = split
        else:
            spans.append((start, split))
            start = split
    return spans[::-1]


def consistency_spans(old: int, new: int) -> list[Span]:
    """The spans of leaves whose tree hashes prove a tree of `old` leaves the beginning of one of `new`.

    Examples
    --------
    >>> consistency_spans(3, 4)
    [(2, 3), (3, 4), (0, 2)]
    """
    if old == 0:
        return []
    spans, start, stop = [], 0, new
    while stop > old:
        split = start + _split(stop - start)
        if old <= split:
            spans.append((split, stop))
            stop = split
        else:
            spans.append((start, split))
            start = split
    if start:
        spans.append((start, stop))
    return spans[::-1]


def complete_subtrees(span: Span) -> Iterator[tuple[int, int]]:
    """The complete subtrees, as (level, position), that make up a span of an RFC 9162 tree, left to right.

    Level 0 are the leaves. Each span that this module gives, and ``(0, size)``, begins where such subtrees do.

    Examples
    --------
    >>> list(complete_subtrees((0, 7)))
    [(2, 0), (1, 2), (0, 6)]
    """
    start, stop = span
    while start < stop:
        level = (stop - start).bit_length() - 1
        yield level, start >> level
        start += 1 << level


def fold(peaks: Sequence[bytes]) -> bytes:
    """Tree hash from the hashes of its complete subtrees, left to right."""
    return reduce(lambda right, left: node_hash(left, right), reversed(peaks)) if peaks else EMPTY_ROOT


def root_from_proof(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes | None:
    """Root that `proof` leads to, None where it cannot fit (RFC 9162 section 2.1.3.2)."""
    if not 0 <= index < size or not _are_hashes(leaf, *proof):
        return None
    first, last, node = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return None
        if first & 1 or first == last:
            node = node_hash(sibling, node)
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        first, last = first >> 1, last >> 1
    return node if last == 0 else None


def consistent(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether `proof` shows the old tree to be the beginning of the new one (RFC 9162 section 2.1.4.2)."""
    if not _are_hashes(old_root, new_root, *proof):
        return False
    if not 0 < old < new:
        known = old_root == EMPTY_ROOT if old == 0 else old == new and old_root == new_root
        return known and not proof
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not path:
        return False
    trailing = (~(old - 1) & old).bit_length() - 1  # ones at the end of old - 1: subtrees that both trees share
    first, last = (old - 1) >> trailing, (new - 1) >> trailing
    old_node = new_node = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if first & 1 or first == last:
            old_node, new_node = node_hash(sibling, old_node), node_hash(sibling, new_node)
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            new_node = node_hash(new_node, sibling)
        first, last = first >> 1, last >> 1
    return last == 0 and old_node == old_root and new_node == new_root


def _are_hashes(*values: bytes) -> bool:
    return all(len(value) == HASH_BYTES for value in values)


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1
