"""`earlier`: the steps of earlier records that something continues, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from bims_desktop.app.home import Home
from bims_desktop.app.source import read_record
from bims_desktop.errors import FileError, RecordError
from bims_desktop.operations.spec import DIGEST

Parented = tuple[str, str, str]
"""An input: name of its file, digest of its pixels, and digest of the record that it carried, which may be empty."""


def earlier(inputs: Iterable[Parented], home: Home) -> str:
    """After how many steps of which files something goes on; empty where no input carried a record.

    The number is that of the file's own record, where this computer has seen it; that may go on from another.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> home = Home(Path(tempfile.mkdtemp()))
    >>> earlier([("raw.tif", f"sha256:{64 * '0'}", "")], home)
    ''
    >>> earlier([("seen.ome.tif", f"sha256:{64 * '0'}", f"sha256:{64 * '1'}")], home)
    'after the steps of seen.ome.tif'
    """
    told = (f"{_steps(parent, digest, home)} of {file}" for file, digest, parent in inputs if parent)
    return " and ".join(f"after {one}" if not place else one for place, one in enumerate(dict.fromkeys(told)))


def parented(content: Mapping[str, Any]) -> Iterator[Parented]:
    """The inputs that a record's content names together with a record; it is somebody else's text."""
    for one in content["inputs"]:
        match one:
            case {"file": str(file), "digest": str(digest), "parent": str(parent)}:
                if DIGEST.fullmatch(digest) and DIGEST.fullmatch(parent):
                    yield file, digest, parent


def _steps(parent: str, digest: str, home: Home) -> str:
    for path in home.files_of(parent, digest):
        with suppress(FileError, RecordError):
            record = read_record(path)
            if record.digest == parent:
                count = len(record.content["steps"])
                return f"{count} step{'' if count == 1 else 's'}"
    return "the steps"
