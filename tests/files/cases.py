"""Images of every kind, dtype and set of axes that a file must give back."""

from __future__ import annotations

from typing import Any

import numpy as np

from bims_desktop.model.image import Channel, Image

RNG = np.random.default_rng(7)


def noise(dtype: str, *shape: int) -> np.ndarray[Any, Any]:
    if dtype == "bool":
        return RNG.random(shape) > 0.5
    if dtype.startswith("complex"):
        return (RNG.random(shape) + 1j * RNG.random(shape)).astype(dtype)
    if dtype.startswith("float"):
        return RNG.normal(size=shape).astype(dtype)
    limits = np.iinfo(dtype)
    return RNG.integers(limits.min, limits.max, shape, dtype=dtype, endpoint=True)


def channels(count: int) -> tuple[Channel, ...]:
    return tuple(Channel(f"Kanal {n} α", f"#{n * 40:02x}00ff") for n in range(count))


IMAGES = {
    **{dtype: Image(noise(dtype, 33, 47), "YX") for dtype in ("int8", "int16", "int32", "uint8", "uint16", "uint32")},
    **{dtype: Image(noise(dtype, 33, 47), "YX") for dtype in ("float32", "float64", "complex64", "complex128")},
    "mask": Image(noise("bool", 33, 47), "YX", kind="mask"),
    "mask stack": Image(noise("bool", 3, 530, 40), "ZYX", kind="mask"),
    "bool intensity": Image(noise("bool", 33, 47), "YX", kind="intensity"),
    "labels": Image(noise("int32", 3, 33, 47), "ZYX", kind="labels"),
    "labels uint16": Image(noise("uint16", 33, 47), "YX", kind="labels"),
    "rgb": Image(noise("uint8", 33, 47, 3), "YXS", kind="rgb"),
    "rgb 16": Image(noise("uint16", 33, 47, 3), "YXS", kind="rgb"),
    "rgba": Image(noise("uint8", 33, 47, 4), "YXS", kind="rgb"),
    "rgb stack": Image(noise("uint8", 2, 33, 47, 3), "ZYXS", kind="rgb"),
    "rgb channels": Image(noise("uint8", 2, 33, 47, 3), "CYXS", channels=channels(2), kind="rgb"),
    "tiles": Image(noise("uint16", 513, 1025), "YX"),
    "tall": Image(noise("uint8", 1200, 1), "YX"),
    "wide": Image(noise("uint8", 1, 1200), "YX"),
    "one": Image(noise("uint8", 1, 1), "YX"),
    "one z": Image(noise("uint8", 1, 5, 6), "ZYX"),
    "ones": Image(noise("uint16", 1, 1, 1, 5, 6), "TCZYX", channels=channels(1)),
    "one t": Image(noise("uint16", 1, 2, 3, 5, 6), "TCZYX", (4.0, 1, 2, 0.5, 0.5), ("s", "", "µm", "µm", "µm")),
    "five": Image(
        noise("uint16", 2, 3, 4, 20, 30), "TCZYX", (0.5, 1, 2, 0.1, 0.3), ("min", "", "nm", "mm", "mm"), channels(3)
    ),
    "czyx": Image(noise("float32", 2, 4, 20, 30), "CZYX", channels=(Channel("a"), Channel("", "#0a0b0c"))),
    "named": Image(noise("uint8", 20, 30), "YX", channels=(Channel("DAPI", "#0000ff"),)),
    "pixels": Image(noise("uint8", 2, 20, 30), "ZYX", (4.0, 2.0, 2.0), ("", "", "")),
    "frames": Image(noise("uint8", 2, 20, 30), "TYX", (3.0, 1.0, 1.0), ("", "", "")),
}
