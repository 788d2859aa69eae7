"""Deconvolution."""

from __future__ import annotations

from typing import Annotated

import numpy as np
import scipy

from bims_desktop.errors import BadParameter, OperationFailed
from bims_desktop.model.image import Image
from bims_desktop.operations.kinds import Intensity
from bims_desktop.operations.regions import Array, Dtype, Region, filtered, floating, read, span
from bims_desktop.operations.registry import operation
from bims_desktop.operations.running import tick
from bims_desktop.operations.spec import Bounds, IfNone

# What scikit-image adds so that nothing is divided by 0.
TINY = 1e-12


@operation(
    title="Richardson-Lucy deconvolution",
    menu="Deconvolution",
    sentence="Deconvolved {image} with {psf} by {num_iter} iterations of Richardson and Lucy",
)
def richardson_lucy(
    image: Intensity,
    psf: Intensity,
    *,
    num_iter: Annotated[int, Bounds(1, 10_000)] = 20,
    filter_epsilon: Annotated[float, Bounds(0), IfNone("no limit")] | None = None,
    axes: Region = "ZYX",
    dtype: Dtype = "float32",
) -> Image:
    """Undo the blur of the microscope, as far as noise lets one.

    Parameters
    ----------
    image : Image
        Intensity image without negative pixels, its background subtracted.
    psf : Image
        The image of a point in the middle, measured, or by `widefield_psf` and the like: a plane for planes, a
        volume for volumes, of the same pixel size. It is divided by its sum.
    num_iter : int
        Iterations; more sharpen more, noise too.
    filter_epsilon : float, optional
        Estimates below this are set to 0 before dividing by them.
    axes : {"YX", "ZYX"}
        Each plane alone, or each volume.
    dtype : {"input", "float32"}
        Type of the result; computed in float64, the sum of values is kept but at the borders,
        beyond which everything counts as dark.

    Returns
    -------
    Image
        Same axes and calibration.

    Raises
    ------
    BadParameter
        `psf` has not the axes of a region, or another pixel size.
    OperationFailed
        A pixel is NaN, infinite or negative, or the function is empty.

    References
    ----------
    `skimage.restoration.richardson_lucy` with ``clip=False``; W. H. Richardson (1972), J. Opt. Soc.
    Am. 62, 55-59; L. B. Lucy (1974), Astron. J. 79, 745-754.

    Examples
    --------
    >>> blurred = np.zeros((9, 9))
    >>> blurred[3:6, 3:6] = 1.0
    >>> sharp = richardson_lucy(Image(blurred, "YX"), Image(np.ones((3, 3)), "YX"))
    >>> bool(sharp.array()[4, 4] > 5)
    True
    """
    _check_fits(image, psf, axes)
    point = floating(read(psf, (slice(None),) * psf.ndim)).astype(np.float64)
    if point.min(initial=0) < 0 or point.sum() <= 0:
        raise OperationFailed("The point-spread function is empty or negative.", "Subtract its background first.")
    point = point / point.sum()

    def sharpened(region: Array) -> Array:
        values = floating(region).astype(np.float64)
        if values.min(initial=0) < 0:
            raise OperationFailed("The image has negative pixels, which no light makes.", "Clip it at 0 first.")
        return _deconvolved(values, point, num_iter, filter_epsilon or 0.0)

    return filtered(image, sharpened, axes, dtype)


def _deconvolved(values: Array, point: Array, num_iter: int, filter_epsilon: float) -> Array:
    """As scikit-image computes it, to the last bit, but that it can be stopped between iterations."""
    estimate, mirrored = np.full(values.shape, 0.5), np.flip(point)
    for number in range(num_iter):
        tick(number / num_iter)
        blurred = scipy.signal.convolve(estimate, point, mode="same") + TINY
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.where(blurred < filter_epsilon, 0, values / blurred) if filter_epsilon else values / blurred
        estimate *= scipy.signal.convolve(ratio, mirrored, mode="same")
    return estimate


def _check_fits(image: Image, psf: Image, axes: Region) -> None:
    wanted = span(image, axes)
    if psf.axes != wanted:
        raise BadParameter(
            f"The point-spread function has the axes {psf.axes}, not {wanted}.",
            "Make it from one of these axes, or set the parameter axes.",
        )
    for axis in wanted:
        same = abs(psf.scale_of(axis) - image.scale_of(axis)) <= 0.01 * image.scale_of(axis)
        if psf.unit_of(axis) and image.unit_of(axis) and (psf.unit_of(axis) != image.unit_of(axis) or not same):
            raise BadParameter(f"The point-spread function has another pixel size along {axis}.", "Resize it first.")
