"""Replace a file whole, or leave it as it was."""

from __future__ import annotations

import errno
import fcntl
import os
import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bims_desktop.errors import SaveFailed

MARK = ".bims-part-"
_LEFTOVER = re.compile(r"\.bims-part-\w{8}-.")
_REMEDIES = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), "Free some space or choose another folder"),
    **dict.fromkeys((errno.ENOENT, errno.ENOTDIR), "Make that folder first, or choose another one"),
}
_OLD = 60.0
"""Seconds. A file is opened and locked well within them, on slow network folders too."""


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a temporary file in the folder of `path`; it takes that place once the block ends well.

    File and folder are flushed to the disk. After an error, or a crash at any point,
    `path` is what it was before. What a killed process left in the folder is removed on the way.

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
        sweep(target.parent)
        temporary, lock = _temporary(target)
        try:
            yield temporary
            _flush(temporary)
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
            os.close(lock)
        _flush(target.parent)
    except OSError as error:
        raise SaveFailed(
            f"{target.name} could not be saved in {target.parent.absolute()}: {error.strerror or error}.",
            f"{_REMEDIES.get(error.errno or 0, 'Choose another folder')}; nothing was overwritten.",
        ) from error


def sweep(folder: Path) -> None:
    """Remove temporary files of ours whose process is gone; others, and what cannot be removed, stay.

    The process that writes one holds a lock on it, which ends with the process, however it ends.
    """
    before = time.time() - _OLD
    for path in [path for path in folder.iterdir() if _LEFTOVER.match(path.name)]:
        with suppress(OSError):  # somebody else's folder, or gone meanwhile: the save itself says what is wrong
            if path.lstat().st_mtime < before and path.is_file() and not path.is_symlink():
                _remove_unheld(path)


def _remove_unheld(path: Path) -> None:
    handle = os.open(path, os.O_RDWR | os.O_NOFOLLOW)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.unlink()
    finally:
        os.close(handle)


def _temporary(target: Path) -> tuple[Path, int]:
    """A new file beside `target`, and the handle whose lock says that somebody writes it."""
    handle, name = tempfile.mkstemp(prefix=MARK, suffix=f"-{target.name[-40:]}", dir=target.parent)
    # mkstemp keeps others out; a saved image is an ordinary file, as the umask has it.
    umask = os.umask(0)
    os.umask(umask)
    os.fchmod(handle, 0o666 & ~umask)
    with suppress(OSError):  # a file system without locks: its leftovers look held and stay
        fcntl.flock(handle, fcntl.LOCK_EX)
    return Path(name), handle


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
