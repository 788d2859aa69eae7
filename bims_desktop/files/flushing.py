"""Letting the disk write while a file still grows."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

EVERY = 1 << 26
"""Bytes. Fewer would cut what the disk writes in one go into small pieces."""


@contextmanager
def flushing(path: Path, every: int = EVERY) -> Iterator[Callable[[int], None]]:
    """Give what is told of each number of bytes written to `path`; it has them flushed beside the writing.

    The last flush, which makes the file durable, then finds little left to do.

    Raises
    ------
    OSError
        The disk could not take what was flushed. It says so once: to this, not to a later flush.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "file"
    >>> with path.open("wb", buffering=0) as file, flushing(path) as wrote:
    ...     wrote(file.write(bytes(1000)))
    """
    handle = os.open(path, os.O_RDONLY)
    flush: Future[None] | None = None
    unflushed = 0

    def wrote(count: int) -> None:
        nonlocal flush, unflushed
        unflushed += count
        if unflushed >= every and (flush is None or flush.done()):
            if flush is not None:
                flush.result()
            flush, unflushed = disk.submit(os.fdatasync, handle), 0

    try:
        with ThreadPoolExecutor(1, thread_name_prefix="flush") as disk:
            yield wrote
        if flush is not None:
            flush.result()
    finally:
        os.close(handle)
