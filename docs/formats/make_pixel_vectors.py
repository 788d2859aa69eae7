"""Write ``bims-pix-1.vectors.json``: images by formula, and their digests.

Run it with Python and NumPy where the package is installed; the result is under version control,
and ``tests/model/test_digest.py`` holds both the package and a second implementation to it.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from bims_desktop.model.digest import pixel_digest
from bims_desktop.model.image import Image

CASES = [
    ("YX", (3, 4), dtype)
    for dtype in (
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
] + [
    ("YX", (1, 1), "uint8"),
    ("YX", (1, 7), "uint16"),
    ("YX", (512, 512), "uint8"),
    ("YX", (513, 1025), "uint8"),
    ("YX", (513, 1025), "float32"),
    ("YX", (600, 700), "bool"),
    ("ZYX", (3, 4, 5), "uint16"),
    ("ZYX", (1, 4, 5), "uint16"),
    ("ZYX", (7, 2, 3), "int32"),
    ("TCZYX", (2, 3, 4, 5, 6), "uint16"),
    ("TCZYX", (1, 1, 1, 5, 6), "uint16"),
    ("TCZYX", (1, 3, 1, 5, 6), "uint8"),
    ("CAHYX", (2, 3, 2, 4, 5), "uint8"),
    ("YXS", (5, 6, 3), "uint8"),
    ("YXS", (5, 6, 4), "uint16"),
    ("YXS", (513, 514, 3), "uint8"),
    ("ZYXS", (2, 5, 6, 3), "uint8"),
]


def samples(shape: tuple[int, ...], dtype: str) -> np.ndarray:
    """Sample number n (C order) of a vector: h = (n * 2654435761 + 12345) mod 2**32, then by dtype.

    bool: bit 16 of h; unsigned: h mod 2**bits; signed: the same bits as two's complement;
    float: (h - 2**31) / 2**16; complex: that, minus half of it times i.
    """
    h = (np.arange(np.prod(shape), dtype=np.uint64) * np.uint64(2654435761) + np.uint64(12345)) % np.uint64(2**32)
    if dtype == "bool":
        values = (h >> np.uint64(16)) & np.uint64(1)
    elif dtype.startswith(("float", "complex")):
        real = (h.astype(np.float64) - 2**31) / 2**16
        values = real - 0.5j * real if dtype.startswith("complex") else real
    else:
        values = h.astype(f"uint{dtype.removeprefix('u').removeprefix('int')}")
    return values.astype(dtype).reshape(shape)


def vectors() -> list[dict[str, object]]:
    return [
        {"axes": axes, "shape": shape, "dtype": dtype, "digest": digest(axes, shape, dtype)}
        for axes, shape, dtype in CASES
    ]


def digest(axes: str, shape: tuple[int, ...], dtype: str) -> str:
    return pixel_digest(Image(samples(shape, dtype), axes, kind="rgb" if "S" in axes else "intensity"))


if __name__ == "__main__":
    lines = ",\n".join(json.dumps(vector) for vector in vectors())
    Path(__file__).with_name("bims-pix-1.vectors.json").write_text(f"[\n{lines}\n]\n")
