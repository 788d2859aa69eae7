"""The outbox: how far each entry of the local log has come on its way to a consortium's ledger. SQLite, no network.

The local log itself is the queue. What has no row here is waiting, so that nothing can be lost
between an append and a note of it. The states, and the moves between them that are allowed:

=========  =======================================================================  ===========================
state      meaning                                                                  may become
=========  =======================================================================  ===========================
waiting    no row: nothing was signed, or what was is known to have come to nothing prepared, committed, local,
                                                                                    conflict, refused
prepared   endorsed and signed, the envelope is kept; perhaps sent                  submitted, committed, waiting,
                                                                                    conflict, refused
submitted  the ordering service took it; perhaps lost all the same                  committed, waiting, conflict,
                                                                                    refused
committed  valid, in a block                                                        (nothing)
conflict   the ledger holds something else under this name                          waiting
refused    the ledger does not take it, and will not while things are as they are   waiting
local      stays in the local log: the network has no place for it                  (nothing)
=========  =======================================================================  ===========================
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

import zstandard

from bims_desktop.errors import LedgerError, LedgerUnavailable
from bims_desktop.ledger.outbox_file import OutboxFile

State = Literal["waiting", "prepared", "submitted", "committed", "conflict", "refused", "local"]
Kind = Literal["entry", "anchor", "chunk"]
Name: TypeAlias = tuple[Kind, int | str]

MOVES: dict[State, frozenset[State]] = {
    "waiting": frozenset({"prepared", "committed", "local", "conflict", "refused"}),
    "prepared": frozenset({"submitted", "committed", "waiting", "conflict", "refused"}),
    "submitted": frozenset({"committed", "waiting", "conflict", "refused"}),
    "committed": frozenset(),
    "conflict": frozenset({"waiting"}),
    "refused": frozenset({"waiting"}),
    "local": frozenset(),
}
UNDER_WAY: tuple[State, ...] = ("prepared", "submitted")
STUCK: tuple[State, ...] = ("conflict", "refused")

ENDED = ("committed", "local")
RACED = frozenset({"MVCC_READ_CONFLICT", "PHANTOM_READ_CONFLICT", "DUPLICATE_TXID"})  # somebody else was first
MAX_BLOCK = 1 << 30
PAGE = 10_000

_COLUMNS = "kind, name, state, txid, envelope, prepared, block, text"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing on its way.

    Parameters
    ----------
    name : (kind, int or str)
        ``("entry", index)`` in the local log, ``("anchor", size)`` of it, ``("chunk", digest)`` of contents.
    state : str
        As in the table of this module.
    transaction : str
        Its last transaction, 64 hexadecimal digits; empty before there is one.
    envelope : bytes
        The signed envelope, while its outcome is open.
    prepared : int
        When that was signed, by this computer's clock, in seconds of Unix time.
    block : int or None
        Where it is committed.
    text : str
        Why it is stuck.
    """

    name: Name
    state: State = "waiting"
    transaction: str = ""
    envelope: bytes = b""
    prepared: int = 0
    block: int | None = None
    text: str = ""

    @property
    def place(self) -> str:
        """Where it is committed, in words; empty where it is not."""
        return place_in_words(self.block, self.transaction) if self.block is not None else ""


