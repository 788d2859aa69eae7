"""The SQLite file of a local log: rows in and out, no cryptography."""

from __future__ import annotations

import hashlib
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from bims_desktop.errors import LedgerUnavailable

APPLICATION_ID = 0x42494D53  # "BIMS"
SCHEMA_VERSION = 1
BUSY_S = 30.0

Node: TypeAlias = tuple[int, int]

_SCHEMA = """
CREATE TABLE log (origin TEXT NOT NULL, public_key BLOB NOT NULL) STRICT;
CREATE TABLE entries (
    position INTEGER PRIMARY KEY,
    since TEXT NOT NULL,
    salt BLOB NOT NULL,
    entry TEXT NOT NULL,
    digest BLOB NOT NULL UNIQUE,
    kind TEXT AS (json_extract(entry, '$.kind')),
    record TEXT AS (json_extract(entry, '$.body.record')),
    pixels TEXT AS (json_extract(entry, '$.body.pixels'))
) STRICT;
CREATE INDEX entries_by_kind ON entries (kind);
CREATE INDEX entries_by_record ON entries (record);
CREATE INDEX entries_by_pixels ON entries (pixels);
CREATE TABLE nodes (
    level INTEGER NOT NULL, position INTEGER NOT NULL, hash BLOB NOT NULL, PRIMARY KEY (level, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE checkpoints (size INTEGER PRIMARY KEY, note TEXT NOT NULL) STRICT;
"""

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
            if self._pragma("application_id") == 0 and not self._db.execute("SELECT 1 FROM sqlite_master").fetchone():
                for statement in _SCHEMA.split(";\n"):
                    self._db.execute(statement)
                self._db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                self._db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        if self._pragma("application_id") != APPLICATION_ID:
            raise LedgerUnavailable(f"{self.path} is not a log.", "Name another file.")
        if self._pragma("user_version") != SCHEMA_VERSION:
            raise LedgerUnavailable(f"The log {self.path} is of another version.", "Use the program that made it.")
        self._use_wal()
        self._db.execute("PRAGMA synchronous = FULL")

    def _use_wal(self) -> None:
        deadline = time.monotonic() + BUSY_S
        while self._pragma("journal_mode") != "wal":
            try:
                self._db.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as error:  # SQLite itself never waits to change the mode
                if error.sqlite_errorname != "SQLITE_BUSY" or time.monotonic() > deadline:
                    raise
                time.sleep(0.01)

    def _pragma(self, name: str) -> object:
        return self._db.execute(f"PRAGMA {name}").fetchone()[0]

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
        rows = self._fetch("SELECT origin, public_key FROM log")
        return (rows[0][0], rows[0][1]) if rows else None

    def begin(self, origin: str, public_key: bytes, note: str) -> None:
        """Name the log and keep its empty checkpoint, within a transaction."""
        self._db.execute("INSERT INTO log VALUES (?, ?)", (origin, public_key))
        self._db.execute("INSERT INTO checkpoints VALUES (0, ?)", (note,))

    def add(self, rows: Iterable[Row], nodes: Mapping[Node, bytes], size: int, note: str) -> None:
        """Keep entries, the tree nodes they complete, and the checkpoint of `size`, within a transaction."""
        self._db.executemany(
            "INSERT INTO entries (position, since, salt, entry, digest) VALUES (?, ?, ?, ?, ?)",
            ((row.index, row.since, row.salt, row.entry.decode(), _digest(row.entry)) for row in rows),
        )
        self._db.executemany("INSERT INTO nodes VALUES (?, ?, ?)", ((*node, value) for node, value in nodes.items()))
        self._db.execute("INSERT INTO checkpoints VALUES (?, ?)", (size, note))

    def count(self) -> int:
        """How many entries there are."""
        return int(self._fetch("SELECT count(*) FROM entries")[0][0])

    def index_of(self, entry: bytes) -> int | None:
        """Where exactly these bytes stand, None where they do not."""
        rows = self._fetch("SELECT position FROM entries WHERE digest = ?", _digest(entry))
        return int(rows[0][0]) if rows else None

    def find(self, **properties: str | None) -> list[Row]:
        """Entries whose columns `kind`, `record`, `pixels` equal what is given, oldest first."""
        given = {name: value for name, value in properties.items() if value is not None}
        where = " AND ".join(["TRUE", *(f"{name} = ?" for name in given)])
        query = f"SELECT position, since, salt, entry FROM entries WHERE {where} ORDER BY position"  # noqa: S608
        return [_row(*values) for values in self._fetch(query, *given.values())]

    def row(self, index: int) -> Row | None:
        """Entry `index`, None where there is none."""
        rows = self._fetch("SELECT position, since, salt, entry FROM entries WHERE position = ?", index)
        return _row(*rows[0]) if rows else None

    def node(self, level: int, position: int) -> bytes | None:
        """Hash of a complete subtree, None where the file lacks it."""
        rows = self._fetch("SELECT hash FROM nodes WHERE level = ? AND position = ?", level, position)
        return bytes(rows[0][0]) if rows else None

    def checkpoint_over(self, index: int) -> str | None:
        """The first checkpoint whose tree holds entry `index`."""
        rows = self._fetch("SELECT note FROM checkpoints WHERE size > ? ORDER BY size LIMIT 1", index)
        return str(rows[0][0]) if rows else None

    def last_checkpoint(self) -> str | None:
        """The checkpoint of the largest tree."""
        rows = self._fetch("SELECT note FROM checkpoints ORDER BY size DESC LIMIT 1")
        return str(rows[0][0]) if rows else None

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._db.close()

    def _fetch(self, query: str, *values: object) -> list[Any]:
        with self._lock, self._reported():
            return self._db.execute(query, values).fetchall()


def _digest(entry: bytes) -> bytes:
    return hashlib.sha256(entry).digest()


def _row(index: int, since: str, salt: bytes, entry: str) -> Row:
    return Row(index, since, salt, entry.encode())
