"""`bims-pix-1`, held to its published vectors by a second, plain implementation."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import threading
from pathlib import Path
from typing import Any

import dask.array as da
import numpy as np
import pytest

from bims_desktop.errors import BadParameter
from bims_desktop.model.digest import PixelDigester, pixel_digest, planes
from bims_desktop.model.image import Image

FORMATS = Path(__file__).parents[2] / "docs" / "formats"
VECTORS = json.loads((FORMATS / "bims-pix-1.vectors.json").read_text())
Array = np.ndarray[Any, Any]


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def tree(leaves: list[bytes]) -> bytes:
    """RFC 9162 2.1.1, by its recursive definition."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01" + tree(leaves[:split]) + tree(leaves[split:]))


def u64(number: int) -> bytes:
    return number.to_bytes(8, "little")


def plain_digest(array: Array, axes: str) -> str:
    """The document, step by step."""
    keep = [i for i, axis in enumerate(axes) if axis in "YXS" or array.shape[i] > 1]
    axes, array = "".join(axes[i] for i in keep), array.reshape([array.shape[i] for i in keep])
    leading = axes.index("Y")
    plane_leaves = []
    for index in np.ndindex(array.shape[:leading]):
        plane = array[index]
        block_leaves = [
            sha256(b"\x00" + u64(y // 512) + u64(x // 512) + little_endian(plane[y : y + 512, x : x + 512]))
            for y in range(0, plane.shape[0], 512)
            for x in range(0, plane.shape[1], 512)
        ]
        plane_leaves.append(sha256(b"\x00" + b"".join(map(u64, index)) + tree(block_leaves)))
    shape = ",".join(map(str, array.shape))
    header = (
        f'{{"alg":"sha256","axes":"{axes}","block":[512,512],"dtype":"{array.dtype.name}","shape":[{shape}],"v":1}}'
    )
    return f"sha256:{sha256(b'bims-pix-1' + bytes(1) + header.encode() + bytes(1) + tree(plane_leaves)).hex()}"


def little_endian(block: Array) -> bytes:
    return block.astype(block.dtype.newbyteorder("<")).tobytes()


def samples(shape: list[int], dtype: str) -> Array:
    """The formula of the document, one sample at a time."""
    return np.array([sample(n, dtype) for n in range(int(np.prod(shape)))]).astype(dtype).reshape(shape)


def sample(n: int, dtype: str) -> bool | int | float | complex:
    h = (n * 2654435761 + 12345) % 2**32
    if dtype == "bool":
        return bool(h >> 16 & 1)
    if dtype.startswith("float"):
        return (h - 2**31) / 2**16
    if dtype.startswith("complex"):
        return complex((h - 2**31) / 2**16, -(h - 2**31) / 2**17)
    bits = int(dtype.removeprefix("u").removeprefix("int"))
    value = h % 2**bits
    return value - 2**bits if dtype.startswith("int") and value >= 2 ** (bits - 1) else value


def image(array: Array, axes: str) -> Image:
    return Image(array, axes, kind="rgb" if "S" in axes else "intensity")


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: f"{v['axes']}-{'x'.join(map(str, v['shape']))}-{v['dtype']}")
def test_vectors(vector: dict[str, Any]) -> None:
    array = samples(vector["shape"], vector["dtype"])
    assert plain_digest(array, vector["axes"]) == vector["digest"]
    assert pixel_digest(image(array, vector["axes"])) == vector["digest"]


def test_the_script_still_gives_the_vectors() -> None:
    spec = importlib.util.spec_from_file_location("make_pixel_vectors", FORMATS / "make_pixel_vectors.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    assert json.loads(json.dumps(script.vectors())) == VECTORS


def test_vectors_cover_what_they_should() -> None:
    assert len({vector["digest"] for vector in VECTORS}) == len(VECTORS)
    assert {"bool", "uint8", "uint16", "int32", "float32", "complex64"} <= {vector["dtype"] for vector in VECTORS}
    assert {"YX", "ZYX", "TCZYX", "YXS"} <= {vector["axes"] for vector in VECTORS}


@pytest.mark.parametrize(
    "same",
    [
        lambda a: a.astype(">u2"),
        lambda a: np.asfortranarray(a),
        lambda a: np.repeat(a, 2, axis=2)[:, :, ::2],
        lambda a: da.from_array(a, chunks=(2, 300, 7)),
        lambda a: a[np.newaxis],
    ],
    ids=["big-endian", "fortran", "strided", "dask", "length one"],
)
def test_how_pixels_are_kept_does_not_matter(same: Any) -> None:
    array = samples([3, 520, 30], "uint16")
    other = same(array)
    axes = "ZYX" if other.ndim == 3 else "TZYX"
    assert pixel_digest(image(other, axes)) == pixel_digest(image(array, "ZYX"))


@pytest.mark.parametrize(
    ("array", "axes"),
    [
        (lambda a: a.astype(np.int32), "ZYX"),
        (lambda a: a.astype(np.uint32), "ZYX"),
        (lambda a: a, "TYX"),
        (lambda a: a.reshape(3, 30, 520), "ZYX"),
        (lambda a: a[::-1], "ZYX"),
        (lambda a: a + np.eye(1, 30, 29, dtype=np.uint16), "ZYX"),
    ],
    ids=["type", "sign", "axes", "shape", "order", "one sample"],
)
def test_what_changes_the_digest(array: Any, axes: str) -> None:
    original = samples([3, 520, 30], "uint16")
    assert pixel_digest(image(array(original), axes)) != pixel_digest(image(original, "ZYX"))


class OnePlaneOnly:
    """A lazy array that refuses to give more than one plane, and counts how many are alive at once."""

    def __init__(self, array: Array) -> None:
        self._array = array
        self.shape, self.dtype, self.ndim = array.shape, array.dtype, array.ndim
        self.given = 0

    def __getitem__(self, key: tuple[int, ...]) -> Array:
        assert isinstance(key, tuple)
        assert len(key) == self.ndim - 2
        assert all(isinstance(index, int) for index in key)
        self.given += 1
        return self._array[key]

    def __array__(self, dtype: Any = None) -> Array:
        raise AssertionError("the whole image was loaded")


def test_planes_are_loaded_one_at_a_time() -> None:
    array = samples([2, 3, 40, 50], "uint16")
    lazy = OnePlaneOnly(array)
    assert pixel_digest(Image(lazy, "CZYX")) == pixel_digest(Image(array, "CZYX"))  # type: ignore[arg-type]
    assert lazy.given == 6
    assert next(planes(Image(lazy, "CZYX"))).shape == (40, 50)  # type: ignore[arg-type]
    assert lazy.given == 7


def test_dask_planes_are_computed_ahead_and_in_order() -> None:
    array = samples([7, 30, 20], "uint16")
    given = 0

    def plane(block: Any) -> Any:
        nonlocal given
        given += block.size > 0
        return block

    lazy = da.from_array(array, chunks=(1, 30, 20)).map_blocks(plane, dtype=array.dtype, meta=array[:0])
    image = Image(lazy, "ZYX")
    assert pixel_digest(image) == pixel_digest(Image(array, "ZYX"))
    assert given == 7
    found = planes(image)
    np.testing.assert_array_equal(next(found), array[0])
    found.close()  # type: ignore[attr-defined]
    assert given <= 7 + 1 + (os.cpu_count() or 1)


def test_digests_on_many_threads_at_once() -> None:
    array = samples([2, 1100, 600], "uint8")
    expected, found = pixel_digest(Image(array, "ZYX")), []
    threads = [threading.Thread(target=lambda: found.append(pixel_digest(Image(array, "ZYX")))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 8


@pytest.mark.parametrize("dtype", ["int64", "uint64", "float16"])
def test_types_without_a_digest(dtype: str) -> None:
    with pytest.raises(BadParameter, match=f"type {dtype} have no digest"):
        PixelDigester("YX", (3, 4), np.dtype(dtype))
