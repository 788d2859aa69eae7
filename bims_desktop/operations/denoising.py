"""Denoising that keeps edges: bilateral, total variation, non-local means."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal

import numpy as np
import scipy
import skimage as ski

from bims_desktop.errors import OperationFailed
from bims_desktop.model.image import Image
from bims_desktop.operations.kinds import Colours
from bims_desktop.operations.regions import Array, Dtype, Region, floating, one, output_dtype, read, regions, restore
from bims_desktop.operations.registry import operation
from bims_desktop.operations.running import empty, stretch, tick
from bims_desktop.operations.spec import Bounds, Found, IfNone
from bims_desktop.operations.total_variation import flattened

Strength = Annotated[float, Bounds(0)] | None


@operation(
    title="Bilateral filter",
    menu="Filters/Denoise",
    sentence="Smoothed {image} by a bilateral filter, sigma {sigma_spatial} px and {sigma_color} in intensity",
)
def denoise_bilateral(
    image: Colours,
    *,
    sigma_color: Annotated[Strength, IfNone("plane's SD")] = None,
    sigma_spatial: Annotated[float, Bounds(0.1, 50, "px")] = 1.0,
    bins: Annotated[int, Bounds(2, 1_000_000)] = 10_000,
    mode: Literal["edge", "symmetric", "reflect", "wrap"] = "edge",
    dtype: Dtype = "input",
) -> Found:
    """Average near pixels of similar intensity; each plane alone.

    Parameters
    ----------
    image : Image
        Intensity or RGB image with axes from YX to TCZYX.
    sigma_color : float, optional
        Standard deviation in intensity: how unlike pixels may be; that of the plane if not given.
    sigma_spatial : float
        Standard deviation in space, in pixels.
    bins : int
        Steps in which weights of intensity are tabulated.
    mode : str
        How the borders are filled.
    dtype : {"input", "float32"}
        Type of the result; computed in floating point, the value range is preserved.

    Returns
    -------
    Found
        Same axes and calibration; ``sigma_color``, as used, or a list with one a plane.

    Raises
    ------
    OperationFailed
        A pixel is NaN or infinite.

    References
    ----------
    `skimage.restoration.denoise_bilateral`, whose borders are zero where these are filled;
    C. Tomasi and R. Manduchi (1998), Proc. ICCV, 839-846.

    Examples
    --------
    >>> step = Image(np.array([[0, 0, 9, 9]] * 4, np.float32), "YX")
    >>> denoise_bilateral(step, sigma_color=0.5).result.array()[0].round(3).tolist()
    [0.0, 0.0, 9.0, 9.0]
    """

    def smooth(plane: Array, sigma: float) -> Array:
        # The table of weights starts at zero, so that negative values would fall off it.
        low = min(plane.min(initial=0), 0)
        smoothed = ski.restoration.denoise_bilateral(
            plane - low, sigma_color=sigma, sigma_spatial=sigma_spatial, bins=bins, mode=mode
        )
        return np.asarray(low + smoothed)

    return _denoised(image, "sigma_color", sigma_color, lambda plane: float(plane.std()), smooth, "YX", dtype)


@operation(
    title="Total variation denoising",
    menu="Filters/Denoise",
    sentence="Denoised {image} by total variation, weight {weight}",
)
def denoise_tv_chambolle(
    image: Colours,
    *,
    weight: Annotated[Strength, IfNone("the noise")] = None,
    eps: Annotated[float, Bounds(1e-12, 1)] = 2e-4,
    max_num_iter: Annotated[int, Bounds(1, 10_000)] = 200,
    axes: Region = "YX",
    dtype: Dtype = "input",
) -> Found:
    """Flatten noise between edges by minimizing the total variation.

    Parameters
    ----------
    image : Image
        Intensity or RGB image with axes from YX to TCZYX.
    weight : float, optional
        How strongly to denoise, in intensity; the noise estimated in each region if not given.
    eps : float
        The iteration ends where the cost changes by less than this fraction of its first value.
    max_num_iter : int
        Most iterations.
    axes : {"YX", "ZYX"}
        Each plane alone, or each volume.
    dtype : {"input", "float32"}
        Type of the result; computed in floating point, the value range is preserved.

    Returns
    -------
    Found
        Same axes and calibration; ``weight``, as used, or a list with one a region.

    Raises
    ------
    OperationFailed
        A pixel is NaN or infinite, or a plane is too small to estimate its noise.

    References
    ----------
    `skimage.restoration.denoise_tv_chambolle` of the values as they are; A. Chambolle (2004),
    J. Math. Imaging Vis. 20, 89-97. The estimate: J. Immerkær (1996), Comput. Vis. Image
    Underst. 64, 300-302.

    Examples
    --------
    >>> flat = denoise_tv_chambolle(Image(np.array([[0, 2] * 4] * 8, np.float32), "YX"), weight=9.0)
    >>> float(np.ptp(flat.result.array())) < 0.1
    True
    """

    def smooth(region: Array, strength: float) -> Array:
        return flattened(region, strength, eps, max_num_iter)

    return _denoised(image, "weight", weight, estimate_noise, smooth, axes, dtype)


@operation(
    title="Non-local means denoising",
    menu="Filters/Denoise",
    sentence="Denoised {image} by non-local means, patches of {patch_size} px within {patch_distance} px, h {h}",
)
def denoise_nl_means(
    image: Colours,
    *,
    patch_size: Annotated[int, Bounds(1, 31, "px")] = 7,
    patch_distance: Annotated[int, Bounds(1, 51, "px")] = 11,
    h: Annotated[Strength, IfNone("0.8 × noise")] = None,
    fast_mode: bool = True,
    sigma: Annotated[float, Bounds(0)] = 0.0,
    axes: Region = "YX",
    dtype: Dtype = "input",
) -> Found:
    """Average pixels whose surroundings look alike, wherever they lie nearby.

    Parameters
    ----------
    image : Image
        Intensity or RGB image with axes from YX to TCZYX.
    patch_size : int
        Side of the surroundings that are compared, in pixels.
    patch_distance : int
        How far away like pixels are looked for, in pixels.
    h : float, optional
        How unlike surroundings may be, in intensity; 0.8 times the noise estimated in each
        region if not given.
    fast_mode : bool
        Whether all pixels of the surroundings weigh the same.
    sigma : float
        Standard deviation of the noise, in intensity; 0 if not known.
    axes : {"YX", "ZYX"}
        Each plane alone, or each volume.
    dtype : {"input", "float32"}
        Type of the result; computed in floating point, the value range is preserved.

    Returns
    -------
    Found
        Same axes and calibration; ``h``, as used, or a list with one a region.

    Raises
    ------
    OperationFailed
        A pixel is NaN or infinite, or a plane is too small to estimate its noise.

    References
    ----------
    `skimage.restoration.denoise_nl_means` with ``preserve_range=True``; A. Buades, B. Coll and
    J.-M. Morel (2005), Proc. CVPR 2, 60-65. The estimate: J. Immerkær (1996), Comput. Vis. Image
    Underst. 64, 300-302.

    Examples
    --------
    >>> noisy = np.random.default_rng(0).normal(100, 5, (32, 32))
    >>> denoise_nl_means(Image(noisy, "YX")).result.array().std() < 4
    np.True_
    """

    def smooth(region: Array, strength: float) -> Array:
        return np.asarray(
            ski.restoration.denoise_nl_means(
                region, patch_size, patch_distance, strength, fast_mode, sigma, preserve_range=True
            )
        )

    return _denoised(image, "h", h, lambda region: 0.8 * estimate_noise(region), smooth, axes, dtype)


def estimate_noise(region: Array) -> float:
    """Standard deviation of white noise in a plane, or the mean over those of a volume.

    Raises
    ------
    OperationFailed
        The planes are smaller than 3 x 3 pixels.

    Examples
    --------
    >>> round(estimate_noise(np.random.default_rng(0).normal(0, 5, (200, 200))), 1)
    5.0
    """
    if min(region.shape[-2:]) < 3:
        raise OperationFailed("The image is too small to estimate its noise.", "Give the strength yourself.")
    second = np.array([1.0, -2.0, 1.0])
    planes = region.reshape(-1, *region.shape[-2:])
    inside = [scipy.signal.convolve(plane, np.outer(second, second), "valid", "direct") for plane in planes]
    return float(np.sqrt(np.pi / 2) / 6 * np.mean(np.abs(inside)))


def _denoised(
    image: Image,
    name: str,
    given: float | None,
    estimate: Callable[[Array], float],
    smooth: Callable[[Array, float], Array],
    axes: str,
    dtype: Dtype,
) -> Found:
    """Every region smoothed with the strength given, or with that estimated from it; nothing at strength 0."""
    result = empty(image.shape, output_dtype(image, dtype))
    strengths = []
    indices = list(regions(image, axes))
    for done, index in enumerate(indices):
        with stretch(done / len(indices), (done + 1) / len(indices)):
            tick(0.0)
            values = floating(read(image, index))
            strengths.append(estimate(values) if given is None else given)
            result[index] = restore(smooth(values, strengths[-1]) if strengths[-1] else values, result.dtype)
    return Found(image.with_pixels(result), {name: one(strengths)})
