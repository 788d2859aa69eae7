"""Registration: how far one image, or one time point, lies from another, and moving it back."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
import scipy
import skimage as ski

from bims_desktop.errors import BadParameter
from bims_desktop.model.canonical import Json
from bims_desktop.model.image import Image
from bims_desktop.operations.kinds import Intensity
from bims_desktop.operations.regions import (
    Array,
    Index,
    Region,
    check_alike,
    check_axis,
    each,
    floating,
    native,
    one,
    read,
    restore,
)
from bims_desktop.operations.registry import operation
from bims_desktop.operations.running import empty, tick
from bims_desktop.operations.spec import Bounds, Found

Upsampling = Annotated[int, Bounds(1, 1000)]
Normalization = Literal["phase", "none"]
Order = Literal[0, 1, 3]


@operation(
    title="Register (phase correlation)",
    menu="Registration",
    sentence="Moved {moving_image} onto {reference_image} by {shift} px",
)
def phase_cross_correlation(
    reference_image: Intensity,
    moving_image: Intensity,
    *,
    upsample_factor: Upsampling = 1,
    normalization: Normalization = "phase",
    order: Order = 1,
    cval: float = 0.0,
    axes: Region = "YX",
) -> Found:
    """Find by how much an image is shifted against another, and move it back.

    Parameters
    ----------
    reference_image : Image
        Where things shall be.
    moving_image : Image
        What is moved; of the same axes and shape.
    upsample_factor : int
        1 finds whole pixels, 10 tenths, 100 hundredths.
    normalization : {"phase", "none"}
        Compare phases alone, or amplitudes too, which suits noisy images.
    order : {0, 1, 3}
        Of the spline by which the image is moved: 0 nearest, 1 linear, 3 cubic.
    cval : float
        Value of what comes in at the borders.
    axes : {"YX", "ZYX"}
        One shift for each plane, or for each volume.

    Returns
    -------
    Found
        The moved image with its own dtype and calibration; ``shift``, in pixels along the axes of
        a region, or a list with one a region.

    Raises
    ------
    BadParameter
        Axes or shapes differ.
    OperationFailed
        A pixel is NaN or infinite.

    References
    ----------
    `skimage.registration.phase_cross_correlation`, `scipy.ndimage.shift`; M. Guizar-Sicairos,
    S. T. Thurman and J. R. Fienup (2008), Opt. Lett. 33, 156-158.

    Examples
    --------
    >>> still = np.zeros((8, 8), np.uint8)
    >>> still[3:5, 3:5] = 9
    >>> found = phase_cross_correlation(Image(still, "YX"), Image(np.roll(still, 2, axis=1), "YX"))
    >>> found.values["shift"], bool((found.result.array() == still).all())
    ([0.0, -2.0], True)
    """
    check_alike(reference_image, moving_image, "moving_image")
    result = empty(moving_image.shape, native(moving_image.dtype))
    shifts: list[Json] = []
    for index, reference in each(reference_image, axes):
        moving = floating(read(moving_image, index))
        found = find_shift(floating(reference), moving, upsample_factor, normalization)
        moved = scipy.ndimage.shift(moving, found, order=order, cval=cval)
        result[index] = restore(moved, result.dtype)
        shifts.append(list(found))
    return Found(moving_image.with_pixels(result), {"shift": one(shifts)})


@operation(
    title="Correct drift",
    menu="Registration",
    sentence="Corrected the drift of {image} over time, at most {largest} px ({drift})",
)
def correct_drift(
    image: Intensity,
    *,
    channel: Annotated[int, Bounds(0, 2**53 - 1)] = 0,
    reference: Literal["first", "previous"] = "first",
    upsample_factor: Upsampling = 1,
    normalization: Normalization = "phase",
    order: Order = 1,
    cval: float = 0.0,
    axes: Region = "YX",
) -> Found:
    """Move every time point back onto the first; all channels and planes of it alike.

    Parameters
    ----------
    image : Image
        Intensity image with the axis T, from TYX to TCZYX.
    channel : int
        In which the drift is looked for.
    reference : {"first", "previous"}
        Compare with the first time point, or step by step, which suits slow changes of shape.
    upsample_factor : int
        1 finds whole pixels, 10 tenths, 100 hundredths.
    normalization : {"phase", "none"}
        Compare phases alone, or amplitudes too, which suits noisy images.
    order : {0, 1, 3}
        Of the spline by which time points are moved: 0 nearest, 1 linear, 3 cubic.
    cval : float
        Value of what comes in at the borders.
    axes : {"YX", "ZYX"}
        Drift within the plane, found in the maximum projection along Z, or in space.

    Returns
    -------
    Found
        Same axes, dtype and calibration; ``drift``, by how many pixels each time point was moved,
        and ``largest``, the longest such way.

    Raises
    ------
    BadParameter
        The image has no axis T, axes beyond TCZYX, or not so many channels.
    OperationFailed
        A pixel is NaN or infinite.

    References
    ----------
    `skimage.registration.phase_cross_correlation`, `scipy.ndimage.shift`; M. Guizar-Sicairos,
    S. T. Thurman and J. R. Fienup (2008), Opt. Lett. 33, 156-158.

    Examples
    --------
    >>> still = np.zeros((8, 8), np.uint8)
    >>> still[3:5, 3:5] = 9
    >>> found = correct_drift(Image(np.stack([still, np.roll(still, 1, axis=0)]), "TYX"))
    >>> found.values["drift"], bool((found.result.array()[1] == still).all())
    ([[0.0, 0.0], [-1.0, 0.0]], True)
    """
    _check_series(image, channel)
    drift = _drift(image, channel, reference, upsample_factor, normalization, axes)
    result = empty(image.shape, native(image.dtype))
    time = image.axes.index("T")
    for index, region in each(image, axes):
        moved = scipy.ndimage.shift(floating(region), drift[index[time]], order=order, cval=cval)
        result[index] = restore(moved, result.dtype)
    largest = max(float(np.hypot.reduce(vector)) for vector in drift)
    return Found(image.with_pixels(result), {"drift": [list(vector) for vector in drift], "largest": largest})


def find_shift(reference: Array, moving: Array, upsample_factor: int, normalization: Normalization) -> list[float]:
    """By how many pixels along each axis `moving` must be moved to lie on `reference`; none where one is empty."""
    if not (reference.any() and moving.any()):
        return [0.0] * reference.ndim
    shift, _, _ = ski.registration.phase_cross_correlation(
        reference,
        moving,
        upsample_factor=upsample_factor,
        normalization=None if normalization == "none" else normalization,
    )
    # Adding 0 takes the sign off a zero.
    return [float(step) + 0.0 for step in shift]


def _check_series(image: Image, channel: int) -> None:
    check_axis(image, "T")
    if extra := set(image.axes) - set("TCZYX"):
        raise BadParameter(f"The image has the axis {min(extra)}, in which no drift is known.", "Select one of it.")
    if channel >= image.size("C"):
        raise BadParameter(f"The image has no channel {channel}.", f"It has {image.size('C')}.")


def _drift(
    image: Image, channel: int, reference: str, upsample_factor: int, normalization: Normalization, axes: Region
) -> list[list[float]]:
    """By how much each time point has to be moved back."""
    drift: list[list[float]] = []
    still = moving = np.empty(0)
    for time in range(image.size("T")):
        tick(0.5 * time / image.size("T"))
        still, moving = (still, _frame(image, time, channel, axes))
        if not time:
            still, step = moving, [0.0] * moving.ndim
        else:
            step = find_shift(still, moving, upsample_factor, normalization)
        if reference == "previous" and time:
            step, still = [before + now for before, now in zip(drift[-1], step, strict=True)], moving
        drift.append(step)
    return drift


def _frame(image: Image, time: int, channel: int, axes: Region) -> Array:
    """The channel at one time: a volume, or its maximum projection where `axes` is the plane."""
    places = {"T": time, "C": channel}
    index: Index = tuple(places.get(axis, slice(None)) for axis in image.axes)
    frame = floating(read(image, index))
    return frame.max(axis=0) if axes == "YX" and frame.ndim == 3 else frame
