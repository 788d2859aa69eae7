"""`Strokes`: painted pixels as data, and their bytes ``bims-stroke-1`` (``docs/formats/bims-stroke-1.md``)."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bims_desktop.errors import BadParameter, RecordDamaged
from bims_desktop.model import axes as _axes
from bims_desktop.model.canonical import canonical, parse
from bims_desktop.operations.regions import Array

HEADER_LIMIT = 1024
PIXEL_LIMIT = 2**53 - 1
Atom = tuple[Any, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Strokes:
    """Pixels that were painted, and with which values.

    Parameters
    ----------
    axes : str
        Axes of the image that they belong to.
    shape : tuple of int
        Its shape.
    indices : 1-D array of uint64
        Flat indices in C order, increasing, each once.
    values : 1-D array of int64
        New value of each; 0 erases.

    Raises
    ------
    BadParameter
        The parts contradict each other.

    Examples
    --------
    >>> strokes = Strokes("YX", (2, 3), np.array([1, 5], np.uint64), np.array([7, 0]))
    >>> decode(strokes.encode()).values.tolist(), strokes.digest[:15]
    ([7, 0], 'sha256:d8174960')
    """

    axes: str
    shape: tuple[int, ...]
    indices: Array
    values: Array

    def __post_init__(self) -> None:
        _axes.check(self.axes, len(self.shape))
        if min(self.shape) < 1 or math.prod(self.shape) > PIXEL_LIMIT:
            raise BadParameter(f"Strokes cannot lie on the shape {self.shape}.", "Every length is at least 1.")
        object.__setattr__(self, "indices", np.asarray(self.indices, np.uint64))
        object.__setattr__(self, "values", np.asarray(self.values, np.int64))
        if self.indices.ndim != 1 or self.indices.shape != self.values.shape:
            raise BadParameter("Strokes need one value for each painted pixel.")
        if self.indices.size and int(self.indices.max()) >= math.prod(self.shape):
            raise BadParameter("A stroke lies outside of its image.", "The strokes were damaged or edited.")
        if not (self.indices[1:] > self.indices[:-1]).all():
            raise BadParameter("Strokes name a pixel twice or out of order.", "The strokes were damaged or edited.")

    def encode(self) -> bytes:
        """The bytes ``bims-stroke-1``."""
        header = {"axes": self.axes, "n": len(self.indices), "shape": list(self.shape), "v": 1}
        deltas = np.diff(self.indices, prepend=np.uint64(0))
        return b"".join(
            (canonical(header), b"\x00", deltas.astype("<u8").tobytes(), self.values.astype("<i8").tobytes())
        )

    @property
    def digest(self) -> str:
        """SHA-256 of the bytes, as ``sha256:<hex>``."""
        return f"sha256:{hashlib.sha256(self.encode()).hexdigest()}"


def decode(data: bytes) -> Strokes:
    """Read ``bims-stroke-1`` bytes, trusting none of them.

    Raises
    ------
    BadParameter
        They are not the one encoding of strokes on an image.
    """
    end = data.find(b"\x00", 0, HEADER_LIMIT)
    if end < 0:
        raise _damaged("there is no header")
    axes, shape, count = _header(data[:end])
    if len(data) != end + 1 + 16 * count:
        raise _damaged("their length is not what the header says")
    indices = np.cumsum(np.frombuffer(data, "<u8", count, end + 1), dtype=np.uint64)
    return Strokes(axes, shape, indices, np.frombuffer(data, "<i8", count, end + 1 + 8 * count))


def from_atoms(shape: tuple[int, ...], axes: str, atoms: Iterable[Atom]) -> Strokes:
    """Strokes of one item of napari's Labels history; the last write to a pixel wins.

    Parameters
    ----------
    shape : tuple of int
        Shape of the labels.
    axes : str
        Their axes.
    atoms : iterable of tuple
        Either ``(indices, old values, new values)``, or ``(slices, mask or None, old values,
        new value)`` over a box.

    Raises
    ------
    BadParameter
        An atom lies outside of `shape`.

    Examples
    --------
    >>> atom = ((np.array([0, 1]), np.array([2, 2])), np.array([0, 0]), 4)
    >>> from_atoms((2, 3), "YX", [atom]).indices.tolist()
    [2, 5]
    """
    written = [_atom(shape, atom) for atom in atoms]
    flat = np.concatenate([np.empty(0, np.int64), *(indices for indices, _ in written)])
    values = np.concatenate([np.empty(0, np.int64), *(new for _, new in written)])
    # unique keeps the first occurrence, which is the last write once the order is reversed.
    indices, last = np.unique(flat[::-1], return_index=True)
    return Strokes(axes, shape, indices, values[::-1][last])


def flat_box(spans: Sequence[Array], shape: tuple[int, ...]) -> Array:
    """Flat indices of the box over `spans`, in the box's own shape."""
    return np.asarray(np.ravel_multi_index(np.ix_(*spans), shape))


def _damaged(why: str) -> BadParameter:
    return BadParameter(f"These are no strokes: {why}.", "They were damaged or edited.")


def _header(text: bytes) -> tuple[str, tuple[int, ...], int]:
    try:
        header = parse(text)
    except RecordDamaged as error:
        raise _damaged("the header is not JSON") from error
    if not isinstance(header, dict) or set(header) != {"axes", "n", "shape", "v"}:
        raise _damaged("the header has other keys")
    axes, shape, count, version = header["axes"], header["shape"], header["n"], header["v"]
    if not _is_count(version) or version != 1:
        raise _damaged("they are of a version that is unknown here")
    if not isinstance(axes, str) or not isinstance(shape, list) or not all(_is_count(n) for n in (count, *shape)):
        raise _damaged("the header has values of other types")
    if canonical(header) != text:
        raise _damaged("the header is not canonical")
    return axes, tuple(map(int, shape)), int(count)  # type: ignore[arg-type]


def _is_count(value: object) -> bool:
    return type(value) is int and 0 <= value <= PIXEL_LIMIT


def _atom(shape: tuple[int, ...], atom: Atom) -> tuple[Array, Array]:
    try:
        if len(atom) == 4:
            slices, mask, _, new = atom
            spans = [np.arange(*entry.indices(size)) for entry, size in zip(slices, shape, strict=True)]
            box = flat_box(spans, shape)
            flat = box.ravel() if mask is None else box[mask]
        else:
            indices, _, new = atom
            flat = np.asarray(np.ravel_multi_index(indices, shape))
    except (ValueError, IndexError) as error:
        raise BadParameter("A painted pixel lies outside of the image.", f"Its shape is {shape}.") from error
    return flat.astype(np.int64), np.broadcast_to(np.asarray(new, np.int64), flat.shape)
