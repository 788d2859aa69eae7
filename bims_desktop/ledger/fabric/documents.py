"""`Statement`, `Held`, `Anchored`: what the chaincode answers, read with suspicion: a peer may say anything."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from bims_desktop.errors import BimsError, ProofRefused
from bims_desktop.ledger.entry import Entry
from bims_desktop.model.canonical import parse

MAX_ANSWER = 64 << 20
Answer = TypeVar("Answer")

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Why a record no longer stands: the entry that says so, when it came, and in which transaction."""

    entry: Entry
    since: str
    transaction: str


@dataclass(frozen=True, slots=True)
class Statement:
    """An entry where the consortium keeps it.

    Parameters
    ----------
    entry : Entry
        What is stated.
    owner : str
        MSP identifier of the organisation that stated it first.
    since : str
        The transaction's own time, UTC.
    transaction : str
        Its identifier.
    """

    entry: Entry
    owner: str
    since: str
    transaction: str


@dataclass(frozen=True, slots=True)
class Held:
    """What one organisation's peer holds under a record digest.

    Parameters
    ----------
    statement : Statement
        The record's entry.
    collection : str
        Where its contents are private to; empty: to the channel.
    envelope : tuple of str
        Chunks of the record; empty where its digest alone was committed.
    blobs : mapping of str to tuple of str
        Chunks of each stored edit, by its digest.
    retracted, superseded : Withdrawal or None
        Why it no longer stands.
    """

    statement: Statement
    collection: str
    envelope: tuple[str, ...]
    blobs: Mapping[str, tuple[str, ...]]
    retracted: Withdrawal | None
    superseded: Withdrawal | None


@dataclass(frozen=True, slots=True)
class Anchored:
    """The last checkpoint of a log that the consortium knows."""

    size: int
    root: bytes
    owner: str
    note: str
    transaction: str
    since: str


def read(reader: Callable[[bytes], Answer], answer: bytes) -> Answer:
    """What `reader` makes of `answer`.

    Raises
    ------
    ProofRefused
        It cannot be read.
    """
    try:
        if len(answer) > MAX_ANSWER:
            raise ValueError("too long")
        return reader(answer)
    except (BimsError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ProofRefused(
            f"The consortium's ledger answered what this version cannot read: {error}.",
            "Check which chaincode is installed, and its version.",
        ) from error


def _statement(value: Any) -> Statement:
    return Statement(
        Entry.from_bytes(_text(value["entry"]).encode()),
        _text(value["owner"]),
        _time(value["since"]),
        _text(value["transaction"]),
    )


def _withdrawal(value: Any) -> Withdrawal | None:
    if value is None:
        return None
    return Withdrawal(
        Entry.from_bytes(_text(value["entry"]).encode()), _time(value["since"]), _text(value["transaction"])
    )


def held(answer: bytes) -> Held:
    """Of GetRecord."""
    value: Any = parse(answer)
    return Held(
        _statement(value),
        _text(value["collection"]),
        _texts(value["envelope"]),
        {str(digest): _texts(chunks) for digest, chunks in value["blobs"].items()},
        _withdrawal(value.get("retracted")),
        _withdrawal(value.get("superseded")),
    )


def anchored(answer: bytes) -> Anchored:
    """Of GetAnchor."""
    value: Any = parse(answer)
    root = base64.b64decode(_text(value["root"]), validate=True)
    if type(value["size"]) is not int or len(root) != 32:
        raise ValueError("no checkpoint")
    owner, note, transaction = (_text(value[name]) for name in ("owner", "note", "transaction"))
    return Anchored(value["size"], root, owner, note, transaction, _time(value["since"]))


def page(answer: bytes) -> tuple[list[Statement], str]:
    """Of Query: entries, and where the next page begins; empty after the last."""
    value: Any = parse(answer)
    return [_statement(entry) for entry in value["entries"]], _text(value.get("bookmark") or "")


def chunk(answer: bytes) -> bytes:
    """Of GetChunk."""
    try:
        return base64.b64decode(answer, validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("a text is missing")
    return value


def _time(value: Any) -> str:
    if not _TIME.fullmatch(_text(value)):
        raise ValueError("a time is none")
    datetime.fromisoformat(value)
    return str(value)


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(_text(item) for item in value)
