"""What brush and bucket paint, without a window: as napari 0.9.2 does it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
import skimage as ski

from bims_desktop.errors import BadParameter
from bims_desktop.model.image import Image
from bims_desktop.operations.regions import Array, limits, read
from bims_desktop.operations.strokes import PIXEL_LIMIT, Strokes, flat_box

Position = Sequence[float]


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
        Diameter in pixels of the finest painted axis, at least 1; fractions are cut off.
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
    check_labels(image, [value])
    if not 1 <= brush_size <= PIXEL_LIMIT:
        raise BadParameter(f"A brush cannot have the size {brush_size}.", "Its diameter is 1 pixel or more.")
    brush_size = int(brush_size)
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
    check_labels(image, [value])
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


def check_labels(image: Image, values: Sequence[int]) -> None:
    """Refuse labels that the dtype of `image` cannot hold.

    Raises
    ------
    BadParameter
        One of them does not fit.
    """
    low, high = limits(image.dtype)
    if beyond := [value for value in values if not low <= value <= high]:
        raise BadParameter(f"The label {beyond[0]} does not fit {image.dtype}.", f"Use {low} to {high}.")


def _painted_axes(image: Image, n_edit_dimensions: int) -> tuple[int, ...]:
    if image.kind not in ("labels", "mask"):
        raise BadParameter(f"An image of kind {image.kind} cannot be painted.", "Paint on labels or on a mask.")
    if not 2 <= n_edit_dimensions <= image.ndim:
        raise BadParameter(f"Painting over {n_edit_dimensions} axes is impossible.", f"Use 2 to {image.ndim}.")
    return tuple(range(image.ndim - n_edit_dimensions, image.ndim))


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
    return flat_box(spans, image.shape)[squares <= radius**2]
