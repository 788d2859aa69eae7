"""Chambolle's projection, iteration by iteration."""

from __future__ import annotations

import numpy as np

from bims_desktop.operations.regions import Array
from bims_desktop.operations.running import tick


def flattened(image: Array, weight: float, eps: float, max_num_iter: int) -> Array:
    """As `skimage.restoration.denoise_tv_chambolle` computes it, to the last bit, but that it can be stopped.

    Parameters
    ----------
    image : array
        Floating-point plane or volume.
    weight : float
        How strongly to denoise, above 0.
    eps : float
        It ends where the cost changes by less than this fraction of its first value.
    max_num_iter : int
        Most iterations.

    References
    ----------
    A. Chambolle (2004), J. Math. Imaging Vis. 20, 89-97.

    Examples
    --------
    >>> flattened(np.array([[0.0, 2.0], [2.0, 0.0]]), 9.0, 2e-4, 200).round(1).tolist()
    [[1.0, 1.0], [1.0, 1.0]]
    """
    field = np.zeros((image.ndim, *image.shape), image.dtype)
    slopes, change, result = np.zeros_like(field), np.zeros_like(image), image
    step = 1.0 / (2.0 * image.ndim)
    first = before = 0.0
    for number in range(max_num_iter):
        tick(number / max_num_iter)
        if number:
            change = _divergence(field)
            result = image + change
        _differences(result, slopes)
        steepness = np.sqrt((slopes**2).sum(axis=0))
        cost = ((change**2).sum() + weight * steepness.sum()) / float(image.size)
        steepness *= step / weight
        steepness += 1.0
        field -= step * slopes
        field /= steepness
        if number and np.abs(before - cost) < eps * first:
            break
        first, before = (first, cost) if number else (cost, cost)
    return result


def _divergence(field: Array) -> Array:
    result = -field.sum(0)
    for axis, along in enumerate(field):
        later, sooner = _neighbours(axis, along.ndim)
        result[later] += along[sooner]
    return np.asarray(result)


def _differences(values: Array, slopes: Array) -> None:
    """Write the first differences along each axis into `slopes`, whose last ones stay 0."""
    for axis in range(values.ndim):
        slopes[axis][_neighbours(axis, values.ndim)[1]] = np.diff(values, axis=axis)


def _neighbours(axis: int, ndim: int) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
    """All but the first, and all but the last along `axis`."""
    before, after = (slice(None),) * axis, (slice(None),) * (ndim - axis - 1)
    return (*before, slice(1, None), *after), (*before, slice(0, -1), *after)
