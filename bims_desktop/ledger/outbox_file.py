"""The SQLite file of an outbox: opened, checked, shared by threads and processes. It knows nothing of what it holds."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bims_desktop.errors import LedgerUnavailable
from bims_desktop.ledger.database import BUSY_S, pragma, use_wal

APPLICATION_ID = 0x42494D4F  # "BIMO"
SCHEMA_VERSION = 1

_TALLY = "INSERT INTO tallies VALUES ({row}.kind, {row}.state, {by}) ON CONFLICT DO UPDATE SET number = number + {by}"
_SCHEMA = (
    "CREATE TABLE outbox (ledger TEXT NOT NULL, frontier INTEGER NOT NULL) STRICT",
    """CREATE TABLE items (
        kind TEXT NOT NULL,
        name ANY NOT NULL,
        state TEXT NOT NULL,
        txid TEXT NOT NULL DEFAULT '',
        envelope BLOB,
        prepared INTEGER NOT NULL DEFAULT 0,
        block INTEGER,
        text TEXT NOT NULL DEFAULT '',
        proven INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (kind, name)
    ) STRICT""",
    "CREATE INDEX items_by_state ON items (kind, state, name)",
    "CREATE INDEX items_by_block ON items (block)",
    "CREATE INDEX items_by_txid ON items (txid)",
    "CREATE INDEX items_unproven ON items (name) WHERE kind = 'entry' AND state = 'committed' AND NOT proven",
    "CREATE TABLE evidence (txid TEXT PRIMARY KEY, record TEXT NOT NULL, block INTEGER NOT NULL) STRICT",
    "CREATE INDEX evidence_by_record ON evidence (record)",
    "CREATE TABLE blocks (number INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT",
    # so that a status bar need not count a million rows
    "CREATE TABLE tallies (kind TEXT, state TEXT, number INTEGER NOT NULL, PRIMARY KEY (kind, state)) STRICT",
    f"CREATE TRIGGER tally_new AFTER INSERT ON items BEGIN {_TALLY.format(row='NEW', by='1')}; END",
    f"CREATE TRIGGER tally_gone AFTER DELETE ON items BEGIN {_TALLY.format(row='OLD', by='-1')}; END",
    f"""CREATE TRIGGER tally_moved AFTER UPDATE OF state ON items BEGIN
        {_TALLY.format(row="OLD", by="-1")}; {_TALLY.format(row="NEW", by="1")}; END""",
)


class OutboxFile:
    """Rows in and out.

    Parameters
    ----------
    path : Path or None
        Made if missing, readable by its owner alone; None: in memory.
    ledger : str
        What is carried where.

    Raises
    ------
    LedgerUnavailable
        The file cannot be opened, is damaged, or belongs to another log or network.
    """

    def __init__(self, path: Path | None, ledger: str) -> None:
        self.path = path
        self._lock = threading.RLock()
        if path is not None:
            _make_private(path)
        with self._reported():
            self._db = sqlite3.connect(
                path or ":memory:", timeout=BUSY_S, isolation_level=None, check_same_thread=False
            )
            try:
                self._prepare(ledger)
            except (sqlite3.Error, LedgerUnavailable):
                self._db.close()
                raise

    @contextmanager
    def writing(self) -> Iterator[None]:
        """The only writer of all processes, until the block ends and is durable, or fails and never was."""
        with self._lock, self._reported(), self._db:
            self._db.execute("BEGIN IMMEDIATE")
            yield

    def execute(self, statement: str, *values: object) -> None:
        """Change something, within `writing`."""
        self._db.execute(statement, values)

    def fetch(self, query: str, *values: object) -> list[Any]:
        """The rows of `query`."""
        with self._lock, self._reported():
            return self._db.execute(query, values).fetchall()

    def version(self) -> int:
        """A number that changes whenever another connection wrote."""
        return int(self.fetch("PRAGMA data_version")[0][0])

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._db.close()

    def _prepare(self, ledger: str) -> None:
        if self.path is not None:
            use_wal(self._db)
        self._db.execute("PRAGMA synchronous = FULL")
        with self.writing():
            new = not self._db.execute("SELECT 1 FROM sqlite_master").fetchone()
            if new and pragma(self._db, "application_id") == 0:
                for statement in _SCHEMA:
                    self._db.execute(statement)
                self._db.execute("INSERT INTO outbox VALUES (?, 0)", (ledger,))
                self._db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                self._db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        if pragma(self._db, "application_id") != APPLICATION_ID or pragma(self._db, "user_version") != SCHEMA_VERSION:
            raise LedgerUnavailable(f"{self.path} is not an outbox of this version.", "Name another file.")
        (kept,) = self._db.execute("SELECT ledger FROM outbox").fetchone()
        if kept != ledger:
            raise LedgerUnavailable(f"The outbox {self.path} carries {kept}, not {ledger}.", "Name another file.")

    @contextmanager
    def _reported(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise LedgerUnavailable(
                f"The outbox {self.path} cannot be used: {error}.",
                "Check the disk; where the file is damaged remove it: what it tells is found out anew.",
            ) from error


def _make_private(path: Path) -> None:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
    except OSError as error:
        raise LedgerUnavailable(f"The outbox {path} cannot be opened: {error}.", "Check its folder.") from error
