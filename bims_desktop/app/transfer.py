"""Take the local log elsewhere and bring it back; keep copies of others' logs to ask."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bims_desktop.app.home import Home
from bims_desktop.errors import ProofRefused
from bims_desktop.ledger.checkpoint import parse_note
from bims_desktop.ledger.export import Header
from bims_desktop.ledger.mirror import Mirror
from bims_desktop.ledger.transfer import Imported, export_log, import_log, read_export

_UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")


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
    """Bring the export at `path` to `home`: the lost or longer own log, or a copy of another's.

    The own log is known by its key. It takes its place where there is none here, or an empty one that was begun
    since, and continues a shorter one. Every other log is kept as a copy.

    Raises
    ------
    ProofRefused
        The export does not hold, or says something else than the log that is here.
    LedgerUnavailable
        A file cannot be used.
    """
    header = _header(path)
    target = home.folder / "ledger" / "log.sqlite"
    if not _is_signed(header, home.log_signer.public_key):
        return Brought(import_log(path, _mirror(home, header.origin)), own=False)
    if target.exists() and home.ledger.origin != header.origin:
        if home.ledger.size:
            return Brought(import_log(path, _mirror(home, header.origin)), own=False)
        _set_aside(home, target)
    return Brought(import_log(path, target, keys=[home.log_signer.public_key]), own=True)


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


def _is_signed(header: Header, key: bytes) -> bool:
    return parse_note(header.checkpoint).signer([key]) is not None


def _mirror(home: Home, origin: str) -> Path:
    """A file for the copy of the log `origin`: its name is another's word, and may hold anything."""
    name = f"{_UNSAFE.sub('-', origin)[:40]}-{hashlib.sha256(origin.encode()).hexdigest()[:8]}"
    return _folder(home) / f"{name}.sqlite"


def _folder(home: Home) -> Path:
    return home.folder / "ledger" / "mirrors"


def _set_aside(home: Home, target: Path) -> None:
    """Make room where an empty log was begun before the lost one came back."""
    home.close()
    for suffix in ("", "-wal", "-shm", ".seen"):
        target.with_name(target.name + suffix).unlink(missing_ok=True)
