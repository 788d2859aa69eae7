"""LZW as TIFF has it, decoded by libtiff.

imagecodecs reads outside of its table on a damaged stream, which ends the whole process;
libtiff, which Pillow brings along, refuses such a stream.

References
----------
TIFF Revision 6.0 (1992), section 13.
"""

from __future__ import annotations

import io
import struct
from typing import Any

from PIL import ImageFile, TiffImagePlugin

_CLEAR, _END, _FIRST, _FULL = 256, 257, 258, 4096


class _Strip(TiffImagePlugin.TiffImageFile):
    """A strip whose size the budget has already checked: Pillow's own limit does not apply."""

    def load_prepare(self) -> None:
        ImageFile.ImageFile.load_prepare(self)


def decode(data: bytes, *, out: Any = None) -> bytes:
    r"""Decode one strip or tile; `out` is the expected number of bytes, or a buffer of that size.

    Raises
    ------
    ValueError
        The stream is damaged.

    Examples
    --------
    >>> decode(bytes.fromhex("800020503824160d0784426150b864361d0f8844625138a4562d178c466351b8b404"), out=400)[:3]
    b'\x00\x00\x00'
    """
    expected = out if isinstance(out, int) else decoded_length(data) if out is None else len(out)
    try:
        return _libtiff(data, expected)
    except OSError:
        # Packed samples (one bit, twelve bits) are fewer bytes than tifffile expects.
        length = decoded_length(data)
        if length >= expected:
            raise
        return _libtiff(data, length) if length else b""


def _libtiff(data: bytes, length: int) -> bytes:
    """`data` as the one strip of a grey image of one row."""
    entries = (
        *((256, length), (257, 1), (258, 8), (259, 5), (262, 1)),
        *((273, 122), (277, 1), (278, 1), (279, len(data))),
    )
    directory = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in entries)
    head = struct.pack("<2sHIH", b"II", 42, 8, len(entries)) + directory + bytes(4)
    with _Strip(io.BytesIO(head + data)) as strip:
        return strip.tobytes()


def decoded_length(data: bytes) -> int:
    """How many bytes a stream decodes to, without decoding it.

    Raises
    ------
    ValueError
        It uses a code that its table does not have yet.
    """
    lengths = [1] * _FIRST
    total = previous = bits = held = 0
    width = 9
    for byte in data:
        bits, held = bits << 8 | byte, held + 8
        if held < width:
            continue
        held -= width
        code, bits = bits >> held, bits & ((1 << held) - 1)
        if code == _END:
            break
        if code == _CLEAR:
            del lengths[_FIRST:]
            previous, width = 0, 9
            continue
        if previous and len(lengths) < _FULL:
            lengths.append(previous + 1)
        if code >= len(lengths):
            raise ValueError("its LZW stream uses a code that is not in the table yet")
        previous = lengths[code]
        total += previous
        width = min(12, (len(lengths) + 1).bit_length())
    return total
