"""Where pixels lie: rotation by an angle, shift."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
import scipy
import skimage as ski

from bims_desktop.errors import BadParameter
from bims_desktop.model.image import Image
from bims_desktop.operations.extent import resized
from bims_desktop.operations.regions import Array, apply, check_axis, floating, native, span, widened
from bims_desktop.operations.registry import operation
from bims_desktop.operations.spec import Bounds

Order = Literal[0, 1, 3]
Distance = Annotated[float, Bounds(-1_000_000, 1_000_000, "px")]
# Not "px": the panel converts those by the pixel size along X.
Planes = Annotated[float, Bounds(-1_000_000, 1_000_000, "planes")]


@operation(title="Rotate", menu="Geometry", sentence="Rotated {image} by {angle} degrees, counterclockwise")
def rotate(
    image: Image,
    *,
    angle: Annotated[float, Bounds(-360, 360, "°")] = 0.0,
    resize: bool = False,
    order: Order = 1,
    mode: Literal["constant", "edge", "symmetric", "reflect", "wrap"] = "constant",
    cval: float = 0.0,
) -> Image:
    """Rotate planes around their middle, counterclockwise as shown.

    Parameters
    ----------
    image : Image
        Any image with square pixels; labels and masks take the nearest pixel.
    angle : float
        In degrees.
    resize : bool
        Whether the plane grows so that no corner is cut off.
    order : {0, 1, 3}
        Of the spline: 0 nearest, 1 linear, 3 cubic.
    mode : str
        How the corners are filled.
    cval : float
        Value of the corners where `mode` is constant.

    Returns
    -------
    Image
        Same axes, dtype, kind and calibration; computed in floating point, rounded half to even
        and clipped.

    Raises
    ------
    BadParameter
        A pixel is not as high as it is wide.
    OperationFailed
        A pixel is NaN or infinite, and `order` is not 0: what is between pixels would be, too.

    References
    ----------
    `skimage.transform.rotate` with ``preserve_range=True``.

    Examples
    --------
    >>> rotate(Image(np.array([[1, 2], [3, 4]], np.uint8), "YX"), angle=90.0).array().tolist()
    [[2, 4], [1, 3]]
    """
    height, width = image.scale_of("Y"), image.scale_of("X")
    if abs(height - width) > 0.001 * width or image.unit_of("Y") != image.unit_of("X"):
        raise BadParameter(
            f"The pixels are {height:g} high and {width:g} wide, so that a rotation would distort the specimen.",
            "Make the voxels cubic first.",
        )
    nearest = image.kind in ("labels", "mask")
    values = floating if order else widened

    def rotated(plane: Array) -> Array:
        return np.asarray(
            ski.transform.rotate(
                plane if plane.dtype == bool else values(plane),
                angle,
                resize,
                order=0 if nearest else order,
                mode=mode,
                cval=cval,
                preserve_range=True,
            )
        )

    probe = rotated(np.zeros((image.size("Y"), image.size("X"))))
    result = resized(image, dict(zip("YX", probe.shape, strict=True)), rotated, "YX")
    return Image(result.pixels, image.axes, image.scale, image.units, image.channels, image.kind)


@operation(
    title="Translate", menu="Geometry", sentence="Shifted {input} by {z_shift}, {y_shift}, {x_shift} px along Z, Y, X"
)
def shift(
    input: Image,
    *,
    x_shift: Distance = 0.0,
    y_shift: Distance = 0.0,
    z_shift: Planes = 0.0,
    order: Order = 1,
    mode: Literal["constant", "nearest", "reflect", "mirror", "wrap"] = "constant",
    cval: float = 0.0,
) -> Image:
    """Move what is shown to the right, down and to higher planes.

    Parameters
    ----------
    input : Image
        Any image; labels and masks take the nearest pixel.
    x_shift, y_shift, z_shift : float
        How far, in pixels and planes; planes are moved alone where `z_shift` is 0.
    order : {0, 1, 3}
        Of the spline: 0 nearest, 1 linear, 3 cubic.
    mode : str
        How what comes in is filled.
    cval : float
        Its value where `mode` is constant.

    Returns
    -------
    Image
        Same axes, dtype, kind and calibration; computed in floating point, rounded half to even
        and clipped.

    Raises
    ------
    BadParameter
        `z_shift` is not 0 where there is no Z.
    OperationFailed
        A pixel is NaN or infinite, and `order` is not 0: what is between pixels would be, too.

    References
    ----------
    `scipy.ndimage.shift`.

    Examples
    --------
    >>> shift(Image(np.array([[1, 2, 3]], np.uint8), "YX"), x_shift=1.0).array().tolist()
    [[0, 1, 2]]
    """
    if z_shift:
        check_axis(input, "Z")
    axes = span(input, "ZYX" if z_shift else "YX")
    steps = [{"Z": z_shift, "Y": y_shift, "X": x_shift}[axis] for axis in axes]
    degree = 0 if input.kind in ("labels", "mask") else order
    values = floating if order else widened

    def shifted(region: Array) -> Array:
        return np.asarray(scipy.ndimage.shift(values(region), steps, order=degree, mode=mode, cval=cval))

    return input.with_pixels(apply(input, shifted, axes, native(input.dtype)))