def place_in_words(block: int, transaction: str) -> str:
    """Where something stands in a consortium's ledger.

    Examples
    --------
    >>> place_in_words(7, "3f2a91c0" + 56 * "0")
    'block 7, transaction 3f2a91c0'
    """
    return f"block {block}, transaction {transaction[:8]}"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A block of the ledger, as a peer of another organisation gave it, and the transaction in it that matters."""

    transaction: str
    record: str
    number: int
    block: bytes


class Outbox:
    """One file, written by one sender at a time and read by anybody.

    Parameters
    ----------
    path : Path or None
        Made if missing, readable by its owner alone; None: in memory, for as long as this lives.
    ledger : str
        What is carried where, in words of the caller: another's outbox is refused.
    clock : callable
        Seconds of Unix time.

    Raises
    ------
    LedgerUnavailable
        The file cannot be opened, is damaged, or belongs to another log or network.

    Examples
    --------
    >>> import tempfile
    >>> outbox = Outbox(Path(tempfile.mkdtemp()) / "outbox.sqlite", "lab/1 to provenance")
    >>> outbox.prepare(("entry", 0), "3f2a91c0", b"signed")
    >>> outbox.submitted(("entry", 0))
    >>> outbox.commit(("entry", 0), 7, "3f2a91c0")
    >>> outbox.item(("entry", 0)).place
    'block 7, transaction 3f2a91c0'
    >>> outbox.close()
    """

    def __init__(self, path: Path | None, ledger: str, *, clock: Callable[[], float] = time.time) -> None:
        self.path = path
        self._clock = clock
        self._file = OutboxFile(path, ledger)

    def item(self, name: Name) -> Item:
        """How far `name` has come; what was never heard of is waiting."""
        rows = self._file.fetch(f"SELECT {_COLUMNS} FROM items WHERE kind = ? AND name = ?", *name)  # noqa: S608
        return _item(*rows[0]) if rows else Item(name)

    def prepare(self, name: Name, transaction: str, envelope: bytes) -> None:
        """Keep what is about to be sent, before it is."""
        self._move(name, "prepared", txid=transaction, envelope=envelope, prepared=int(self._clock()), text="")

    def submitted(self, name: Name) -> None:
        """The ordering service answered that it took it; once more is no harm."""
        self._move(name, "submitted", again=True)

    def commit(self, name: Name, block: int, transaction: str) -> None:
        """It is in the ledger, by this transaction or by an earlier one; once more is no harm."""
        self._move(name, "committed", again=True, block=block, txid=transaction, envelope=None, text="")

    def conflict(self, name: Name, text: str, transaction: str = "") -> None:
        """The ledger holds something else under this name."""
        self._move(name, "conflict", text=text, txid=transaction, envelope=None)

    def refuse(self, name: Name, text: str, transaction: str = "") -> None:
        """The ledger does not take it."""
        self._move(name, "refused", text=text, txid=transaction, envelope=None)

    def leave(self, name: Name) -> None:
        """It stays in the local log."""
        self._move(name, "local")

    def release(self, name: Name) -> None:
        """Back among what waits: what was sent is known to have come to nothing, or a person says to try again."""
        with self._file.writing():
            self._check(name, "waiting")
            self._file.execute("DELETE FROM items WHERE kind = ? AND name = ?", *name)

    def items(self, *states: State, kind: Kind = "entry") -> tuple[Item, ...]:
        """All of `kind` in one of `states`, in order."""
        marks = ", ".join("?" * len(states))
        query = f"""SELECT {_COLUMNS} FROM items INDEXED BY items_by_state
            WHERE kind = ? AND state IN ({marks}) ORDER BY name"""  # noqa: S608
        return tuple(_item(*row) for row in self._file.fetch(query, kind, *states))

    def count(self, *states: State, kind: Kind = "entry", first: int = 0) -> int:
        """How many of `kind`, from `first` on, are in one of `states`; from the beginning that is known at once."""
        marks = ", ".join("?" * len(states))
        if not first:
            query = f"SELECT total(number) FROM tallies WHERE kind = ? AND state IN ({marks})"  # noqa: S608
            return int(self._file.fetch(query, kind, *states)[0][0])
        query = f"""SELECT count(*) FROM items INDEXED BY items_by_state
            WHERE kind = ? AND state IN ({marks}) AND name >= ?"""  # noqa: S608
        return int(self._file.fetch(query, kind, *states, first)[0][0])

    def first_open(self, first: int = 0) -> int:
        """The first entry from `first` on that has not come to its end: none before it has anything left to do."""
        frontier = int(self._file.fetch("SELECT frontier FROM outbox")[0][0])
        index = max(first, frontier)
        while ended := self.ended(index, index + PAGE):
            gap = next((i for i in range(index, index + PAGE) if i not in ended), None)
            index = index + PAGE if gap is None else gap
            if gap is not None:
                break
        if first <= frontier < index:
            with self._file.writing():
                self._file.execute("UPDATE outbox SET frontier = ?", index)
        return index

    def ended(self, start: int, stop: int) -> frozenset[int]:
        """The entries in [start, stop) that are committed, or stay here."""
        query = "SELECT name FROM items WHERE kind = 'entry' AND state IN (?, ?) AND name >= ? AND name < ?"
        return frozenset(row[0] for row in self._file.fetch(query, *ENDED, start, stop))

    def anchored(self) -> int:
        """How many entries the largest committed anchor covers."""
        query = "SELECT max(name) FROM items WHERE kind = 'anchor' AND state = 'committed'"
        return int(self._file.fetch(query)[0][0] or 0)

    def last(self) -> Item | None:
        """What stands in the last block that something was committed in."""
        query = f"""SELECT {_COLUMNS} FROM items WHERE block IS NOT NULL AND kind <> 'chunk'
            ORDER BY block DESC LIMIT 1"""  # noqa: S608
        rows = self._file.fetch(query)
        return _item(*rows[0]) if rows else None

    def keep(self, evidence: Evidence) -> None:
        """Keep a block for checks without the network; once more is no harm."""
        packed = zstandard.ZstdCompressor(write_content_size=True).compress(evidence.block)
        row = (evidence.transaction, evidence.record, evidence.number)
        with self._file.writing():
            self._file.execute("INSERT OR IGNORE INTO blocks VALUES (?, ?)", evidence.number, packed)
            self._file.execute("INSERT OR REPLACE INTO evidence VALUES (?, ?, ?)", *row)
            self._file.execute("UPDATE items SET proven = 1 WHERE txid = ?", evidence.transaction)

    def evidence(self, record: str) -> tuple[Evidence, ...]:
        """What is kept about `record`, oldest block first."""
        query = """SELECT txid, record, number, data FROM evidence JOIN blocks ON block = number
            WHERE record = ? ORDER BY number"""
        return tuple(
            Evidence(txid, about, number, _unpacked(data))
            for txid, about, number, data in self._file.fetch(query, record)
        )

    def without_evidence(self, limit: int) -> tuple[Item, ...]:
        """Committed entries whose block is not kept yet, newest first."""
        query = f"""SELECT {_COLUMNS} FROM items INDEXED BY items_unproven
            WHERE kind = 'entry' AND state = 'committed' AND NOT proven ORDER BY name DESC LIMIT ?"""  # noqa: S608
        return tuple(_item(*row) for row in self._file.fetch(query, limit))

    def version(self) -> int:
        """A number that changes whenever another process or connection wrote."""
        return self._file.version()

    def close(self) -> None:
        """Let go of the file; what was noted stays."""
        self._file.close()

    def _move(self, name: Name, state: State, again: bool = False, **columns: Any) -> None:
        with self._file.writing():
            self._check(name, state, again)
            names = ", ".join(columns)
            comma = ", " if columns else ""
            marks = "".join(", ?" for _ in columns)
            changes = "".join(f", {column} = excluded.{column}" for column in columns)
            self._file.execute(
                f"INSERT INTO items (kind, name, state{comma}{names}) VALUES (?, ?, ?{marks}) "  # noqa: S608
                f"ON CONFLICT DO UPDATE SET state = excluded.state{changes}",
                *name,
                state,
                *columns.values(),
            )

    def _check(self, name: Name, state: State, again: bool = False) -> None:
        now = self.item(name).state
        if state not in MOVES[now] and not (again and state == now):
            raise LedgerError(f"{name[0].capitalize()} {name[1]} is {now}; it cannot become {state}.")


def _unpacked(data: bytes) -> bytes:
    try:
        return zstandard.ZstdDecompressor().decompress(data, max_output_size=MAX_BLOCK)
    except zstandard.ZstdError as error:
        raise LedgerUnavailable(f"A kept block is damaged: {error}.", "Remove the outbox: it is made anew.") from error


def _item(kind: Kind, name: int | str, state: State, txid: str, envelope: bytes | None, *rest: Any) -> Item:
    return Item((kind, name), state, txid, envelope or b"", *rest)
