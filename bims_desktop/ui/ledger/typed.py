"""What a person types to name an image or a record: a digest, a file, or a part of its name."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from bims_desktop.app.naming import own_record
from bims_desktop.app.source import read_record
from bims_desktop.errors import LedgerError
from bims_desktop.ui.file_box import is_there
from bims_desktop.ui.words import homely, typed_path

if TYPE_CHECKING:
    from bims_desktop.app.home import Home

_DIGEST = re.compile(r"(?:sha256:)?([0-9a-f]{64})")
_MEANT = re.compile(r"sha256:.*|[0-9a-f]{32,}")  # no file is called so
_LONGEST = 80


def digest_in(text: str) -> str:
    """The digest that stands there, in full; empty where none does.

    Examples
    --------
    >>> digest_in(" " + 64 * "A")[:12], digest_in("cells.tif")
    ('sha256:aaaaa', '')
    """
    found = _DIGEST.fullmatch(text.strip().lower())
    return f"sha256:{found[1]}" if found else ""


def no_digest(text: str) -> str:
    """Why what was meant as a digest is none; empty where it is one, or was not meant so.

    Examples
    --------
    >>> no_digest("sha256:12"), no_digest("cells.tif")
    ('sha256:12 is no digest: one has 64 digits and letters from a to f.', '')
    """
    given = text.strip()
    meant = _MEANT.fullmatch(given.lower()) and not digest_in(given)
    return f"{given[:_LONGEST]} is no digest: one has 64 digits and letters from a to f." if meant else ""


def path_in(text: str) -> Path | None:
    """The path that stands there; None for a bare name, which may be that of a file anywhere."""
    path = typed_path(text.strip())
    return path if len(path.parts) > 1 and not digest_in(text) else None


def record_named(home: Home, text: str) -> str:
    """Digest of the record that `text` names, by the file that carries it or by a digest.

    Raises
    ------
    LedgerError
        It is neither, or the digest is that of no one record here.
    RecordError
        The file carries no record that can be read.
    """
    if digest := digest_in(text):
        return own_record(home, digest)
    path = typed_path(text.strip())
    if is_there(path):
        return read_record(path).digest
    missing = f"{homely(text.strip())[:_LONGEST]} is neither a digest nor a file that is there."
    raise LedgerError(no_digest(text) or missing, "Choose the saved image, or paste the digest of its record.")
