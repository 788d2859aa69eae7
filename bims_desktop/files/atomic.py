"""Replace a file whole, or leave it as it was."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bims_desktop.errors import SaveFailed


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a temporary file in the folder of `path`; it takes that place once the block ends well.

    File and folder are flushed to the disk. After an error, or a crash at any point,
    `path` is what it was before.

    Raises
    ------
    SaveFailed
        The disk is full, the folder is read-only or not there.

    Examples
    --------
    >>> import tempfile
    >>> target = Path(tempfile.mkdtemp()) / "notes.txt"
    >>> with replacing(target) as temporary:
    ...     _ = temporary.write_text("whole")
    >>> target.read_text()
    'whole'
    """
    target = Path(path)
    try:
        temporary = _temporary(target)
        try:
            yield temporary
            _flush(temporary)
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
        _flush(target.parent)
    except OSError as error:
        raise SaveFailed(
            f"{target.name} could not be saved in {target.parent.absolute()}: {error.strerror or error}.",
            "Free some space or choose another folder; nothing was overwritten.",
        ) from error


def _temporary(target: Path) -> Path:
    handle, name = tempfile.mkstemp(prefix=f".{target.stem[:40]}-", suffix=target.suffix, dir=target.parent)
    # mkstemp keeps others out; a saved image is an ordinary file, as the umask has it.
    umask = os.umask(0)
    os.umask(umask)
    os.fchmod(handle, 0o666 & ~umask)
    os.close(handle)
    return Path(name)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
