"""An image as one byte string: canonical JSON header, a zero byte, little-endian samples in C order.

Written and read piece by piece: a snapshot of a stack that is larger than memory is one of these.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

import numpy as np

from bims_desktop.errors import RecordDamaged
from bims_desktop.files.blobs import Stream
from bims_desktop.files.lazy import pieces
from bims_desktop.model.canonical import canonical, parse
from bims_desktop.model.digest import DTYPES
from bims_desktop.model.image import Channel, Image
from bims_desktop.model.mapped import release

MAX_HEADER = 1 << 20
_PIECE = 1 << 24

Array = np.ndarray[Any, Any]
Allocate = Callable[[tuple[int, ...], np.dtype[Any]], Array]


def image_pieces(image: Image) -> Iterator[bytes]:
    """`image` with its calibration, for the blob store, a few planes at a time."""
    yield _header(image)
    little = image.dtype.newbyteorder("<")
    for piece in pieces(image.pixels):
        yield piece.astype(little, copy=False).tobytes()


def encode_image(image: Image) -> bytes:
    """`image` with its calibration, whole.

    Examples
    --------
    >>> decode_image(encode_image(Image(np.eye(2, dtype=bool), "YX", kind="mask"))).kind
    'mask'
    """
    return b"".join(image_pieces(image))


def image_size(image: Image) -> int:
    """Bytes of all `image_pieces`."""
    return len(_header(image)) + math.prod(image.shape) * image.dtype.itemsize


def decode_image(data: bytes) -> Image:
    """The image that `encode_image` wrote.

    Raises
    ------
    RecordDamaged
        `data` is something else.
    """
    return read_image(io.BytesIO(data), len(data))


def read_image(stream: Stream, size: int, allocate: Allocate = np.empty) -> Image:
    """The image that `image_pieces` wrote, from a stream of `size` bytes.

    Parameters
    ----------
    stream : Stream
        Read to its end.
    size : int
        Bytes that it promises; held against the header before any room is taken for pixels.
    allocate : callable
        Makes the array, on disk for instance.

    Raises
    ------
    RecordDamaged
        It is something else.
    """
    begin = stream.read(min(size, MAX_HEADER))
    head, zero, rest = begin.partition(b"\x00")
    try:
        header: Any = parse(head)
        dtype = np.dtype(header["dtype"])
        shape = tuple(map(int, header["shape"]))
        if dtype.name not in DTYPES or size - len(head) - len(zero) != math.prod(shape) * dtype.itemsize:
            raise ValueError("its size does not fit its header")
        pixels = allocate(shape, dtype.newbyteorder("<"))
        _fill(pixels, rest, stream)
        channels = tuple(Channel(c["name"], c["color"]) for c in header["channels"])
        return Image(pixels, header["axes"], header["scale"], header["units"], channels, header["kind"])
    except (KeyError, TypeError, ValueError) as error:
        raise RecordDamaged(f"A stored image cannot be read: {error}.", "Its blob was damaged.") from error


def _header(image: Image) -> bytes:
    header = {
        "axes": image.axes,
        "channels": [asdict(channel) for channel in image.channels],
        "dtype": image.dtype.name,
        "kind": image.kind,
        "scale": list(image.scale),
        "shape": list(image.shape),
        "units": list(image.units),
        "v": 1,
    }
    return canonical(header) + b"\x00"


def _fill(pixels: Array, begin: bytes, stream: Stream) -> None:
    samples, done, piece = pixels.reshape(-1).view(np.uint8), 0, begin
    while done < samples.size:
        piece = piece or stream.read(min(_PIECE, samples.size - done))
        if not piece:
            raise ValueError("it ends too early")
        samples[done : done + len(piece)] = np.frombuffer(piece, np.uint8)
        done, piece = done + len(piece), b""
        release(pixels)
    pixels.setflags(write=False)
