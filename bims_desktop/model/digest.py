"""The pixel digest ``bims-pix-1``: what the samples are, not how a file holds them.

Written down with test vectors in ``docs/formats/bims-pix-1.md``.
"""

from __future__ import annotations

import hashlib
import os
import struct
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from itertools import islice, product
from math import prod
from typing import Any

import numpy as np

from bims_desktop.errors import BadParameter
from bims_desktop.model.canonical import canonical
from bims_desktop.model.image import Image
from bims_desktop.model.mapped import release
from bims_desktop.model.merkle import leaf_hash, root_hash

BLOCK = 512
AHEAD = 1 << 25
DTYPES = (
    "bool",
    "int8",
    "int16",
    "int32",
    "uint8",
    "uint16",
    "uint32",
    "float32",
    "float64",
    "complex64",
    "complex128",
)

Array = np.ndarray[Any, Any]


def pixel_digest(image: Image) -> str:
    """Digest of the pixels of `image`, as ``sha256:<hex>``.

    Independent of compression, tiling, byte order and container. Planes are read one
    at a time, so a lazy image never loads whole; blocks are hashed on several threads.

    Raises
    ------
    BadParameter
        The dtype is not one that OME-TIFF can hold.

    Examples
    --------
    >>> pixel_digest(Image(np.arange(6, dtype=np.uint8).reshape(2, 3), "YX"))[:15]
    'sha256:dfc9a7f9'
    """
    digester = PixelDigester(image.axes, image.shape, image.dtype)
    for plane in planes(image):
        digester.add(plane)
    return digester.digest()


def planes(image: Image) -> Iterator[Array]:
    """Each plane (Y, X or Y, X, S) in C order over the leading axes, loaded alone.

    Those of a Dask array are computed ahead, as many as there are processors, up to `AHEAD` bytes.
    """
    leading = len(image.axes.rstrip("S")) - 2
    indices = product(*map(range, image.shape[:leading]))
    if hasattr(image.pixels, "dask"):  # made for several threads, as other lazy arrays may not be
        size = prod(image.shape[leading:]) * image.dtype.itemsize
        yield from _ahead(image, indices, min(os.cpu_count() or 1, AHEAD // max(size, 1)))
        return
    for index in indices:
        yield _plane(image, index)
        release(image.pixels)


def _ahead(image: Image, indices: Iterator[tuple[int, ...]], count: int) -> Iterator[Array]:
    with ThreadPoolExecutor(max(count, 1), thread_name_prefix="plane") as readers:
        coming = deque(readers.submit(_plane, image, index) for index in islice(indices, count))
        try:
            for index in indices:
                coming.append(readers.submit(_plane, image, index))
                yield coming.popleft().result()
            while coming:
                yield coming.popleft().result()
        finally:
            for plane in coming:
                plane.cancel()


def _plane(image: Image, index: tuple[int, ...]) -> Array:
    return np.asarray(image.pixels[index])


class PixelDigester:
    """Digest planes as they pass by, beside whatever reads or writes them.

    Blocks are hashed on several threads; planes of up to `AHEAD` bytes may wait for that, so that one is read or
    written while those before are hashed.

    Parameters
    ----------
    axes : str
        Axes in the house order.
    shape : tuple of int
        Length along each axis.
    dtype : numpy.dtype
        One of `DTYPES`.
    """

    def __init__(self, axes: str, shape: tuple[int, ...], dtype: np.dtype[Any]) -> None:
        if dtype.name not in DTYPES:
            raise BadParameter(
                f"Pixels of type {dtype} have no digest.", f"Convert them to one of {', '.join(DTYPES)}."
            )
        kept = [i for i, axis in enumerate(axes) if shape[i] != 1 or axis in "YXS"]
        self._dtype = dtype.newbyteorder("<")
        self._header = {
            "alg": "sha256",
            "axes": "".join(axes[i] for i in kept),
            "block": [BLOCK, BLOCK],
            "dtype": dtype.name,
            "shape": [shape[i] for i in kept],
            "v": 1,
        }
        self._indices = product(*(range(shape[i]) for i in kept if axes[i] not in "YXS"))
        self._leaves: list[bytes] = []
        self._waiting: deque[tuple[int, list[Future[bytes]]]] = deque()
        self._held = 0

    def add(self, plane: Array) -> None:
        """Take the next plane, in C order over the leading axes; it must not change until the digest is asked for."""
        little = plane.astype(self._dtype, copy=False)
        self._waiting.append((plane.nbytes, _block_hashes(little)))
        self._held += plane.nbytes
        self._settle(AHEAD)

    def add_root(self, root: bytes) -> None:
        """Take the next plane by its tree hash, as `plane_root` gives it for little-endian samples."""
        index = next(self._indices)
        header = struct.pack(f"<{len(index)}Q", *index)
        self._leaves.append(leaf_hash(header + root))

    def digest(self) -> str:
        """The digest, once every plane was added."""
        self._settle(-1)
        body = b"\x00".join((b"bims-pix-1", canonical(self._header), root_hash(self._leaves)))
        return f"sha256:{hashlib.sha256(body).hexdigest()}"

    def _settle(self, held: int) -> None:
        while self._waiting and self._held > held:
            size, hashes = self._waiting.popleft()
            self._held -= size
            self.add_root(root_hash(block.result() for block in hashes))


def plane_root(plane: Array) -> bytes:
    """Tree hash of one little-endian plane over its 512 x 512 blocks in raster order."""
    return root_hash(block.result() for block in _block_hashes(plane))


def _block_hashes(plane: Array) -> list[Future[bytes]]:
    """Leaf hashes of one little-endian plane, of its 512 x 512 blocks in raster order."""
    corners = product(range(0, plane.shape[0], BLOCK), range(0, plane.shape[1], BLOCK))
    return [_pool().submit(_block_hash, plane, *corner) for corner in corners]


def _block_hash(plane: Array, y: int, x: int) -> bytes:
    block = np.ascontiguousarray(plane[y : y + BLOCK, x : x + BLOCK])
    hasher = hashlib.sha256(b"\x00" + struct.pack("<QQ", y // BLOCK, x // BLOCK))
    hasher.update(block.data if block.size else b"")
    return hasher.digest()


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="digest")
