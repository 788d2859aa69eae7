"""An image as one byte string: canonical JSON header, a zero byte, little-endian samples in C order."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

import numpy as np

from bims_desktop.errors import RecordDamaged
from bims_desktop.model.canonical import canonical, parse
from bims_desktop.model.digest import DTYPES
from bims_desktop.model.image import Channel, Image

MAX_HEADER = 1 << 20


def encode_image(image: Image) -> bytes:
    """`image` with its calibration, for the blob store.

    Examples
    --------
    >>> decode_image(encode_image(Image(np.eye(2, dtype=bool), "YX", kind="mask"))).kind
    'mask'
    """
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
    samples = image.array().astype(image.dtype.newbyteorder("<"), copy=False)
    return canonical(header) + b"\x00" + samples.tobytes()


def decode_image(data: bytes) -> Image:
    """The image that `encode_image` wrote.

    Raises
    ------
    RecordDamaged
        `data` is something else.
    """
    head, zero, _ = data[:MAX_HEADER].partition(b"\x00")
    try:
        header: Any = parse(head)
        dtype = np.dtype(header["dtype"])
        shape = tuple(map(int, header["shape"]))
        start = len(head) + len(zero)
        if dtype.name not in DTYPES or len(data) - start != math.prod(shape) * dtype.itemsize:
            raise ValueError("its size does not fit its header")
        pixels = np.frombuffer(data, dtype.newbyteorder("<"), offset=start).reshape(shape)
        channels = tuple(Channel(c["name"], c["color"]) for c in header["channels"])
        return Image(pixels, header["axes"], header["scale"], header["units"], channels, header["kind"])
    except (KeyError, TypeError, ValueError) as error:
        raise RecordDamaged(f"A stored image cannot be read: {error}.", "Its blob was damaged.") from error
