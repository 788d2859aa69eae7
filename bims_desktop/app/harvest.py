"""Search the ledgers, and take what was found along as a table."""

from __future__ import annotations

import csv
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from operator import attrgetter
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from bims_desktop.app.home import Home
from bims_desktop.app.ledgers import Ledgers, Source, Where
from bims_desktop.app.standing import Standing, reason, standing, successor
from bims_desktop.errors import RecordDamaged
from bims_desktop.files.atomic import replacing
from bims_desktop.ledger.base import Entry, EntryKind, Query, Stored
from bims_desktop.ledger.facts import Facts, course, facts
from bims_desktop.ledger.reader import LogReader

if TYPE_CHECKING:
    from pandas import DataFrame

MOST = 10_000
PAGE = 20
FORMULA = ("=", "+", "-", "@", "\t", "\r")
NOTHING = Facts((), "", "", "", "", (), (), (), ())


@dataclass(frozen=True, slots=True)
class Found:
    """An entry of a ledger, and what the record that was deposited with it says of itself.

    Parameters
    ----------
    kind : {"record", "attestation", "supersede", "retract", "key"}
    record, subject, macro : str
        Digests; empty where the entry has none. An image's subject is its pixels.
    agent : str
        Name by the record's own word; the key's fingerprint where it gives none.
    organisation, created : str
        Likewise; when the record was signed, by its maker's clock.
    since : str
        When the ledger took it, by the ledger's clock.
    operations, instruments : tuple of str
        Sorted, each once.
    steps : tuple of str
        The operations in the order in which they were first done.
    state : {"stands", "retracted", "superseded"}
    reason : str
        Why it was retracted or superseded; empty where it stands.
    successor : str
        Digest of the record that superseded it; empty where none did.
    attested : tuple of str
        Verdicts of replays, oldest first.
    where, place : str
        Name of the ledger, and where in it.
    entry : Entry
        The entry itself.
    """

    kind: EntryKind
    record: str
    subject: str
    macro: str
    agent: str
    organisation: str
    created: str
    since: str
    operations: tuple[str, ...]
    instruments: tuple[str, ...]
    steps: tuple[str, ...]
    state: Standing
    reason: str
    successor: str
    attested: tuple[str, ...]
    where: str
    place: str
    entry: Entry


def search(
    home: Home,
    *,
    where: Where = "local",
    on_progress: Callable[[float], None] | None = None,
    **query: Unpack[Query],
) -> tuple[Found, ...]:
    """The entries that agree with `query`, oldest first unless it asks for the newest.

    Parameters
    ----------
    home : Home
        Whose ledgers are asked.
    where : {"local", "fabric", "all"}
        The local log and the copies of others' logs here, the consortium's ledger, or both. An entry
        that several of them hold is given once, from the nearest.
    on_progress : callable, optional
        Called with the share that is done, 0 to 1, again and again; what it raises stops the search.
    **query
        As of `ledger.base.Query`; at most 10,000 entries are given where no ``limit`` is.

    Raises
    ------
    LedgerUnavailable
        A ledger cannot be reached.
    """
    limit, offset = query.get("limit", MOST), query.get("offset", 0)
    query |= {"limit": limit + offset, "offset": 0}
    found: dict[bytes, Found] = {}
    with Ledgers(home, where) as asked:
        ledgers = list(asked)
        for number, ledger in enumerate(ledgers):
            for share, one in _all_found(ledger, query):
                if on_progress is not None:
                    on_progress((number + share) / len(ledgers))
                name = one.entry.to_bytes()
                found[name] = _merged(found[name], one) if name in found else one
    ordered = sorted(found.values(), key=attrgetter("since"), reverse=query.get("newest", False))
    return tuple(ordered[offset : offset + limit])


