"""PNG in: every bit depth, as stored.

References
----------
Portable Network Graphics (PNG) Specification, third edition, W3C 2025.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import imagecodecs
import numpy as np

from bims_desktop.errors import UnreadableFile
from bims_desktop.files.acquisition import Acquisition
from bims_desktop.files.calibration import Calibration
from bims_desktop.files.damage import decoding
from bims_desktop.files.guard import Budget
from bims_desktop.files.lazy import frozen
from bims_desktop.files.opened import Opened
from bims_desktop.files.plain import plain_image
from bims_desktop.model.canonical import Json

MAGIC = b"\x89PNG\r\n\x1a\n"
_SAMPLES = {0: 1, 2: 3, 3: 4, 4: 2, 6: 4}
_TEXT_LIMIT = 1 << 20


def read_png(path: Path, *, budget: Budget) -> Opened:
    """A PNG: grey of one bit as a mask, palettes as their colours, 16-bit samples whole.

    Raises
    ------
    UnreadableFile
        Truncated or damaged.
    FileTooLarge
        Beyond the budget, seen from its header.
    """
    with decoding(path):
        data = path.read_bytes()
        width, height, depth, color = struct.unpack(">IIBB", data[16:26])
        decoded = width * height * _SAMPLES[color] * (2 if depth == 16 else 1)
    budget.check_pixels(path.name, decoded=decoded, stored=len(data))
    budget.check_plane(path.name, decoded)
    with decoding(path):
        chunks = list(chunks_of(data))
        array = np.asarray(imagecodecs.png_decode(data))
    if not chunks or chunks[-1][0] != b"IEND":
        raise UnreadableFile(f"{path.name} ends too early.", "Copy it again from its source.")
    if depth == 1 and color == 0:
        array = array != 0
    with decoding(path):
        texts = dict(texts_of(chunks))
    fields: dict[str, Json] = dict(texts)
    raw = "\n".join(f"{key}: {text}" for key, text in texts.items())
    image, notes = plain_image(frozen(array), _pixel_size(dict(chunks)), path.name)
    return Opened(image, Acquisition(fields, raw), path, len(data), 0, notes)


def chunks_of(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and content of every chunk of a PNG, without its pixels."""
    place = len(MAGIC)
    while place + 12 <= len(data):
        (length,) = struct.unpack(">I", data[place : place + 4])
        kind = data[place + 4 : place + 8]
        # Pixels have their own decoder; here only their place in the file counts.
        yield kind, b"" if kind == b"IDAT" else data[place + 8 : place + 8 + length]
        place += length + 12


def texts_of(chunks: list[tuple[bytes, bytes]]) -> Iterator[tuple[str, str]]:
    """Keyword and text of the chunks that hold text."""
    for kind, body in chunks:
        key, _, rest = body.partition(b"\0")
        if kind == b"tEXt":
            yield key.decode("latin-1"), rest.decode("latin-1")
        if kind == b"zTXt":
            yield key.decode("latin-1"), _inflated(rest[1:]).decode("latin-1")
        if kind == b"iTXt":
            text = rest[2:].split(b"\0", 2)[2]
            yield key.decode("latin-1"), (_inflated(text) if rest[0] else text).decode("utf-8")


def _inflated(data: bytes) -> bytes:
    engine = zlib.decompressobj()
    text = engine.decompress(data, _TEXT_LIMIT)
    if not engine.eof:
        raise ValueError("a compressed text is cut short or above 1 MiB")
    return text


def _pixel_size(chunks: dict[bytes, bytes]) -> Calibration:
    if len(body := chunks.get(b"pHYs", b"")) != 9:
        return Calibration()
    x, y, metres = struct.unpack(">IIB", body)
    # Below 2000 pixels a centimetre it is a screen's or printer's resolution, not a microscope's.
    if metres != 1 or min(x, y) < 200_000:
        return Calibration()
    return Calibration({"X": 1e6 / x, "Y": 1e6 / y}, {"X": "µm", "Y": "µm"})
