"""The SQLite file of a local log: rows in and out, no cryptography."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from bims_desktop.errors import LedgerUnavailable
from bims_desktop.ledger import schema
from bims_desktop.ledger.base import Query
from bims_desktop.ledger.checkpoint import MAX_SIZE
from bims_desktop.ledger.database import BUSY_S, pragma, use_wal
from bims_desktop.ledger.query import select

BATCH = 1_000

Node: TypeAlias = tuple[int, int]

_ADVICE = {
    "SQLITE_BUSY": "Another program holds it: close that and try again.",
    "SQLITE_FULL": "Make room on the disk and try again.",
    "SQLITE_READONLY": "Check the rights of the file and its folder.",
    "SQLITE_CANTOPEN": "Check that its folder exists and can be written.",
    "SQLITE_NOTADB": "The file is not a log: name another, or restore it from a copy.",
    "SQLITE_CORRUPT": "The file is damaged: restore it from a copy.",
}


@dataclass(frozen=True, slots=True)
class Row:
    """An entry as it stands in the file."""

    index: int
    since: str
    salt: bytes
    entry: bytes


class Store:
    """One log's file, shared by any number of threads and processes.

    Parameters
    ----------
    path : Path
        Made if missing, readable by its owner alone.

    Raises
    ------
    LedgerUnavailable
        The file cannot be opened, is damaged, or belongs to something else.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.RLock()
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.touch(mode=0o600)
        except OSError as error:
            raise LedgerUnavailable(f"The log {path} cannot be opened: {error}.", "Check its folder.") from error
        with self._reported():
            self._db = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
            try:
                self._prepare()
            except (sqlite3.Error, LedgerUnavailable):
                self._db.close()
                raise

    def _prepare(self) -> None:
        with self.transaction():
            version = self._version()
            if version > schema.VERSION:
                raise LedgerUnavailable(f"The log {self.path} is of a later version.", "Use the program that made it.")
            if version < schema.VERSION:
                schema.upgrade(self._db, version)
        use_wal(self._db)
        self._db.execute("PRAGMA synchronous = FULL")

    def _version(self) -> int:
        """Version of the tables, 0 in a new file."""
        application = pragma(self._db, "application_id")
        if application == 0 and not self._db.execute("SELECT 1 FROM sqlite_master").fetchone():
            return 0
        if application != schema.APPLICATION_ID:
            raise LedgerUnavailable(f"{self.path} is not a log.", "Name another file.")
        return int(str(pragma(self._db, "user_version")))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """The only writer of all processes, until the block ends and is durable, or fails and never was."""
        with self._lock, self._reported(), self._db:
            self._db.execute("BEGIN IMMEDIATE")
            yield

    @contextmanager
    def _reported(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            kind = "_".join(getattr(error, "sqlite_errorname", "").split("_")[:2])
            advice = _ADVICE.get(kind, "Check the disk; restore the file from a copy if it is damaged.")
            raise LedgerUnavailable(f"The log {self.path} cannot be used: {error}.", advice) from error

    def identity(self) -> tuple[str, bytes] | None:
        """Origin and public key of the log, None before it has any."""
        rows = self.fetch("SELECT origin, public_key FROM log")
        return (rows[0][0], rows[0][1]) if rows else None

    def begin(self, origin: str, public_key: bytes, note: str) -> None:
        """Name the log and keep its empty checkpoint, within a transaction."""
        self._db.execute("INSERT INTO log VALUES (?, ?)", (origin, public_key))
        self._db.execute("INSERT INTO checkpoints VALUES (0, ?)", (note,))

    def begin_anew(self, origin: str, public_key: bytes, note: str) -> None:
        """Give a log without entries another name and key, within a transaction."""
        self._db.execute("DELETE FROM log")
        self._db.execute("DELETE FROM checkpoints")
        self.begin(origin, public_key, note)

    def replace_key(self, public_key: bytes) -> None:
        """Name the key that signs from now on, within a transaction."""
        self._db.execute("UPDATE log SET public_key = ?", (public_key,))

    def add(self, rows: Iterable[Row], nodes: Mapping[Node, bytes], size: int, note: str) -> None:
        """Keep entries, the tree nodes they complete, and the checkpoint of `size`, within a transaction."""
        self.write_many(
            "INSERT INTO entries (position, since, salt, entry, digest) VALUES (?, ?, ?, ?, ?)",
            ((row.index, row.since, row.salt, row.entry.decode(), _digest(row.entry)) for row in rows),
        )
        self.write_many("INSERT INTO nodes VALUES (?, ?, ?)", ((*node, value) for node, value in nodes.items()))
        self._db.execute("INSERT INTO checkpoints VALUES (?, ?)", (size, note))

    def write(self, statement: str, *values: object) -> int:
        """Execute one statement within a transaction; how many rows it changed."""
        return self._db.execute(statement, values).rowcount

    def write_many(self, statement: str, rows: Iterable[Sequence[object]]) -> None:
        """Execute one statement for each of `rows`, within a transaction."""
        self._db.executemany(statement, rows)

    def count(self) -> int:
        """How many entries there are."""
        return int(self.fetch("SELECT count(*) FROM entries")[0][0])

    def kinds(self, start: int = 0, stop: int = MAX_SIZE) -> dict[str, int]:
        """How many entries of each kind there are from `start` to `stop`, excluded."""
        count = "SELECT kind, count(*) FROM entries WHERE position >= ? AND position < ? GROUP BY kind"
        return dict(self.fetch(count, start, stop))

    def index_of(self, entry: bytes) -> int | None:
        """Where exactly these bytes stand, None where they do not."""
        rows = self.fetch("SELECT position FROM entries WHERE digest = ?", _digest(entry))
        return int(rows[0][0]) if rows else None

    def find(self, query: Query) -> list[Row]:
        """Entries that agree with `query`, in its order."""
        statement, values = select(query)
        return [_row(*found) for found in self.fetch(statement, *values)]

    def about(self, records: Iterable[str]) -> list[Row]:
        """All entries about any of `records`, oldest first."""
        query = (
            "SELECT position, since, salt, entry FROM entries"
            " WHERE record IN (SELECT value FROM json_each(?)) ORDER BY position"
        )
        return [_row(*found) for found in self.fetch(query, json.dumps(list(records)))]

    def rows(self, start: int, stop: int) -> Iterator[Row]:
        """Entries `start` to `stop`, excluded."""
        query = (
            "SELECT position, since, salt, entry FROM entries WHERE position >= ? AND position < ? ORDER BY position"
        )
        for first in range(start, stop, BATCH):
            yield from (_row(*found) for found in self.fetch(query, first, min(first + BATCH, stop)))

    def checkpoints(self, start: int, stop: int) -> list[tuple[int, str]]:
        """Checkpoints of at least `start` and at most `stop` entries, with their sizes, smallest first."""
        return self.fetch("SELECT size, note FROM checkpoints WHERE size BETWEEN ? AND ? ORDER BY size", start, stop)

    def row(self, index: int) -> Row | None:
        """Entry `index`, None where there is none."""
        rows = self.fetch("SELECT position, since, salt, entry FROM entries WHERE position = ?", index)
        return _row(*rows[0]) if rows else None

    def first_about(self, index: int) -> str | None:
        """The record that entry `index` is the first to commit, None where it is none."""
        earlier = "SELECT 1 FROM entries WHERE record = this.record AND +kind = 'record' AND position < this.position"
        about = f"SELECT record FROM entries AS this WHERE position = ? AND kind = 'record' AND NOT EXISTS ({earlier})"  # noqa: S608
        rows = self.fetch(about, index)
        return str(rows[0][0]) if rows else None

    def node(self, level: int, position: int) -> bytes | None:
        """Hash of a complete subtree, None where the file lacks it."""
        rows = self.fetch("SELECT hash FROM nodes WHERE level = ? AND position = ?", level, position)
        return bytes(rows[0][0]) if rows else None

    def checkpoint_over(self, index: int) -> str | None:
        """The first checkpoint whose tree holds entry `index`."""
        rows = self.fetch("SELECT note FROM checkpoints WHERE size > ? ORDER BY size LIMIT 1", index)
        return str(rows[0][0]) if rows else None

    def last_checkpoint(self) -> str | None:
        """The checkpoint of the largest tree."""
        rows = self.fetch("SELECT note FROM checkpoints ORDER BY size DESC LIMIT 1")
        return str(rows[0][0]) if rows else None

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._db.close()

    def fetch(self, query: str, *values: object) -> list[Any]:
        """All rows of a query."""
        with self._lock, self._reported():
            return self._db.execute(query, values).fetchall()


def _digest(entry: bytes) -> bytes:
    return hashlib.sha256(entry).digest()


def _row(index: int, since: str, salt: bytes, entry: str) -> Row:
    return Row(index, since, salt, entry.encode())
