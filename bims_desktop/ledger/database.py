"""What the SQLite files of the ledger have in common: how they are set up to bear a power cut and other processes."""

from __future__ import annotations

import sqlite3
import time

BUSY_S = 30.0


def pragma(database: sqlite3.Connection, name: str) -> object:
    """The value of one of SQLite's settings."""
    return database.execute(f"PRAGMA {name}").fetchone()[0]


def use_wal(database: sqlite3.Connection) -> None:
    """Let processes read while one writes, by a write-ahead log.

    Raises
    ------
    sqlite3.OperationalError
        Another process holds the file for longer than `BUSY_S` seconds, or it cannot be written.
    """
    deadline = time.monotonic() + BUSY_S
    while pragma(database, "journal_mode") != "wal":
        try:
            database.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:  # SQLite itself never waits to change the mode
            if error.sqlite_errorname != "SQLITE_BUSY" or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
