"""Carry a log to another place: export it whole, verify an export, import one."""

from __future__ import annotations

import os
import secrets
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bims_desktop.errors import LedgerUnavailable, ProofRefused, RecordDamaged
from bims_desktop.ledger import export, keystore
from bims_desktop.ledger.audit import Audit
from bims_desktop.ledger.base import Deposit, Entry
from bims_desktop.ledger.deposits import Deposits
from bims_desktop.ledger.export import Header, Part, Sealed
from bims_desktop.ledger.facts import Facts, facts
from bims_desktop.ledger.mirror import Mirror
from bims_desktop.ledger.public_key import fingerprint
from bims_desktop.ledger.reader import LogReader, leaf_of
from bims_desktop.ledger.seen import LastSeen
from bims_desktop.ledger.signing import decode_public
from bims_desktop.ledger.store import Row, Store
from bims_desktop.ledger.tree import Tree

__all__ = ["Imported", "audit_log", "export_log", "import_log", "read_export"]


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did.

    Parameters
    ----------
    origin : str
        Unique name of the log.
    added : int
        Entries that were not here before.
    size : int
        Entries that it holds now.
    public_key : bytes, 32 of them
        The key that signs it now.
    """

    origin: str
    added: int
    size: int
    public_key: bytes


def export_log(log: LogReader, path: Path, *, deposits: bool = True) -> int:
    """Write the whole of `log` to a new file at `path`; the same log gives the same lines.

    Parameters
    ----------
    log : LogReader
        It may grow meanwhile: what it held at first is exported.
    path : Path
        Replaced where it exists.
    deposits : bool
        Whether the records go along, or only what was said of them.

    Returns
    -------
    int
        Entries in the export.

    Raises
    ------
    LedgerUnavailable
        The log or the file cannot be used.
    ProofRefused
        The log does not hold what it signed; whatever was at `path` before still is.
    """
    header = Header(log.origin, log.keys[0], log.checkpoint())
    store = Store(log.path)
    part = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with part.open("wb") as file:
            export.write(file, _parts(header, store, deposits))
            os.fsync(file.fileno())
        with part.open("rb") as file:
            for _ in export.read(file):
                pass
        part.replace(path)
        keystore.sync(path.parent)
    except OSError as error:
        raise LedgerUnavailable(f"{path} cannot be written: {error}.", "Check the folder.") from error
    finally:
        store.close()
        part.unlink(missing_ok=True)
    return header.size


def read_export(path: Path) -> Iterator[Part]:
    """The parts of the export at `path`, each verified before it is given.

    Raises
    ------
    LedgerUnavailable
        The file cannot be read.
    ProofRefused
        It is not a log that holds, as of `export.read`.
    """
    try:
        with path.open("rb") as file:
            yield from export.read(file)
    except OSError as error:
        raise LedgerUnavailable(f"{path} cannot be read: {error}.", "Check the file.") from error


def audit_log(log: LogReader) -> int:
    """Go through the whole of `log`, records and search index included; how many entries it holds.

    Raises
    ------
    ProofRefused
        Something in it is not what its keys signed, or cannot be found.
    """
    header, store = Header(log.origin, log.keys[0], log.checkpoint()), Store(log.path)
    audit, deposits = Audit(header.origin, header.first_key), Deposits(store)
    try:
        for part in _parts(header, store, True):
            match part:
                case Row():
                    audit.entry(part.salt, part.since, part.entry)
                case Sealed():
                    audit.checkpoint(part.note)
                case Deposit() if not deposits.is_indexed(part.record, _facts(part)):
                    raise ProofRefused(
                        f"The record {part.record[:19]}… in the log {log.path} cannot be found by all that it says.",
                        "Export the log, and import it in its place.",
                    )
    finally:
        store.close()
    if audit.sealed != header.size:
        raise ProofRefused(f"The log {log.path} lacks entries after {audit.size}.", "Restore it from a copy.")
    return header.size


def import_log(path: Path, target: Path, *, keys: Collection[bytes] = (), signers: Collection[bytes] = ()) -> Imported:
    """Bring the export at `path` to the log at `target`: whole, or not at all.

    Where there is no log, or one without entries, it comes to be as it was: one's own, if its key is kept here, to be
    gone on with by `keeper.open_log`; another's, to be read as a `Mirror`. A log that is
    shorter and agrees gets what it lacks. One that disagrees stays as it is.

    Parameters
    ----------
    path : Path
        As `export_log` wrote it.
    target : Path
        The log's database.
    keys : collection of bytes
        Public keys, one of which must have signed the log; any where there are none.
    signers : collection of bytes
        Public keys, one of which must sign the log now, so that it can be gone on with; any where there are none.

    Raises
    ------
    LedgerError
        The log at `target` is another one, and has entries.
    ProofRefused
        The export does not hold, is not of these keys or signers, is older than what was last seen of the
        log, or is a fork of it: the proof is written beside `target` as ``NAME.fork.json``.
    LedgerUnavailable
        A file cannot be used.
    """
    with _unpacked(path, target) as copy:
        if keys and not set(keys) & set(copy.keys):
            raise ProofRefused(
                f"The log {copy.origin} is signed with {fingerprint(copy.public_key)}, a key that is not trusted.",
                "Trust that key first, or choose another file.",
            )
        if signers and copy.public_key not in signers:
            raise ProofRefused(
                f"The log {copy.origin} goes on with {fingerprint(copy.public_key)}, a key that is not kept here.",
                "It is a forgery, or its key was replaced on another computer: bring that key here first.",
            )
        if not target.exists():
            return _placed(copy, target)
        here = Mirror(target)
        try:
            return Imported(here.origin, here.absorb(copy), here.size, here.public_key)
        finally:
            here.close()


def _parts(header: Header, store: Store, deposits: bool) -> Iterator[Part]:
    kept, size = Deposits(store), header.size
    notes = iter(store.checkpoints(0, size))
    yield header
    sealed = next(notes, None)
    for row in store.rows(0, size):
        while sealed is not None and sealed[0] <= row.index:
            yield Sealed(*sealed)
            sealed = next(notes, None)
        yield row
        if deposits and (record := store.first_about(row.index)):
            deposit = kept.get(record)
            if deposit is not None:
                yield deposit
    if sealed is not None:
        yield Sealed(*sealed)


@contextmanager
def _unpacked(path: Path, target: Path) -> Iterator[Mirror]:
    """The export as a log of its own, in a file beside `target` that is gone afterwards."""
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise LedgerUnavailable(f"{target.parent} cannot be made: {error}.", "Check the folder.") from error
    part = target.with_name(f".{target.name}.{secrets.token_hex(8)}")
    try:
        store = Store(part)
        try:
            _unpack(read_export(path), store)
        finally:
            store.close()
        copy = Mirror(part)
        try:
            yield copy
        finally:
            copy.close()
    finally:
        _remove(part)


def _unpack(parts: Iterator[Part], store: Store) -> None:
    """Fill an empty file with a log, all of it in one transaction."""
    tree, deposits, rows, last = Tree(store), Deposits(store), list[Row](), 0
    with store.transaction():
        for part in parts:
            match part:
                case Header():
                    header = part
                case Sealed(size=0):
                    store.begin(header.origin, header.first_key, part.note)
                case Sealed():
                    _refuse_repeated(rows, store)
                    nodes = tree.grown(part.size - len(rows), [leaf_of(row) for row in rows])
                    store.add(rows, nodes, part.size, part.note)
                    rows = []
                case Row():
                    rows.append(part)
                    last = part.index
                case Deposit():
                    deposits.put(last, part, _facts(part))
        for row in store.find({"kind": "key"}):
            store.replace_key(decode_public(str(Entry.from_bytes(row.entry).body["key"])))


def _refuse_repeated(rows: list[Row], store: Store) -> None:
    if len({row.entry for row in rows}) < len(rows) or any(store.index_of(row.entry) is not None for row in rows):
        raise ProofRefused("An entry stands twice in the export.", "It was not written by a log.")


def _facts(deposit: Deposit) -> Facts:
    try:
        return facts(deposit.payload)
    except RecordDamaged as error:
        raise ProofRefused(f"A record in the export cannot be read: {error.what}", "Export the log again.") from error


def _placed(copy: Mirror, target: Path) -> Imported:
    """Put the copy where no log is, unless that would put the log back to an older state."""
    seen = LastSeen(target.with_name(f"{target.name}.seen")).read()
    if seen is not None:
        copy.check_continues(seen)
    done = Imported(copy.origin, copy.size, copy.size, copy.public_key)
    copy.close()
    _remove(target)  # what a lost log left beside it would be taken for changes to this one
    try:
        target.hardlink_to(copy.path)
        keystore.sync(target.parent)
    except OSError as error:
        raise LedgerUnavailable(f"The log {target} cannot be written: {error}.", "Import it again.") from error
    return done


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
