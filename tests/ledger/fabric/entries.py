"""Entries to write in tests."""

from __future__ import annotations

import secrets
from hashlib import sha256

from bims_desktop.model.canonical import canonical


def entry(kind: str = "record", **body: str) -> str:
    """An entry's text; a record of its own where none is named."""
    return canonical({"body": {"record": digest(secrets.token_hex(8))} | body, "kind": kind, "v": 1}).decode()


def digest(text: str) -> str:
    return f"sha256:{sha256(text.encode()).hexdigest()}"
