"""Apply a function to each plane (Y, X) or volume (Z, Y, X) of an image, and give back its dtype."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import Any, Literal

import numpy as np

from bims_desktop.errors import BadParameter, OperationFailed
from bims_desktop.model.canonical import Json
from bims_desktop.model.image import Image
from bims_desktop.model.mapped import mapping_of, release
from bims_desktop.operations.running import empty, stretch, tick
from bims_desktop.operations.tiles import Local, tiles

Array = np.ndarray[Any, Any]
Index = tuple[Any, ...]
Region = Literal["YX", "ZYX"]
Dtype = Literal["input", "float32"]


def regions(image: Image, axes: str) -> Iterator[Index]:
    """Index of each region over `axes`; an image without Z has only planes.

    RGB samples are regions of their own, so that colours never mix.
    """
    inside = set(axes)
    spans = [
        (slice(None),) if axis in inside else range(size) for axis, size in zip(image.axes, image.shape, strict=True)
    ]
    yield from product(*spans)


def each(image: Image, axes: str) -> Iterator[tuple[Index, Array]]:
    """Every region with its index, loaded alone by `read`; progress and cancel between them."""
    indices = list(regions(image, axes))
    for done, index in enumerate(indices):
        tick(done / len(indices))
        yield index, read(image, index)


def read(image: Image, index: Index) -> Array:
    """The pixels at `index`, in native byte order.

    Raises
    ------
    BadParameter
        The pixels are complex: they have no order and no range.
    """
    if image.dtype.kind == "c":
        raise BadParameter("Complex pixels cannot be processed.", "Take their magnitude first.")
    region: Array = np.asarray(image.pixels[index])
    if mapping_of(image.pixels) is not None:
        region = region.copy()
        release(image.pixels)
    return region.astype(native(region.dtype), copy=False)


def apply(
    image: Image,
    function: Callable[[Array], Array],
    axes: str,
    dtype: np.dtype[Any],
    local: Local | None = None,
) -> Array:
    """New array of `dtype`: `function` of every region, written where the region was.

    Parameters
    ----------
    image : Image
        Read one region at a time.
    function : callable
        From the region's array to one of the same shape; it must not change its input.
    axes : {"YX", "ZYX"}
        What a region spans.
    dtype : numpy.dtype
        Of the result; floating-point results are rounded half to even and clipped into it.
    local : Local, optional
        How far the function looks, so that large regions go through it tile by tile.
    """
    result = empty(image.shape, dtype)
    indices = list(regions(image, axes))
    for done, index in enumerate(indices):
        with stretch(done / len(indices), (done + 1) / len(indices)):
            tick(0.0)
            _fill(result[index], read(image, index), function, local)
    return result


def _fill(result: Array, region: Array, function: Callable[[Array], Array], local: Local | None) -> None:
    parts = tiles(region.shape, local)
    for number, tile in enumerate(parts):
        with stretch(number / len(parts), (number + 1) / len(parts)):
            if number:
                tick(0.0)
            result[tile.place] = restore(function(region[tile.seen])[tile.inside], result.dtype)


def filtered(
    image: Image, function: Callable[[Array], Array], axes: str, dtype: Dtype, local: Local | None = None
) -> Image:
    """`image` with `function` of every region in place of its pixels, in the dtype that filters give."""
    return image.with_pixels(apply(image, function, axes, output_dtype(image, dtype), local))


def widened(region: Array) -> Array:
    """`region` as it is computed with: integers and Booleans as float64, their values kept.

    It is a copy where it is read-only, as pixels of a session are: compiled code often refuses such arrays.
    """
    return np.require(region, requirements="W") if region.dtype.kind == "f" else region.astype(np.float64)


def finite(region: Array) -> Array:
    """`region` itself, all its values finite: a neighbourhood would spread NaN and infinity.

    Raises
    ------
    OperationFailed
        A pixel is NaN or infinite.
    """
    if region.dtype.kind == "f" and not np.isfinite(region).all():
        raise OperationFailed(
            "The image has pixels that are no finite numbers.",
            "Replace them first: Intensity, Replace NaN and infinity (nan_to_num).",
        )
    return region


def floating(region: Array) -> Array:
    """`region` as `widened`, all its values `finite`.

    Raises
    ------
    OperationFailed
        A pixel is NaN or infinite.
    """
    return widened(finite(region))


def restore(values: Array, dtype: np.dtype[Any]) -> Array:
    """`values` in `dtype`: rounded half to even and clipped where it holds integers.

    Examples
    --------
    >>> restore(np.array([-3.0, 0.5, 1.5, 300.0, np.nan]), np.dtype(np.uint8))
    array([  0,   0,   2, 255,   0], dtype=uint8)
    """
    if values.dtype == dtype:
        return values
    if dtype.kind in "biu" and values.dtype.kind == "f":
        # float64 holds every int32 exactly, float32 does not; NaN has no integer and becomes 0.
        values = np.rint(values, dtype=np.float64)
        np.clip(values, *limits(dtype), out=values)
        values[np.isnan(values)] = 0
    # What float32 cannot hold becomes infinite, which says so itself.
    with np.errstate(over="ignore"):
        converted: Array = values.astype(dtype)
    return converted


def fit(values: Array, target: np.dtype[Any]) -> tuple[Array, int]:
    """`values` in `target`, and how many of them did not fit its range; NaN becomes 0 and does not fit.

    Examples
    --------
    >>> fit(np.array([-1.0, 2.5, np.nan]), np.dtype(np.uint8))
    (array([0, 2, 0], dtype=uint8), 2)
    """
    if target.kind not in "biu":
        return restore(values, target), 0
    low, high = limits(target)
    whole = np.rint(values) if values.dtype.kind == "f" else values
    fits = (whole >= low) & (whole <= high)
    return np.nan_to_num(np.clip(whole, low, high)).astype(target), int(fits.size - np.count_nonzero(fits))


def limits(dtype: np.dtype[Any]) -> tuple[int, int]:
    """Least and greatest value of an integer or Boolean dtype."""
    if dtype.kind == "b":
        return 0, 1
    return int(np.iinfo(dtype).min), int(np.iinfo(dtype).max)


def native(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """`dtype` in the byte order of this machine."""
    return dtype.newbyteorder("=")


def promoted(*images: Image) -> np.dtype[Any]:
    """What NumPy promotes the dtypes of `images` to, float64 where that is a 64-bit integer."""
    # OME-TIFF holds neither 64-bit integers nor half floats; float64 holds every sum of 32-bit integers.
    dtype = np.result_type(*(image.dtype for image in images))
    return np.dtype(np.float64) if dtype.kind in "iu" and dtype.itemsize == 8 else native(dtype)


def output_dtype(image: Image, dtype: Dtype) -> np.dtype[Any]:
    """The dtype that a filter gives: the input's, or float32 on request."""
    return native(image.dtype) if dtype == "input" else np.dtype(np.float32)


