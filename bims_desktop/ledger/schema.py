"""Tables of a local log's file, and how a file of an earlier version becomes one of this."""

from __future__ import annotations

import sqlite3

APPLICATION_ID = 0x42494D53  # "BIMS"

_FIRST = """
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

_SECOND = """
ALTER TABLE entries ADD COLUMN macro TEXT AS (json_extract(entry, '$.body.macro'));
ALTER TABLE entries ADD COLUMN subject TEXT AS (json_extract(entry, '$.body.subject'));
ALTER TABLE entries ADD COLUMN agent TEXT AS (json_extract(entry, '$.body.agent'));
CREATE INDEX entries_by_macro ON entries (macro) WHERE macro IS NOT NULL;
CREATE INDEX entries_by_subject ON entries (subject) WHERE subject IS NOT NULL;
CREATE INDEX entries_by_agent ON entries (agent) WHERE agent IS NOT NULL;
CREATE INDEX entries_by_since ON entries (since);
CREATE TABLE facts (
    name TEXT NOT NULL, value TEXT NOT NULL, position INTEGER NOT NULL, PRIMARY KEY (name, value, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX facts_by_position ON facts (position);
CREATE TABLE deposits (record TEXT PRIMARY KEY, envelope BLOB NOT NULL) STRICT;
CREATE TABLE blobs (digest TEXT PRIMARY KEY, packed BLOB NOT NULL) STRICT;
CREATE TABLE deposit_blobs (
    record TEXT NOT NULL, digest TEXT NOT NULL, PRIMARY KEY (record, digest)
) STRICT, WITHOUT ROWID;
"""

_STEPS = (_FIRST, _SECOND)
VERSION = len(_STEPS)


def upgrade(database: sqlite3.Connection, version: int) -> None:
    """Bring a file of `version`, 0 for an empty one, to this version, within a transaction."""
    for script in _STEPS[version:]:
        for statement in script.split(";\n"):
            database.execute(statement)
    database.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    database.execute(f"PRAGMA user_version = {VERSION}")
