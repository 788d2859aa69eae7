"""Grey levels, pixel by pixel: gamma, limits, dtype, NaN."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np

from bims_desktop.errors import BadParameter, OperationFailed
from bims_desktop.model.image import Image
from bims_desktop.operations.kinds import Colours, Intensity
from bims_desktop.operations.regions import Array, Dtype, each, filtered, fit, floating, limits, native, restore
from bims_desktop.operations.registry import operation
from bims_desktop.operations.running import empty
from bims_desktop.operations.spec import Bounds, Found, IfNone

Limit = Annotated[float, IfNone("no limit")] | None
Target = Literal["uint8", "uint16", "int16", "int32", "uint32", "float32", "float64"]


@operation(
    title="Gamma",
    menu="Intensity",
    sentence="Adjusted {image} by gamma {gamma}, gain {gain}",
    halo="0",
)
def adjust_gamma(
    image: Colours,
    *,
    gamma: Annotated[float, Bounds(0, 100)] = 1.0,
    gain: Annotated[float, Bounds(0, 1e9)] = 1.0,
    dtype: Dtype = "input",
) -> Image:
    """Brighten (gamma below 1) or darken (above 1) the middle of the range.

    Parameters
    ----------
    image : Image
        Intensity or RGB image without negative pixels.
    gamma : float
        Exponent, on values from 0 to 1: integers by the greatest value of their type,
        floating-point values as they are.
    gain : float
        Factor on the result.
    dtype : {"input", "float32"}
        Type of the result; computed in floating point, rounded half to even and clipped.

    Returns
    -------
    Image
        Same axes and calibration.

    Raises
    ------
    OperationFailed
        A pixel is negative, NaN or infinite.

    References
    ----------
    `skimage.exposure.adjust_gamma`, which truncates where this rounds.

    Examples
    --------
    >>> adjust_gamma(Image(np.array([[0, 64, 255]], np.uint8), "YX"), gamma=0.5).array().tolist()
    [[0, 128, 255]]
    """
    top = limits(native(image.dtype))[1] if image.dtype.kind in "biu" else 1

    def adjusted(region: Array) -> Array:
        values = floating(region)
        if values.min(initial=0) < 0:
            raise OperationFailed("The image has negative pixels, which have no gamma.", "Clip it at 0 first.")
        return np.asarray((values / top) ** gamma * top * gain)

    return filtered(image, adjusted, "YX", dtype)


@operation(
    title="Clip",
    menu="Intensity",
    sentence="Clipped {image} to {a_min} ... {a_max} ({clipped} pixels)",
    halo="0",
)
def clip(image: Colours, *, a_min: Limit = 0.0, a_max: Limit = None) -> Found:
    """Set what lies below or above a limit to that limit.

    Parameters
    ----------
    image : Image
        Intensity or RGB image; NaN stays.
    a_min : float, optional
        Least value; no limit if not given.
    a_max : float, optional
        Greatest value; no limit if not given.

    Returns
    -------
    Found
        Same axes, dtype and calibration; limits of integers are rounded half to even.
        ``clipped``, the number of pixels outside.

    Raises
    ------
    BadParameter
        Neither limit is given, or the greatest is less than the least.

    References
    ----------
    `numpy.clip`.

    Examples
    --------
    >>> found = clip(Image(np.array([[-2.0, 0.5, 3.0]]), "YX"), a_max=1.0)
    >>> found.result.array().tolist(), found.values["clipped"]
    ([[0.0, 0.5, 1.0]], 2)
    """
    if a_min is None and a_max is None:
        raise BadParameter("No limit was given.", "Give the least value, the greatest, or both.")
    # As float64, which holds limits that float32 does not.
    low, high = np.float64(-np.inf if a_min is None else a_min), np.float64(np.inf if a_max is None else a_max)
    if high < low:
        raise BadParameter(f"a_max {high:g} is less than a_min {low:g}.", "Exchange them.")
    result = empty(image.shape, native(image.dtype))
    clipped = 0
    for index, region in each(image, "YX"):
        outside = (region < low) | (region > high)
        clipped += int(np.count_nonzero(outside))
        limited = np.where(outside, np.where(region < low, low, high), 0)
        result[index] = np.where(outside, restore(limited, result.dtype), region)
    return Found(image.with_pixels(result), {"clipped": clipped})


@operation(
    title="Convert type",
    menu="Intensity",
    sentence="Converted {image} to {dtype} ({clipped} pixels did not fit)",
    halo="0",
)
def astype(image: Image, *, dtype: Target = "float32") -> Found:
    """The same values in another type; to fill its range, rescale the intensity.

    Parameters
    ----------
    image : Image
        Any image; labels become intensities, a mask 0 and 1.
    dtype : str
        Type of the result. Floating-point values are rounded half to even, and what does not fit
        an integer type is clipped to it; NaN becomes 0. float32 holds integers up to 16777216.

    Returns
    -------
    Found
        Intensity or RGB image of the same axes and calibration; ``clipped``, the number of pixels
        that did not fit.

    References
    ----------
    `numpy.ndarray.astype`, which wraps and truncates where this clips and rounds.

    Examples
    --------
    >>> found = astype(Image(np.array([[-1.0, 0.5, 1.5, 300.0]]), "YX"), dtype="uint8")
    >>> found.result.array().tolist(), found.values["clipped"]
    ([[0, 0, 2, 255]], 2)
    """
    result = empty(image.shape, dtype)
    clipped = 0
    for index, region in each(image, "YX"):
        result[index], beyond = fit(region if region.dtype.kind == "f" else region.astype(np.int64), result.dtype)
        clipped += beyond
    return Found(image.with_pixels(result, "rgb" if image.kind == "rgb" else "intensity"), {"clipped": clipped})


@operation(
    title="Replace NaN and infinity",
    menu="Intensity",
    sentence="Replaced {replaced} pixels of {image} that were no finite numbers",
    halo="0",
)
def nan_to_num(
    image: Colours,
    *,
    nan: float = 0.0,
    posinf: Annotated[float, IfNone("the greatest")] | None = None,
    neginf: Annotated[float, IfNone("the least")] | None = None,
) -> Found:
    """Give every pixel a finite value.

    Parameters
    ----------
    image : Image
        Intensity or RGB image.
    nan : float
        In place of NaN.
    posinf : float, optional
        In place of infinity; the greatest value of the type if not given.
    neginf : float, optional
        In place of minus infinity; the least value of the type if not given.

    Returns
    -------
    Found
        Same axes, dtype and calibration; ``replaced``, the number of pixels replaced.

    References
    ----------
    `numpy.nan_to_num`.

    Examples
    --------
    >>> found = nan_to_num(Image(np.array([[1.0, np.nan, np.inf]]), "YX"), posinf=9.0)
    >>> found.result.array().tolist(), found.values["replaced"]
    ([[1.0, 0.0, 9.0]], 2)
    """
    result = empty(image.shape, native(image.dtype))
    replaced = 0
    for index, region in each(image, "YX"):
        replaced += int(np.count_nonzero(~np.isfinite(region)))
        result[index] = np.nan_to_num(region, nan=nan, posinf=posinf, neginf=neginf)
    return Found(image.with_pixels(result), {"replaced": replaced})


@operation(
    title="Take as labels",
    menu="Segmentation/Labels",
    sentence="Took the values of {image} as labels, {objects} in number",
    halo="0",
)
def as_labels(image: Intensity) -> Found:
    """Integers, of a file that holds labels for instance, as labels of the same numbers.

    Parameters
    ----------
    image : Image
        Intensity image of integers from 0; 0 is background.

    Returns
    -------
    Found
        int32 labels with the same axes and calibration; ``objects``, how many numbers occur.

    Raises
    ------
    BadParameter
        A pixel is no whole number from 0 to 2147483647.

    References
    ----------
    `numpy.ndarray.astype`; labels as `skimage.measure.label` numbers them: one integer an object, 0 outside.

    Examples
    --------
    >>> found = as_labels(Image(np.array([[0, 7, 7, 9]], np.uint16), "YX"))
    >>> found.result.kind, found.values["objects"]
    ('labels', 2)
    """
    result = empty(image.shape, np.int32)
    seen = np.zeros(1, np.int64)
    for index, region in each(image, "YX"):
        whole = region.dtype.kind != "f" or bool((region == np.rint(region)).all())
        if not whole or region.min(initial=0) < 0 or region.max(initial=0) > limits(result.dtype)[1]:
            raise BadParameter("The image has pixels that are no labels.", "Labels are whole numbers from 0.")
        result[index] = region
        seen = np.union1d(seen, result[index])
    return Found(image.with_pixels(result, "labels"), {"objects": int(seen.size - 1)})
