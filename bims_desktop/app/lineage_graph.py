"""The graph of records and data around one record: up to the raw files, down to what was made of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from bims_desktop.app.home import Home
from bims_desktop.app.ledgers import Ledgers, Where
from bims_desktop.errors import RecordDamaged
from bims_desktop.ledger.facts import Facts, course, facts
from bims_desktop.model.canonical import parse

MOST_NODES = 2_000


@dataclass(frozen=True, slots=True)
class Node:
    """A record, or data by their digest.

    Parameters
    ----------
    digest : str
    kind : {"record", "data"}
    label : str
        A few words for people; may be empty.
    known : bool
        Of a record: whether a ledger that was asked holds it. Of data: whether a known record made them;
        data that nobody made are raw, or of unknown origin.
    """

    digest: str
    kind: Literal["record", "data"]
    label: str
    known: bool


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes, and edges that point from what was there first to what came of it.

    Parameters
    ----------
    nodes : tuple of Node
    edges : tuple of (str, str)
        Digests: data to the record that read them, a record to the data that it made.
    truncated : bool
        Whether there is more, beyond the depth or the bound of 2,000 nodes.
    """

    nodes: tuple[Node, ...]
    edges: tuple[tuple[str, str], ...]
    truncated: bool


def graph(home: Home, record: str, where: Where = "local", depth: int = 8) -> Graph:
    """What `record` was made from, and what was made of it, as far as the ledgers know.

    Parameters
    ----------
    home : Home
        Whose ledgers are asked.
    record : str
        Digest of a record.
    where : {"local", "fabric", "all"}
        Which ledgers are asked.
    depth : int
        How many records up, and how many down.

    Raises
    ------
    LedgerUnavailable
        A ledger cannot be reached.
    """
    with Ledgers(home, where) as asked:
        walk = _Walk(asked)
        walk.go(record, depth, walk.makers)
        walk.go(record, depth, walk.users)
        return walk.graph()


class _Said(NamedTuple):
    """What a record says of its place: facts, its operations in order, and its inputs as (digest, name, parent)."""

    facts: Facts
    steps: tuple[str, ...]
    inputs: tuple[tuple[str, str, str], ...]
    names: dict[str, str]


@dataclass
class _Walk:
    asked: Ledgers
    records: dict[str, _Said | None] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    edges: dict[tuple[str, str], None] = field(default_factory=dict)
    truncated: bool = False

    def go(self, start: str, depth: int, following: Callable[[_Said], Iterable[str]]) -> None:
        """Visit records level by level; what lies beyond `depth` or the bound is left out, and said so."""
        level, seen = [start], {start}
        for _ in range(depth + 1):
            found = [said for record in level if (said := self._visit(record))]
            level = list(dict.fromkeys(name for said in found for name in following(said) if name not in seen))
            seen.update(level)
            if not level:
                break
        self.truncated |= bool(level)

    def makers(self, said: _Said) -> Iterable[str]:
        """The records that made the inputs: those that the inputs carried, else those that ledgers know."""
        for digest, _, parent in said.inputs:
            if digest in self.names:
                yield from [parent] if parent else self._records(subject=digest)

    def users(self, said: _Said) -> Iterable[str]:
        """The records that read what this one made."""
        for digest in said.facts.subjects:
            if digest in self.names:
                yield from self._records(uses=digest)

    def graph(self) -> Graph:
        made = {end for start, end in self.edges if start in self.records}
        nodes = [Node(digest, "record", _label(said), said is not None) for digest, said in self.records.items()]
        nodes += [Node(digest, "data", name, digest in made) for digest, name in self.names.items()]
        return Graph(tuple(nodes), tuple(self.edges), self.truncated)

    def _visit(self, record: str) -> _Said | None:
        if record not in self.records and not self._is_full():
            said = self.records[record] = self._said(record)
            if said is not None:
                self._connect(record, said)
        return self.records.get(record)

    def _is_full(self) -> bool:
        full = len(self.records) + len(self.names) >= MOST_NODES
        self.truncated |= full
        return full

    def _connect(self, record: str, said: _Said) -> None:
        for digest, name, parent in said.inputs:
            self._join(digest, name, (digest, record))
            if parent:
                self._join(digest, name, (parent, digest))
        for digest in said.facts.subjects:
            self._join(digest, said.names.get(digest, ""), (record, digest))

    def _join(self, digest: str, name: str, edge: tuple[str, str]) -> None:
        if digest in self.names or not self._is_full():
            self.names[digest] = self.names.get(digest) or name
            self.edges[edge] = None

    def _said(self, record: str) -> _Said | None:
        for ledger in self.asked:
            deposit = ledger.deposit(record)
            if deposit is not None:
                return _read(deposit.payload)
        return None

    def _records(self, **query: Any) -> list[str]:
        found = [
            str(stored.entry.body["record"])
            for ledger in self.asked
            for stored in ledger.find(kind="record", limit=MOST_NODES, **query)
        ]
        return list(dict.fromkeys(found))


def _read(payload: bytes) -> _Said | None:
    try:
        told = facts(payload)
    except RecordDamaged:
        return None
    content: Any = parse(payload)
    inputs = tuple((given["digest"], str(given["name"]), given.get("parent") or "") for given in content["inputs"])
    subjects = content.get("subject", [])
    names = {subject["digest"]: str(subject.get("name", "")) for subject in subjects}
    return _Said(told, course(payload), inputs, names)


def _label(said: _Said | None) -> str:
    if said is None:
        return ""
    steps = [operation for operation in said.steps if operation != "load"]
    return ", ".join(filter(None, (" + ".join(steps), said.facts.agent, said.facts.created)))
