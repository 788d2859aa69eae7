"""Images of another pixel size: to a size, by a factor, to cubic voxels, by means of blocks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

import numpy as np
import skimage as ski

from bims_desktop.errors import BadParameter
from bims_desktop.model.image import Image
from bims_desktop.operations.extent import resized
from bims_desktop.operations.kinds import Colours
from bims_desktop.operations.regions import Array, check_axis, floating, span, widened
from bims_desktop.operations.registry import operation
from bims_desktop.operations.spacing import spacing, unit
from bims_desktop.operations.spec import Bounds, Found, IfNone

Size = Annotated[int, Bounds(1, 1_000_000), IfNone("as it is")] | None
Factor = Annotated[float, Bounds(0.001, 1000)]
Smoothing = Annotated[bool, IfNone("if smaller")] | None
Order = Literal[0, 1, 3]
Block = Annotated[int, Bounds(1, 1000, "px")]
# Not "px": the panel converts those by the pixel size along X.
Planes = Annotated[int, Bounds(1, 1000, "planes")]
# A result beyond this many pixels is a slip of the keyboard.
MOST = 2**36


@operation(title="Resize", menu="Geometry/Resample", sentence="Resized {image} to {size}")
def resize(
    image: Image,
    *,
    x_size: Size = None,
    y_size: Size = None,
    z_size: Size = None,
    order: Order = 1,
    anti_aliasing: Smoothing = None,
) -> Found:
    """Give an image another number of pixels over the same extent.

    Parameters
    ----------
    image : Image
        Any image; labels and masks take the nearest pixel.
    x_size, y_size, z_size : int, optional
        Pixels along the axis; as many as there are if not given. Planes are resized alone where
        their number stays.
    order : {0, 1, 3}
        Of the spline: 0 nearest, 1 linear, 3 cubic.
    anti_aliasing : bool, optional
        Whether to smooth before making an image smaller; where it gets smaller if not given.

    Returns
    -------
    Found
        Same axes, dtype and kind, the scale such that the extent stays; computed in floating
        point, rounded half to even and clipped. ``size``, in words.

    Raises
    ------
    BadParameter
        The image has no such axis, or would become too large.
    OperationFailed
        A pixel is NaN or infinite, and `order` is not 0: what is between pixels would be, too.

    References
    ----------
    `skimage.transform.resize` with ``preserve_range=True``.

    Examples
    --------
    >>> found = resize(Image(np.array([[0, 8]], np.uint8), "YX"), x_size=4)
    >>> found.result.array().tolist(), found.result.scale
    ([[2, 2, 6, 6]], (1.0, 0.5))
    """
    given = {"Z": z_size, "Y": y_size, "X": x_size}
    return _resampled(image, {axis: size for axis, size in given.items() if size is not None}, order, anti_aliasing)


@operation(title="Rescale", menu="Geometry/Resample", sentence="Rescaled {image} to {size}")
def rescale(
    image: Image,
    *,
    x_scale: Factor = 1.0,
    y_scale: Factor = 1.0,
    z_scale: Factor = 1.0,
    order: Order = 1,
    anti_aliasing: Smoothing = None,
) -> Found:
    """Give an image more or fewer pixels over the same extent, by factors.

    Parameters
    ----------
    image : Image
        Any image; labels and masks take the nearest pixel.
    x_scale, y_scale, z_scale : float
        How many times as many pixels, rounded half to even, and at least one.
    order : {0, 1, 3}
        Of the spline: 0 nearest, 1 linear, 3 cubic.
    anti_aliasing : bool, optional
        Whether to smooth before making an image smaller; where it gets smaller if not given.

    Returns
    -------
    Found
        Same axes, dtype and kind, the scale such that the extent stays; computed in floating
        point, rounded half to even and clipped. ``size``, in words.

    Raises
    ------
    BadParameter
        A factor is not 1 for an axis that the image has not, or the image would become too large.
    OperationFailed
        A pixel is NaN or infinite, and `order` is not 0: what is between pixels would be, too.

    References
    ----------
    `skimage.transform.rescale` with ``preserve_range=True``.

    Examples
    --------
    >>> rescale(Image(np.zeros((4, 6), np.uint8), "YX"), x_scale=0.5, y_scale=0.5).values["size"]
    'Y 2, X 3'
    """
    factors = {"Z": z_scale, "Y": y_scale, "X": x_scale}
    sizes = {axis: max(1, round(image.size(axis) * factor)) for axis, factor in factors.items() if factor != 1}
    return _resampled(image, sizes, order, anti_aliasing)


@operation(
    title="Make voxels cubic",
    menu="Geometry/Resample",
    sentence="Resampled {image} to voxels of {voxel}, {size}",
)
def rescale_isotropic(
    image: Image, *, size: Annotated[float, Bounds(1e-9, 1e9), IfNone("the finest")] | None = None, order: Order = 1
) -> Found:
    """Resample to one step along Z, Y and X, as shapes and distances in space need.

    Parameters
    ----------
    image : Image
        Any image; labels and masks take the nearest pixel.
    size : float, optional
        The step, in the unit of the axes; the finest that the image has if not given.
    order : {0, 1, 3}
        Of the spline: 0 nearest, 1 linear, 3 cubic.

    Returns
    -------
    Found
        Same axes, dtype and kind. The number of pixels is whole, so that steps differ from what is
        asked for by as much as the extent demands. ``voxel``, the steps that came out with their unit,
        and ``size``, in words.

    Raises
    ------
    BadParameter
        The axes have different units, or the image would become too large.
    OperationFailed
        A pixel is NaN or infinite, and `order` is not 0: what is between pixels would be, too.

    References
    ----------
    `skimage.transform.resize` with ``preserve_range=True``.

    Examples
    --------
    >>> found = rescale_isotropic(Image(np.zeros((2, 4, 4)), "ZYX", (2.0, 0.5, 0.5), ("µm",) * 3))
    >>> found.result.shape, found.values["voxel"]
    ((8, 4, 4), '0.5 µm')
    """
    found = _resampled(image, cubic_sizes(image, size), order, None)
    assert isinstance(found.result, Image)
    return Found(found.result, {"voxel": _voxel(found.result), **found.values})


def cubic_sizes(image: Image, size: float | None) -> dict[str, int]:
    """How many pixels along each axis of space make steps of `size`, the finest of the image if None.

    Raises
    ------
    BadParameter
        The axes have different units.

    Examples
    --------
    >>> cubic_sizes(Image(np.zeros((2, 4, 4)), "ZYX", (2.0, 0.5, 0.5), ("µm",) * 3), None)
    {'Z': 8, 'Y': 4, 'X': 4}
    """
    steps = dict(zip(span(image, "ZYX"), spacing(image, "ZYX"), strict=True))
    step = min(steps.values()) if size is None else size
    return {axis: max(1, round(image.size(axis) * steps[axis] / step)) for axis in steps}


@operation(
    title="Bin (mean of blocks)",
    menu="Geometry/Resample",
    sentence="Binned {image} by {z_factor} x {y_factor} x {x_factor} pixels (Z, Y, X)",
)
def downscale_local_mean(image: Colours, *, x_factor: Block = 2, y_factor: Block = 2, z_factor: Planes = 1) -> Image:
    """Replace blocks of pixels by their mean, as a camera bins.

    Parameters
    ----------
    image : Image
        Intensity or RGB image.
    x_factor, y_factor, z_factor : int
        Size of a block, in pixels; what does not fill a block at the end is left out.

    Returns
    -------
    Image
        Same axes, dtype and kind, the scale multiplied by the factors; computed in floating point,
        rounded half to even.

    Raises
    ------
    BadParameter
        A block is larger than the image, or has a depth where there is no Z.

    References
    ----------
    `skimage.transform.downscale_local_mean`, which fills the last block with zeros instead.

    Examples
    --------
    >>> downscale_local_mean(Image(np.array([[1, 3, 9], [5, 7, 9]], np.uint8), "YX")).array().tolist()
    [[4]]
    """
    factors = {"Z": z_factor, "Y": y_factor, "X": x_factor}
    if z_factor > 1:
        check_axis(image, "Z")
    axes = span(image, "ZYX" if z_factor > 1 else "YX")
    for axis in axes:
        if factors[axis] > image.size(axis):
            raise BadParameter(f"Blocks of {factors[axis]} are longer than the axis {axis}.", "Make them smaller.")
    whole = tuple(slice(0, image.size(axis) // factors[axis] * factors[axis]) for axis in axes)
    blocks = tuple(factors[axis] for axis in axes)

    def binned(region: Array) -> Array:
        return np.asarray(ski.transform.downscale_local_mean(widened(region[whole]), blocks))

    result = resized(image, {axis: image.size(axis) // factors[axis] for axis in axes}, binned, axes)
    scale = (step * (factors[a] if a in axes else 1) for a, step in zip(image.axes, image.scale, strict=True))
    return Image(result.pixels, image.axes, tuple(scale), image.units, image.channels, image.kind)


def _voxel(image: Image) -> str:
    """One step where all are alike as far as one reads them, or else that of each axis, with the unit."""
    steps = {axis: f"{step:.3g}" for axis, step in zip(span(image, "ZYX"), spacing(image, "ZYX"), strict=True)}
    size = unit(image, "ZYX")
    if len(set(steps.values())) == 1:
        return f"{steps['X']} {size}"
    return f"{' x '.join(steps.values())} {size} ({', '.join(steps)})"


def _resampled(image: Image, sizes: Mapping[str, int], order: int, anti_aliasing: bool | None) -> Found:
    for axis in sizes:
        check_axis(image, axis)
    if np.prod([float(sizes.get(axis, size)) for axis, size in zip(image.axes, image.shape, strict=True)]) > MOST:
        raise BadParameter("The image would become too large.", "Ask for fewer pixels.")
    axes = "ZYX" if sizes.get("Z", image.size("Z")) != image.size("Z") else "YX"
    shape = tuple(sizes.get(axis, image.size(axis)) for axis in span(image, axes))
    nearest = image.kind in ("labels", "mask")
    values = floating if order else widened

    def resampled(region: Array) -> Array:
        return np.asarray(
            ski.transform.resize(
                region if nearest else values(region),
                shape,
                0 if nearest else order,
                preserve_range=True,
                anti_aliasing=False if nearest or order == 0 else anti_aliasing,
            )
        )

    words = ", ".join(f"{axis} {size}" for axis, size in zip(span(image, axes), shape, strict=True))
    return Found(resized(image, sizes, resampled, axes), {"size": words})
