"""What the ledger's windows do beside the GUI thread: search, look up, and read a record's contents."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

from bims_desktop.app import harvest, lineage_graph
from bims_desktop.app.harvest import Found
from bims_desktop.app.ledgers import Ledgers, Where
from bims_desktop.app.lineage_graph import Graph
from bims_desktop.app.named import files_known, is_named
from bims_desktop.app.pictured import pictured
from bims_desktop.app.source import read_record
from bims_desktop.errors import RecordError
from bims_desktop.files.readers import read
from bims_desktop.files.sidecar import is_table
from bims_desktop.ledger.base import Query
from bims_desktop.macro.record import open_envelope
from bims_desktop.model.digest import pixel_digest
from bims_desktop.operations.running import tick
from bims_desktop.ui.words import short

if TYPE_CHECKING:
    from bims_desktop.app.data import Data
    from bims_desktop.app.home import Home

MOST = {"local": 2_000, "fabric": 200, "all": 200}
"""Entries that a search shows, the newest of those that fit; over a network each takes its time."""
DEPTH = 8
_NAMES = ("record", "pixels", "subject", "macro")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a search found, and the files by which this computer knows the records: those stand in no ledger."""

    found: Sequence[Found] = ()
    files: Mapping[str, tuple[Path, ...]] = field(default_factory=dict)
    cut: bool = False
    """Whether there are earlier ones that were not looked at."""

    def files_of(self, found: Found) -> tuple[Path, ...]:
        """The files of an entry's record, those that are unchanged first."""
        return self.files.get(found.record, ())

    def called(self, record: str) -> str:
        """A record by the name of its file, or where none is known by its digest."""
        return next((file.name for file in self.files.get(record, ())), short(record))


class Sought(NamedTuple):
    """A digest to search for, and what a person should know of how it was found."""

    digest: str
    told: str = ""
    record: str = ""
    """The record that the file itself carries: others may be of the same pixels."""


@dataclass(frozen=True, slots=True)
class Background:
    """What takes a while to find out about a record: its macro's text, and its relatives."""

    macro: str
    graph: Graph


def file_of(data: Data, home: Home) -> Path | None:
    """The file that an image of the session was opened from or saved as; None where none is known."""
    source = data.session.inputs.get(data.version)
    path = source.path if source else home.seen_input(data.digest)
    return path if path and path.is_file() else None


def sought_in(path: Path, home: Home) -> Sought:
    """What to search for so that an image file is found: its pixels; of an exported picture a record that it names.

    Of a table it is the record beside it.

    Raises
    ------
    UnreadableFile, FileTooLarge
        It is no image that can be read.
    RecordError
        It is a table without a record.
    """
    if is_table(path):
        return Sought(read_record(path).digest)
    shown = pictured(path, home)
    if not shown:
        return Sought(pixel_digest(read(path).image), record=_carried_by(path))
    first, *others = shown
    also = f" It names {', '.join(other.name for other in others)} too." if others else ""
    return Sought(first.record, f"{path.name} is a picture; this is the record of {first.name}, which it shows.{also}")


def _carried_by(path: Path) -> str:
    """Digest of the record in an image file; empty where there is none that can be read."""
    try:
        return read_record(path).digest
    except RecordError:
        return ""


def search(home: Home, where: Where, query: Query, digest: str, name: str = "") -> Answer:
    """What fits `query`, the newest first; a `digest` may be that of a record, an image or a macro.

    Of a `name` a part is enough; it is looked for among the files by which this computer knows the records.
    """
    found: dict[bytes, Found] = {}
    meant = [{word: digest} for word in _NAMES] if digest else [{}]
    for number, what in enumerate(meant):
        question = cast(Query, {**query, **what, "limit": MOST[where], "newest": True})
        for entry in harvest.search(home, where=where, on_progress=_part(number, len(meant)), **question):
            found.setdefault(entry.entry.to_bytes(), entry)
    ordered = tuple(sorted(found.values(), key=attrgetter("since"), reverse=True))
    files = _files(home, ordered)
    named = (one for one in ordered if is_named(files.get(one.record, ()), name))
    return Answer(tuple(named) if name else ordered, files, len(ordered) >= MOST[where])


def _files(home: Home, found: Sequence[Found]) -> Mapping[str, tuple[Path, ...]]:
    """The files of records, and of those that took their place."""
    better = {one.successor: home.files_of(one.successor, "") for one in found if one.successor}
    return {**better, **files_known(home, found)}


def _part(number: int, count: int) -> Callable[[float], None]:
    """Tells how far the whole is when question `number` of `count` is so far; stops where it was cancelled."""
    return lambda share: tick((number + share) / count)


def background(home: Home, record: str, where: Where) -> Background:
    """Macro and relatives of a record."""
    with Ledgers(home, where) as asked:
        deposits = (ledger.deposit(record) for ledger in asked)
        deposit = next((kept for kept in deposits if kept is not None), None)
    graph = lineage_graph.graph(home, record, where, DEPTH)
    return Background("" if deposit is None else _macro(deposit.envelope), graph)


def _macro(envelope: bytes) -> str:
    """The macro in an envelope; a record of another science has none."""
    try:
        return open_envelope(envelope).macro
    except RecordError:
        return ""