def span(image: Image, axes: str) -> str:
    """The axes of `image` that a region has: ``"YX"`` where there is no Z."""
    return "".join(axis for axis in image.axes if axis in axes)


def one(values: Sequence[Json]) -> Json:
    """The value found in the only region, or the list of those found in each."""
    return values[0] if len(values) == 1 else list(values)


def check_axis(image: Image, axis: str) -> None:
    """Refuse an image that has no such axis.

    Raises
    ------
    BadParameter
        It has none; the message names those that it has.
    """
    if axis not in image.axes:
        colours = " S is the colour." if "S" in image.axes else ""
        if axis == "C" and image.kind == "rgb":
            colours = " Split channels takes S, the colour, apart."
        raise BadParameter(f"The image has no axis {axis}.", f"Its axes are {image.axes}.{colours}")


def check_connectivity(connectivity: int | None, image: Image, axes: str) -> None:
    """Refuse a connectivity beyond the number of dimensions of a region.

    Raises
    ------
    BadParameter
        It is 3 where regions are planes.
    """
    ndim = len(span(image, axes))
    if connectivity is not None and connectivity > ndim:
        raise BadParameter(f"Connectivity {connectivity} does not exist in {ndim} dimensions.", f"Use 1 to {ndim}.")


def check_alike(first: Image, second: Image, name: str) -> None:
    """Refuse two images that do not lie pixel on pixel; nothing is broadcast.

    Raises
    ------
    BadParameter
        Their axes or shapes differ.
    """
    if (first.axes, first.shape) != (second.axes, second.shape):
        raise BadParameter(
            f"{name} has the axes {second.axes} and shape {second.shape}, not {first.axes} and {first.shape}.",
            "Choose images of one shape, or select a channel or crop first.",
        )


def count_objects(labels: Array) -> int:
    """How many labels but 0 occur."""
    numbers, _ = dense(labels)
    return int(np.count_nonzero(np.bincount(numbers.ravel())[1:]))


def dense(labels: Array) -> tuple[Array, Array]:
    """`labels` renumbered where their values exceed the number of pixels, and the value behind each number.

    Counting arrays are as long as the greatest label, so that a single label of two
    thousand million would fill the memory.

    Raises
    ------
    BadParameter
        A label is below zero.

    Examples
    --------
    >>> dense(np.array([0, 7, 2_000_000_000]))
    (array([0, 1, 2]), array([         0,          7, 2000000000]))
    """
    if labels.min(initial=0) < 0:
        raise BadParameter("A label below zero names no object.", "Label the objects with positive numbers.")
    top = int(labels.max(initial=0))
    if top <= labels.size:
        return labels, np.arange(top + 1)
    values = np.union1d(labels, np.zeros(1, labels.dtype))
    return np.searchsorted(values, labels), values
