"""Noise with a seed, to test how robust an analysis is."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from bims_desktop.errors import OperationFailed
from bims_desktop.model.image import Image
from bims_desktop.operations.kinds import Colours
from bims_desktop.operations.regions import Array, Dtype, filtered, floating
from bims_desktop.operations.registry import operation
from bims_desktop.operations.spec import Bounds

Seed = Annotated[int, Bounds(0, 2**53 - 1)]
# Poisson numbers of a greater mean do not fit the generator's integers.
BRIGHTEST = 1e15


@operation(
    title="Add Gaussian noise",
    menu="Simulate",
    sentence="Added Gaussian noise of standard deviation {sigma} to {image}, seed {seed}",
)
def gaussian_noise(
    image: Colours, *, sigma: Annotated[float, Bounds(0, 1e9)] = 1.0, seed: Seed = 0, dtype: Dtype = "input"
) -> Image:
    """Add noise of one strength everywhere, as a camera's electronics do.

    Parameters
    ----------
    image : Image
        Intensity or RGB image with axes from YX to TCZYX.
    sigma : float
        Standard deviation, in intensity.
    seed : int
        The same seed gives the same noise, drawn plane after plane by `numpy.random.default_rng`.
    dtype : {"input", "float32"}
        Type of the result; computed in floating point, rounded half to even and clipped.

    Returns
    -------
    Image
        Same axes and calibration.

    Raises
    ------
    OperationFailed
        A pixel is NaN or infinite.

    References
    ----------
    `numpy.random.Generator.normal`.

    Examples
    --------
    >>> flat = Image(np.full((50, 50), 100.0), "YX")
    >>> gaussian_noise(flat, sigma=5.0, seed=1).array().std().round()
    np.float64(5.0)
    """
    generator = np.random.default_rng(seed)

    def noisy(plane: Array) -> Array:
        return floating(plane) + generator.normal(0.0, sigma, plane.shape)

    return filtered(image, noisy, "YX", dtype)


@operation(
    title="Add photon noise",
    menu="Simulate",
    sentence="Added photon noise to {image}, {gain} photons for each unit of intensity, seed {seed}",
)
def poisson_noise(
    image: Colours, *, gain: Annotated[float, Bounds(1e-9, 1e9)] = 1.0, seed: Seed = 0, dtype: Dtype = "input"
) -> Image:
    """Replace intensities by counts of photons that have them as their mean.

    Parameters
    ----------
    image : Image
        Intensity or RGB image without negative pixels.
    gain : float
        Photons for each unit of intensity; fewer photons make more noise.
    seed : int
        The same seed gives the same noise, drawn plane after plane by `numpy.random.default_rng`.
    dtype : {"input", "float32"}
        Type of the result; computed in floating point, rounded half to even and clipped.

    Returns
    -------
    Image
        Same axes and calibration; counts divided by `gain`.

    Raises
    ------
    OperationFailed
        A pixel is negative, NaN, infinite or too bright to count its photons.

    References
    ----------
    `numpy.random.Generator.poisson`.

    Examples
    --------
    >>> flat = Image(np.full((50, 50), 100.0), "YX")
    >>> poisson_noise(flat, seed=1).array().std().round()
    np.float64(10.0)
    """
    generator = np.random.default_rng(seed)

    def noisy(plane: Array) -> Array:
        mean = floating(plane).astype(np.float64) * gain
        if mean.size and not 0 <= mean.min() <= mean.max() <= BRIGHTEST:
            raise OperationFailed("The image has pixels that are no count of photons.", "Clip or rescale it first.")
        return np.asarray(generator.poisson(mean) / gain)

    return filtered(image, noisy, "YX", dtype)
