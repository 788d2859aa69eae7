"""`places`: where each node of a lineage stands: generations downwards, parents above their children."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence


def places(nodes: Sequence[str], edges: Iterable[tuple[str, str]]) -> dict[str, tuple[int, int]]:
    """Generation and column of each of `nodes`; an edge goes from a parent to its child.

    A node stands one generation below the lowest of its parents. Edges to nodes that are not listed count for
    nothing; nodes on a circle, which an honest ledger cannot hold, stand below the rest.

    Examples
    --------
    >>> places(["a", "b", "c"], [("a", "b"), ("b", "c"), ("a", "c")])
    {'a': (0, 0), 'b': (1, 0), 'c': (2, 0)}
    """
    known = [(parent, child) for parent, child in dict.fromkeys(edges) if parent in nodes and child in nodes]
    generations = _generations(nodes, known)
    columns: dict[str, int] = {}
    for row in sorted(set(generations.values())):
        members = [node for node in nodes if generations[node] == row]
        members.sort(key=lambda node: _wish(node, known, columns))
        columns.update({node: column for column, node in enumerate(members)})
    return {node: (generations[node], columns[node]) for node in nodes}


def _generations(nodes: Sequence[str], edges: Sequence[tuple[str, str]]) -> dict[str, int]:
    """Longest way down to each node (Kahn's order)."""
    children: dict[str, list[str]] = defaultdict(list)
    waiting = dict.fromkeys(nodes, 0)
    for parent, child in edges:
        children[parent].append(child)
        waiting[child] += 1
    ready = [node for node in nodes if not waiting[node]]
    found = dict.fromkeys(ready, 0)
    for node in ready:  # grows while it is walked
        for child in children[node]:
            found[child] = max(found.get(child, 0), found[node] + 1)
            waiting[child] -= 1
            if not waiting[child]:
                ready.append(child)
    last = max((found[node] for node in ready), default=-1)
    return {node: found[node] if not waiting[node] else last + 1 for node in nodes}


def _wish(node: str, edges: Iterable[tuple[str, str]], columns: Mapping[str, int]) -> float:
    """The mean column of its parents, so that few lines cross."""
    above = [columns[parent] for parent, child in edges if child == node and parent in columns]
    return sum(above) / len(above) if above else 0.0
