"""What decoders raise on bytes that are not what they claim to be, turned into one error."""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bims_desktop.errors import UnreadableFile
from bims_desktop.files.guard import unreadable

# Decoders in C and Python raise these on hostile bytes; none of them promises one class.
_DAMAGE = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    RuntimeError,
    ArithmeticError,
    AssertionError,
    SyntaxError,
    EOFError,
    ImportError,
    NotImplementedError,
    MemoryError,
    struct.error,
    zlib.error,
)


@contextmanager
def decoding(path: str | os.PathLike[str]) -> Iterator[None]:
    """Around decoders only: whatever they raise becomes `UnreadableFile`.

    Raises
    ------
    UnreadableFile
        The file cannot be opened, or its bytes cannot be decoded.
    """
    try:
        yield
    except OSError as error:
        raise unreadable(path, error) from error
    except _DAMAGE as error:
        reason = str(error).strip().rstrip(".") or type(error).__name__
        raise UnreadableFile(
            f"{Path(path).name} cannot be decoded: {reason}.", "It may be truncated or damaged; copy it again."
        ) from error
