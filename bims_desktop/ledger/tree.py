"""The RFC 9162 tree of a local log, over the complete subtrees that its file keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from bims_desktop.errors import LedgerUnavailable
from bims_desktop.ledger.store import Node, Store
from bims_desktop.model.merkle import Span, complete_subtrees, consistency_spans, fold, inclusion_spans, node_hash

CACHED_NODES = 65_536
NOTHING: Mapping[Node, bytes] = {}


class Tree:
    """Roots and proofs at any size that the log ever had, each from O(log n) stored hashes.

    Every method raises `LedgerUnavailable` where the file lacks a hash.
    """

    def __init__(self, store: Store) -> None:
        self._path = store.path
        self._stored = lru_cache(CACHED_NODES)(store.node)  # a subtree never changes once it is complete

    def root(self, size: int, fresh: Mapping[Node, bytes] = NOTHING) -> bytes:
        """Tree hash of the first `size` entries; `fresh` holds subtrees not yet in the file."""
        return self._hash((0, size), fresh)

    def inclusion(self, index: int, size: int, fresh: Mapping[Node, bytes] = NOTHING) -> tuple[bytes, ...]:
        """Audit path of entry `index` among the first `size`; `fresh` holds subtrees not yet in the file."""
        return tuple(self._hash(span, fresh) for span in inclusion_spans(index, size))

    def consistency(self, old: int, new: int) -> list[bytes]:
        """Proof that the first `old` entries are the beginning of the first `new`."""
        return [self._hash(span) for span in consistency_spans(old, new)]

    def grown(self, size: int, leaves: Sequence[bytes]) -> dict[Node, bytes]:
        """The subtrees that `leaves`, appended to `size` entries, complete; leaves included."""
        fresh: dict[Node, bytes] = {}
        for index, node in enumerate(leaves, size):
            level = 0
            fresh[0, index] = node
            while index >> level & 1:
                node = node_hash(self._node((level, (index >> level) - 1), fresh), node)
                level += 1
                fresh[level, index >> level] = node
        return fresh

    def _hash(self, span: Span, fresh: Mapping[Node, bytes] = NOTHING) -> bytes:
        start, length = span[0], span[1] - span[0]
        if length and not length & (length - 1):  # most spans are one complete subtree
            level = length.bit_length() - 1
            return self._node((level, start >> level), fresh)
        return fold([self._node(subtree, fresh) for subtree in complete_subtrees(span)])

    def _node(self, node: Node, fresh: Mapping[Node, bytes]) -> bytes:
        value = fresh.get(node) or self._stored(*node)
        if value is None:
            raise LedgerUnavailable(f"The log {self._path} has lost part of its tree.", "Restore it from a copy.")
        return value
