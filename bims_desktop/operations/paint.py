"""Painting as data: `Strokes`, what brush and bucket make of them, and the operation that applies them.

The bytes ``bims-stroke-1`` are written down in ``docs/formats/bims-stroke-1.md``.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Any

import numpy as np
import skimage as ski

from bims_desktop.errors import BadParameter, RecordDamaged
from bims_desktop.model import axes as _axes
from bims_desktop.model.canonical import canonical, parse
from bims_desktop.model.image import Image
from bims_desktop.operations.regions import Array, limits, native, one, read
from bims_desktop.operations.registry import operation
from bims_desktop.operations.spec import Accepts, Blob, Found

HEADER_LIMIT = 1024
PIXEL_LIMIT = 2**53 - 1
Atom = tuple[Any, ...]
Position = Sequence[float]


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


def brush(
    image: Image, at: Sequence[Position], *, brush_size: float = 10, value: int = 1, n_edit_dimensions: int = 2
) -> Strokes:
    """What a round brush paints while it is dragged over an image.

    Parameters
    ----------
    image : Image
        Labels or mask; its calibration makes the brush round where pixels are not square.
    at : sequence of positions
        Where the brush was pressed and then dragged to, in data coordinates, one number an axis.
    brush_size : float
        Diameter in pixels of the finest painted axis, at least 1.
    value : int
        The new label; 0 erases.
    n_edit_dimensions : int
        Paint over this many of the last axes: 2 is the plane, 3 a ball.

    Returns
    -------
    Strokes
        All pixels under the brush.

    Raises
    ------
    BadParameter
        A position has another number of axes, is not finite, is far outside of the image, or lies
        on no plane of it; or a setting is out of bounds.

    References
    ----------
    ``napari.layers.Labels.paint`` and the drag of its mouse binding, napari 0.9.2.

    Examples
    --------
    >>> image = Image(np.zeros((5, 5), np.int32), "YX", kind="labels")
    >>> brush(image, [(2, 2)], brush_size=2).indices.tolist()
    [6, 7, 8, 11, 12, 13, 16, 17, 18]
    """
    painted = _painted_axes(image, n_edit_dimensions)
    _check_value(image, [value])
    if not 1 <= brush_size <= PIXEL_LIMIT:
        raise BadParameter(f"A brush cannot have the size {brush_size}.", "Its diameter is 1 pixel or more.")
    centres = np.round(_drag(_positions(image, at, brush_size), brush_size)).astype(np.int64)
    flat = [_dab(image, _resolved(image, centre, painted), painted, brush_size) for centre in _distinct(centres)]
    indices = np.unique(np.concatenate(flat))
    return Strokes(image.axes, image.shape, indices, np.full(indices.shape, value))


def fill(image: Image, at: Position, *, value: int = 1, contiguous: bool = True, n_edit_dimensions: int = 2) -> Strokes:
    """What the bucket fills when it is poured at a pixel.

    Parameters
    ----------
    image : Image
        Labels or mask.
    at : position
        One number an axis, in data coordinates.
    value : int
        The new label; 0 erases.
    contiguous : bool
        Fill the connected part (through faces) only, or every pixel of the same label.
    n_edit_dimensions : int
        Fill over this many of the last axes: 2 is the plane, 3 the volume.

    Returns
    -------
    Strokes
        The pixels filled; none where `at` lies outside or has that label already.

    Raises
    ------
    BadParameter
        As `brush` does.

    References
    ----------
    ``napari.layers.Labels.fill``, napari 0.9.2.

    Examples
    --------
    >>> image = Image(np.array([[1, 0, 1]], np.int32), "YX", kind="labels")
    >>> fill(image, (0, 0), value=5).indices.tolist(), fill(image, (0, 0), value=5, contiguous=False).indices.tolist()
    ([0], [0, 2])
    """
    painted = _painted_axes(image, n_edit_dimensions)
    _check_value(image, [value])
    seed = _resolved(image, np.round(_positions(image, [at], 1)[0]).astype(np.int64), painted)
    nothing = Strokes(image.axes, image.shape, np.empty(0, np.uint64), np.empty(0, np.int64))
    if any(not 0 <= place < size for place, size in zip(seed, image.shape, strict=True)):
        return nothing
    region = read(image, tuple(slice(None) if axis in painted else seed[axis] for axis in range(image.ndim)))
    start = tuple(seed[axis] for axis in painted)
    if int(region[start]) == value:
        return nothing
    mask = ski.segmentation.flood(region, start, connectivity=1) if contiguous else region == region[start]
    offset = np.ravel_multi_index([0 if axis in painted else seed[axis] for axis in range(image.ndim)], image.shape)
    # The painted axes are the last ones, so that the region is contiguous in C order.
    indices = np.flatnonzero(mask) + offset
    return Strokes(image.axes, image.shape, indices, np.full(indices.shape, value))


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


@operation(
    title="Paint",
    menu="",
    sentence="Painted {pixels} pixels of {image} with label {labels}",
    halo="0",
)
def paint(image: Annotated[Image, Accepts("labels", "mask")], strokes: Annotated[bytes, Blob()]) -> Found:
    """Write strokes into labels or a mask.

    Parameters
    ----------
    image : Image
        Labels or mask of the axes and shape that the strokes belong to.
    strokes : bytes
        Encoded `Strokes`; a macro holds their digest.

    Returns
    -------
    Found
        A painted copy; ``pixels``, how many changed, and ``labels``, with which values.

    Raises
    ------
    BadParameter
        The strokes are damaged, belong to another shape, or hold a label that the dtype cannot.

    Examples
    --------
    >>> image = Image(np.zeros((2, 2), np.int32), "YX", kind="labels")
    >>> found = paint(image, Strokes("YX", (2, 2), np.array([3]), np.array([7])).encode())
    >>> found.result.array().tolist(), dict(found.values)
    ([[0, 0], [0, 7]], {'pixels': 1, 'labels': 7})
    """
    painted = decode(strokes)
    if (painted.axes, painted.shape) != (image.axes, image.shape):
        raise BadParameter(
            f"The strokes belong to an image {painted.axes} of shape {painted.shape}.",
            f"This one is {image.axes} of shape {image.shape}: paint it anew.",
        )
    labels = np.unique(painted.values).tolist()
    _check_value(image, labels)
    result = np.array(image.array(), native(image.dtype), order="C")
    flat = result.reshape(-1)
    indices = painted.indices.astype(np.int64)
    values = painted.values.astype(result.dtype)
    pixels = int(np.count_nonzero(flat[indices] != values))
    flat[indices] = values
    return Found(image.with_pixels(result), {"pixels": pixels, "labels": one(labels)})


def _damaged(why: str) -> BadParameter:
    return BadParameter(f"These are no strokes: {why}.", "They were damaged or edited.")


def _header(text: bytes) -> tuple[str, tuple[int, ...], int]:
    try:
        header = parse(text)
    except RecordDamaged as error:
        raise _damaged("the header is not JSON") from error
    if not isinstance(header, dict) or set(header) != {"axes", "n", "shape", "v"} or header["v"] != 1:
        raise _damaged("the header is not that of version 1")
    axes, shape, count = header["axes"], header["shape"], header["n"]
    if not isinstance(axes, str) or not isinstance(shape, list) or not all(_is_count(n) for n in (count, *shape)):
        raise _damaged("the header has values of other types")
    if canonical(header) != text:
        raise _damaged("the header is not canonical")
    return axes, tuple(map(int, shape)), int(count)  # type: ignore[arg-type]


def _is_count(value: object) -> bool:
    return type(value) is int and 0 <= value <= PIXEL_LIMIT


def _painted_axes(image: Image, n_edit_dimensions: int) -> tuple[int, ...]:
    if image.kind not in ("labels", "mask"):
        raise BadParameter(f"An image of kind {image.kind} cannot be painted.", "Paint on labels or on a mask.")
    if not 2 <= n_edit_dimensions <= image.ndim:
        raise BadParameter(f"Painting over {n_edit_dimensions} axes is impossible.", f"Use 2 to {image.ndim}.")
    return tuple(range(image.ndim - n_edit_dimensions, image.ndim))


def _check_value(image: Image, values: Sequence[int]) -> None:
    low, high = limits(image.dtype)
    if beyond := [value for value in values if not low <= value <= high]:
        raise BadParameter(f"The label {beyond[0]} does not fit {image.dtype}.", f"Use {low} to {high}.")


def _positions(image: Image, at: Sequence[Position], margin: float) -> Array:
    positions = np.array(at, dtype=np.float64)
    if positions.ndim != 2 or positions.shape[1] != image.ndim or not len(positions):
        raise BadParameter(f"A position needs {image.ndim} numbers, one an axis.", f"The axes are {image.axes}.")
    # A drag is interpolated in steps of a quarter brush, so that a distant point would fill the memory.
    reach = max(image.shape) + margin
    if not (np.abs(positions) <= 2 * reach).all():
        raise BadParameter("A position lies far outside of the image.", f"Its shape is {image.shape}.")
    return positions


def _drag(positions: Array, brush_size: float) -> Array:
    """Positions at which a dragged brush is set down: the first, then steps of a quarter brush."""
    path = [positions[:1]]
    for start, end in pairwise(positions):
        steps = round(float(np.abs(end - start).max()) / brush_size * 4)
        between = np.linspace(start, end, steps + 1)
        # napari's one point for no step is where the drag started.
        path.append(between[1:] if steps else between)
    return np.concatenate(path)


def _distinct(centres: Array) -> list[list[int]]:
    return [list(map(int, centre)) for centre in np.unique(centres, axis=0)]


def _resolved(image: Image, centre: Iterable[int], painted: tuple[int, ...]) -> list[int]:
    """`centre` as indices; along axes that are not painted below zero counts from the end, as in napari."""
    resolved = list(map(int, centre))
    for axis, place in enumerate(resolved):
        if axis in painted:
            continue
        resolved[axis] = place + image.shape[axis] if place < 0 else place
        if not 0 <= resolved[axis] < image.shape[axis]:
            raise BadParameter(
                f"The image has no index {place} along {image.axes[axis]}.", f"It has {image.shape[axis]}."
            )
    return resolved


def _dab(image: Image, centre: list[int], painted: tuple[int, ...], brush_size: float) -> Array:
    """Flat indices under a brush that is set down once."""
    radius = math.floor(brush_size / 2) + 0.5
    finest = min(image.scale[axis] for axis in painted)
    spans = [np.arange(place, place + 1) for place in centre]
    squares: Array = np.zeros((1,) * image.ndim)
    for axis in painted:
        step = image.scale[axis] / finest
        reach = math.floor(radius / step)
        low, high = max(centre[axis] - reach, 0), min(centre[axis] + reach + 1, image.shape[axis])
        spans[axis] = np.arange(low, max(low, high))
        distance = ((spans[axis] - centre[axis]) * step) ** 2
        squares = squares + distance.reshape([-1 if other == axis else 1 for other in range(image.ndim)])
    return _flat(spans, image.shape)[squares <= radius**2]


def _flat(spans: Sequence[Array], shape: tuple[int, ...]) -> Array:
    """Flat indices of the box over `spans`, in the box's own shape."""
    return np.asarray(np.ravel_multi_index(np.ix_(*spans), shape))


def _atom(shape: tuple[int, ...], atom: Atom) -> tuple[Array, Array]:
    try:
        if len(atom) == 4:
            slices, mask, _, new = atom
            spans = [np.arange(*entry.indices(size)) for entry, size in zip(slices, shape, strict=True)]
            box = _flat(spans, shape)
            flat = box.ravel() if mask is None else box[mask]
        else:
            indices, _, new = atom
            flat = np.asarray(np.ravel_multi_index(indices, shape))
    except (ValueError, IndexError) as error:
        raise BadParameter("A painted pixel lies outside of the image.", f"Its shape is {shape}.") from error
    return flat.astype(np.int64), np.broadcast_to(np.asarray(new, np.int64), flat.shape)
