"""Take part from any program and any science: submit records, find, recover and verify them.

Nothing of the imaging side is imported, no NumPy and no window. Records are signed with the
user's own key and go to the user's own log, which a configured consortium is served from.

Examples
--------
>>> import os, tempfile
>>> os.environ |= {"BIMS_HOME": tempfile.mkdtemp(), "BIMS_KEYRING": "off"}
>>> digest = "sha256:" + 64 * "0"
>>> done = submit({"subject": [{"kind": "table", "name": "counts.csv", "digest": digest}]})
>>> [found.record for found in find(subject=digest)] == [done.record]
True
>>> recover(digest).content["subject"][0]["name"], verify(done.record).good
('counts.csv', True)
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from contextlib import closing
from os import PathLike
from pathlib import Path
from typing import Any, Unpack

from bims_desktop.app import deposited, harvest
from bims_desktop.app import submit as _submit
from bims_desktop.app.deposited import Deposited, RecordVerdicts
from bims_desktop.app.harvest import Found
from bims_desktop.app.home import Home
from bims_desktop.app.ledgers import Where
from bims_desktop.app.submit import Submitted
from bims_desktop.ledger.base import Query
from bims_desktop.ledger.signing import decode_public

__all__ = ["Deposited", "Found", "RecordVerdicts", "Submitted", "digest", "find", "recover", "submit", "verify"]


def digest(path: str | PathLike[str]) -> str:
    """The digest by which a file of any kind but an image is known: SHA-256 of its bytes.

    Raises
    ------
    OSError
        It cannot be read.
    """
    with Path(path).open("rb") as file:
        return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"


def submit(document: Mapping[str, Any]) -> Submitted:
    """Sign `document` and append it to the user's ledger, with all it says.

    Parameters
    ----------
    document : mapping
        JSON as of ``statement-1.schema.json``: at least ``subject``, a list of ``kind``, ``name`` and
        ``digest``. ``agent``, ``created``, ``inputs``, ``steps``, ``type`` and ``v`` are filled in where missing.

    Returns
    -------
    Submitted
        ``record`` (its digest), ``entry`` (its number in the log) and ``receipt`` (a proof, with ``to_bytes()``).

    Raises
    ------
    RecordError
        The document does not fit the schema.
    LedgerUnavailable
        The log cannot be written; nothing was appended.
    """
    with closing(Home()) as home:
        return _submit.submit(document, home)


def find(*, where: Where = "local", **query: Unpack[Query]) -> tuple[Found, ...]:
    """The entries that agree with everything that is given, oldest first unless the newest are asked for.

    Parameters
    ----------
    where : {"local", "fabric", "all"}
        The logs on this computer, the consortium's ledger, or both.
    **query
        ``record``, ``subject``, ``pixels``, ``macro``, ``uses`` (digests), ``agent``, ``operation``, ``instrument``,
        ``kind``, ``since``, ``until`` (``2026-01-31T12:00:00Z``), ``limit``, ``offset``, ``newest``.

    Raises
    ------
    LedgerUnavailable
        A ledger cannot be reached.
    """
    with closing(Home()) as home:
        return harvest.search(home, where=where, **query)


def recover(digest: str, *, where: Where = "all") -> Deposited:
    """The record of this digest, or the best one about the data of this digest: a known key's first, then the newest.

    Returns
    -------
    Deposited
        ``content`` (what it says), ``envelope`` (as it was signed), ``blobs``, ``state``; its signature holds.

    Raises
    ------
    NoRecord
        No ledger that was asked holds one.
    LedgerUnavailable
        A ledger that had to be asked cannot be reached.
    """
    with closing(Home()) as home:
        return deposited.fetch(home, digest, where)


def verify(record: str, keys: Collection[bytes | str] = (), *, where: Where = "all") -> RecordVerdicts:
    """Who signed a record, and what the ledger says of it.

    Parameters
    ----------
    record : str
        Digest of the record, or of data that it is about.
    keys : collection of bytes or str
        Public keys of agents and logs that are believed beside the user's own and those in the settings.
    where : {"local", "fabric", "all"}
        Which ledgers are asked.

    Returns
    -------
    RecordVerdicts
        ``signature`` and ``ledger``, each with ``state`` (good, bad or unknown) and ``text``; ``good``.

    Raises
    ------
    NoRecord
        No ledger that was asked holds it.
    """
    more = [decode_public(key) if isinstance(key, str) else key for key in keys]
    with closing(Home()) as home:
        return deposited.examine(home, deposited.fetch(home, record, where, more), more)