def _all_found(ledger: Source, query: Query) -> Iterator[tuple[float, Found]]:
    """What one ledger finds, a page at a time, each with the share that was read when its turn came."""
    entries = ledger.find(**query)
    for start in range(0, len(entries), PAGE):
        page = entries[start : start + PAGE]
        records = dict.fromkeys(record for stored in page if (record := _record(stored)))
        about, said = _about(ledger, records), {record: _said(ledger, record) for record in records}
        for stored in page:
            record = _record(stored)
            yield start / len(entries), _found(ledger, stored, about.get(record, []), *said.get(record, (NOTHING, ())))


def _record(stored: Stored) -> str:
    return str(stored.entry.body.get("record", ""))


def _about(ledger: Source, records: Collection[str]) -> Mapping[str, list[Stored]]:
    if isinstance(ledger, LogReader):
        return ledger.about(records)
    return {record: ledger.find(record=record) for record in records}


def _merged(near: Found, far: Found) -> Found:
    """What two ledgers say of one entry: a withdrawal that either knows of counts."""
    told = far if near.state == "stands" else near
    attested = max(near.attested, far.attested, key=len)
    return replace(near, state=told.state, reason=told.reason, successor=told.successor, attested=attested)


def _found(ledger: Source, stored: Stored, about: Sequence[Stored], said: Facts, steps: tuple[str, ...]) -> Found:
    body = stored.entry.body
    return Found(
        kind=stored.entry.kind,
        record=_record(stored),
        subject=str(body.get("pixels") or body.get("subject") or "".join(said.subjects[:1])),
        macro=str(body.get("macro") or said.macro),
        agent=said.agent or str(body.get("agent", "")),
        organisation=said.organisation,
        created=said.created,
        since=stored.since,
        operations=said.operations,
        instruments=said.instruments,
        steps=steps,
        state=standing(about),
        reason=reason(about),
        successor=successor(about),
        attested=tuple(str(one.entry.body["verdict"]) for one in about if one.entry.kind == "attestation"),
        where=ledger.name,
        place=stored.place,
        entry=stored.entry,
    )


def _said(ledger: Source, record: str) -> tuple[Facts, tuple[str, ...]]:
    """What the record says of itself, and its steps; nothing where only its digest is held, or it cannot be read."""
    payload = _payload(ledger, record)
    if payload is None:
        return NOTHING, ()
    try:
        return facts(payload), course(payload)
    except RecordDamaged:
        return NOTHING, ()


def _payload(ledger: Source, record: str) -> bytes | None:
    if isinstance(ledger, LogReader):
        return ledger.payload(record)
    deposit = ledger.deposit(record)
    return None if deposit is None else deposit.payload


COLUMNS = tuple(field.name for field in fields(Found) if field.name != "entry")


def rows(found: Iterable[Found]) -> list[dict[str, str]]:
    """One row of texts for each entry; several operations, instruments or verdicts are joined by semicolons."""
    return [{name: _text(getattr(entry, name)) for name in COLUMNS} for entry in found]


def write_csv(found: Iterable[Found], path: str | PathLike[str]) -> None:
    """Write the entries as CSV (RFC 4180, UTF-8) for a spreadsheet, which runs nothing in it.

    A text that a spreadsheet would take for a formula gets an apostrophe in front: the words
    of a record are somebody else's.

    Raises
    ------
    SaveFailed
        The file cannot be written.

    References
    ----------
    OWASP, CSV Injection.
    """
    with replacing(Path(path)) as part, part.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows({name: _harmless(text) for name, text in row.items()} for row in rows(found))


def to_pandas(found: Sequence[Found]) -> DataFrame:
    """The entries as a table: tuples stay tuples, and the times are UTC timestamps."""
    import pandas as pd

    table: dict[str, Any] = {name: [getattr(entry, name) for entry in found] for name in COLUMNS}
    for name in ("created", "since"):
        table[name] = pd.to_datetime(
            pd.Series(table[name], dtype="object"), utc=True, errors="coerce", format="ISO8601"
        )
    return pd.DataFrame(table, columns=list(COLUMNS))


def _text(value: str | tuple[str, ...]) -> str:
    return value if isinstance(value, str) else "; ".join(value)


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text
