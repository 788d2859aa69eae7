"""Take the local log elsewhere and bring it back; keep copies of others' logs to ask."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from bims_desktop.app.home import Home
from bims_desktop.errors import LedgerError, ProofRefused
from bims_desktop.ledger.checkpoint import parse_note
from bims_desktop.ledger.export import Header
from bims_desktop.ledger.mirror import Mirror
from bims_desktop.ledger.transfer import Imported, export_log, import_log, read_export

_UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")


class _Here(NamedTuple):
    """What import asks of the log that is here."""

    origin: str
    size: int
    keys: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Brought:
    """What an import did.

    Parameters
    ----------
    log : Imported
        Which log, how large, and how much of it is new here.
    own : bool
        Whether it is the log that saves are appended to; else a copy that can be asked.
    """

    log: Imported
    own: bool


def export_home(home: Home, path: Path, *, records: bool = True) -> int:
    """Write the whole local log of `home` to `path`, and give how many entries it has.

    Parameters
    ----------
    home : Home
        Whose log.
    path : Path
        Replaced where it exists.
    records : bool
        Whether the records go along, or their digests only.

    Raises
    ------
    LedgerUnavailable
        The log or the file cannot be used.
    ProofRefused
        The log does not hold what it signed.
    """
    return export_log(home.ledger, path, deposits=records)


def import_home(home: Home, path: Path) -> Brought:
    """Bring the exported log in `path` here, whole or not at all.

    One's own log, known by its name or one of its keys, comes back where there is none here, or an
    empty one that was begun since, and continues a shorter one. Every other log is kept as a copy.

    Parameters
    ----------
    home : Home
        Whose log. Whoever held on to ``home.ledger`` asks for it again: another may have come in its place.
    path : Path
        As `export_home` wrote it.

    Raises
    ------
    ProofRefused
        The export does not hold, says something else than the log that is here, or goes on with a
        key that is not kept here.
    LedgerUnavailable
        A file cannot be used.
    """
    with _naming(path):
        header, here = _header(path), _log_here(home)
        if not _is_own(home, header, here):
            return Brought(import_log(path, _mirror(home, header.origin)), own=False)
        signers = {home.log_signer.public_key, *(here.keys if here else ())}
        brought = Brought(import_log(path, home.log_file, signers=signers), own=True)
    if "ledger" in vars(home) and home.ledger.origin != header.origin:
        home.close()  # what is open is the empty log that gave way
    return brought


def mirrors(home: Home) -> Iterator[Mirror]:
    """Copies of other logs that were imported here; the caller closes each.

    Raises
    ------
    LedgerError
        One of them is damaged.
    """
    return map(Mirror, sorted(_folder(home).glob("*.sqlite")))


def _header(path: Path) -> Header:
    with closing(read_export(path)) as parts:  # type: ignore[type-var]
        first = next(parts, None)
    if not isinstance(first, Header):
        raise ProofRefused(f"{path.name} is not an exported log.", "Choose the file that `bims ledger export` wrote.")
    return first


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Say in every error which file was being imported."""
    try:
        yield
    except LedgerError as error:
        what = error.what if path.name in error.what else f"{path.name} was not imported: {error.what}"
        raise type(error)(what, error.todo) from error


def _log_here(home: Home) -> _Here | None:
    """The log that stands in this home, also where it was put back and is refused; None where there is none."""
    if not home.log_file.exists():
        return None
    with closing(Mirror(home.log_file)) as log:
        return _Here(log.origin, log.size, log.keys)


def _is_own(home: Home, header: Header, here: _Here | None) -> bool:
    """Whether the log in an export is the one that saves go on in, or went on in before it was lost."""
    if here is not None and here.size:
        return header.origin == here.origin
    return parse_note(header.checkpoint).signer([home.log_signer.public_key], header.origin) is not None


def _mirror(home: Home, origin: str) -> Path:
    """A file for the copy of the log `origin`: its name is another's word, and may hold anything."""
    name = f"{_UNSAFE.sub('-', origin)[:40]}-{hashlib.sha256(origin.encode()).hexdigest()[:8]}"
    return _folder(home) / f"{name}.sqlite"


def _folder(home: Home) -> Path:
    return home.folder / "ledger" / "mirrors"
