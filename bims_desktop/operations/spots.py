"""Spots: bright blobs of unknown size, as a table or as markers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal

import numpy as np
import skimage as ski

from bims_desktop.errors import BadParameter
from bims_desktop.model.image import Image
from bims_desktop.model.table import Table
from bims_desktop.operations.kinds import Intensity
from bims_desktop.operations.regions import Array, Index, Region, each, floating, one, span
from bims_desktop.operations.registry import operation
from bims_desktop.operations.rows import gathered
from bims_desktop.operations.running import zeros
from bims_desktop.operations.spacing import spacing, unit
from bims_desktop.operations.spec import Bounds, Found

Sigma = Annotated[float, Bounds(0.1, 1000, "px")]
Share = Annotated[float, Bounds(0, 1)]
Units = Literal["both", "physical", "pixels"]
Response = Annotated[float, Bounds(0)]


@operation(
    title="Find spots (Laplacian of Gaussian)",
    menu="Measure/Spots",
    sentence="Found {spots} spots of sigma {min_sigma} to {max_sigma} px in {image} by the Laplacian of Gaussian",
)
def blob_log(
    image: Intensity,
    *,
    min_sigma: Sigma = 1.0,
    max_sigma: Sigma = 5.0,
    num_sigma: Annotated[int, Bounds(1, 100)] = 5,
    threshold: Response = 0.0,
    threshold_rel: Share = 0.2,
    overlap: Share = 0.5,
    units: Units = "both",
    axes: Region = "ZYX",
) -> Found:
    """Measure where bright spots lie and how wide they are; the most exact way, and the slowest.

    Parameters
    ----------
    image : Image
        Intensity image with axes from YX to TCZYX; bright spots on a dark background.
    min_sigma, max_sigma : float
        Standard deviation of the narrowest and widest spot, in pixels.
    num_sigma : int
        How many widths are tried.
    threshold : float
        Least response, in the intensities of the image.
    threshold_rel : float
        Least response as a share of the strongest in each region; the stricter of the two counts.
    overlap : float
        Of spots that share more than this of their area the smaller goes.
    units : {"both", "physical", "pixels"}
        Positions by the image's calibration and widths both by it and in pixels; positions by it and
        widths in pixels; or all in pixels.
    axes : {"YX", "ZYX"}
        Spots of each plane, or of each volume.

    Returns
    -------
    Found
        A `Table`, one row a spot: an index column for each of T, C, Z that a region does not span,
        ``centroid-0`` and so on, ``sigma`` in pixels, and with both units ``sigma-0`` and so on, what
        these pixels are along each axis; ``spots``, how many.

    Raises
    ------
    BadParameter
        The widest spot is narrower than the narrowest, or the axes have different units.
    OperationFailed
        A pixel is NaN or infinite.

    References
    ----------
    `skimage.feature.blob_log` of the values as they are; T. Lindeberg (1998), Int. J. Comput.
    Vis. 30, 79-116.

    Examples
    --------
    >>> spot = np.zeros((15, 15))
    >>> spot[7, 5] = 100
    >>> blob_log(Image(spot, "YX")).result.columns["centroid-1"].tolist()
    [5.0]
    """
    _check_range(min_sigma, max_sigma)

    def find(region: Array) -> Array:
        return np.asarray(
            ski.feature.blob_log(
                region, min_sigma, max_sigma, num_sigma, threshold, overlap, threshold_rel=threshold_rel
            )
        )

    return _table(image, find, units, axes)


@operation(
    title="Find spots (difference of Gaussians)",
    menu="Measure/Spots",
    sentence="Found {spots} spots of sigma {min_sigma} to {max_sigma} px in {image} by differences of Gaussians",
)
def blob_dog(
    image: Intensity,
    *,
    min_sigma: Sigma = 1.0,
    max_sigma: Sigma = 5.0,
    sigma_ratio: Annotated[float, Bounds(1.01, 10)] = 1.6,
    threshold: Response = 0.0,
    threshold_rel: Share = 0.2,
    overlap: Share = 0.5,
    units: Units = "both",
    axes: Region = "ZYX",
) -> Found:
    """Measure where bright spots lie and how wide they are; faster than the Laplacian, less exact in width.

    Parameters
    ----------
    image : Image
        Intensity image with axes from YX to TCZYX; bright spots on a dark background.
    min_sigma, max_sigma : float
        Standard deviation of the narrowest and widest spot, in pixels.
    sigma_ratio : float
        From one width tried to the next.
    threshold : float
        Least response, in the intensities of the image.
    threshold_rel : float
        Least response as a share of the strongest in each region; the stricter of the two counts.
    overlap : float
        Of spots that share more than this of their area the smaller goes.
    units : {"both", "physical", "pixels"}
        Positions by the image's calibration and widths both by it and in pixels; positions by it and
        widths in pixels; or all in pixels.
    axes : {"YX", "ZYX"}
        Spots of each plane, or of each volume.

    Returns
    -------
    Found
        A `Table`, one row a spot: an index column for each of T, C, Z that a region does not span,
        ``centroid-0`` and so on, ``sigma`` in pixels, and with both units ``sigma-0`` and so on, what
        these pixels are along each axis; ``spots``, how many.

    Raises
    ------
    BadParameter
        The widest spot is narrower than the narrowest, or the axes have different units.
    OperationFailed
        A pixel is NaN or infinite.

    References
    ----------
    `skimage.feature.blob_dog` of the values as they are; D. G. Lowe (2004), Int. J. Comput.
    Vis. 60, 91-110.

    Examples
    --------
    >>> spot = np.zeros((15, 15))
    >>> spot[7, 5] = 100
    >>> blob_dog(Image(spot, "YX")).result.columns["centroid-1"].tolist()
    [5.0]
    """
    _check_range(min_sigma, max_sigma)

    def find(region: Array) -> Array:
        return np.asarray(
            ski.feature.blob_dog(
                region, min_sigma, max_sigma, sigma_ratio, threshold, overlap, threshold_rel=threshold_rel
            )
        )

    return _table(image, find, units, axes)


@operation(
    title="Spots as markers",
    menu="Segmentation/Markers",
    sentence="Marked {spots} spots of sigma {min_sigma} to {max_sigma} px in {image} ({method})",
)
def spot_markers(
    image: Intensity,
    *,
    method: Literal["log", "dog"] = "log",
    min_sigma: Sigma = 1.0,
    max_sigma: Sigma = 5.0,
    threshold: Response = 0.0,
    threshold_rel: Share = 0.2,
    overlap: Share = 0.5,
    axes: Region = "ZYX",
) -> Found:
    """Mark bright spots, each with a number of its own, to be measured or flooded from.

    Parameters
    ----------
    image : Image
        Intensity image with axes from YX to TCZYX; bright spots on a dark background.
    method : {"log", "dog"}
        As `blob_log` with 5 widths, or `blob_dog` with the ratio 1.6.
    min_sigma, max_sigma : float
        Standard deviation of the narrowest and widest spot, in pixels.
    threshold : float
        Least response, in the intensities of the image.
    threshold_rel : float
        Least response as a share of the strongest in each region; the stricter of the two counts.
    overlap : float
        Of spots that share more than this of their area the smaller goes.
    axes : {"YX", "ZYX"}
        Spots of each plane, or of each volume.

    Returns
    -------
    Found
        int32 labels with the same axes and calibration, one pixel each, numbered from 1 in each
        region in the order of the table; ``spots``, how many, one a region.

    Raises
    ------
    BadParameter
        The widest spot is narrower than the narrowest.
    OperationFailed
        A pixel is NaN or infinite.

    References
    ----------
    `skimage.feature.blob_log`, `skimage.feature.blob_dog` of the values as they are.

    Examples
    --------
    >>> spot = np.zeros((15, 15))
    >>> spot[7, 5] = 100
    >>> int(spot_markers(Image(spot, "YX")).result.array()[7, 5])
    1
    """
    _check_range(min_sigma, max_sigma)
    result = zeros(image.shape, np.int32)
    counts = []
    for index, region in each(image, axes):
        values = floating(region)
        if method == "log":
            found = ski.feature.blob_log(
                values, min_sigma, max_sigma, 5, threshold, overlap, threshold_rel=threshold_rel
            )
        else:
            found = ski.feature.blob_dog(
                values, min_sigma, max_sigma, 1.6, threshold, overlap, threshold_rel=threshold_rel
            )
        places = found[:, :-1].astype(np.intp)
        result[index][tuple(places.T)] = np.arange(1, len(places) + 1)
        counts.append(len(places))
    return Found(image.with_pixels(result, "labels"), {"spots": one(counts)})


def _check_range(min_sigma: float, max_sigma: float) -> None:
    if max_sigma < min_sigma:
        raise BadParameter(f"max_sigma {max_sigma} is less than min_sigma {min_sigma}.", "Exchange them.")


def _table(image: Image, find: Callable[[Array], Array], units: Units, axes: Region) -> Found:
    ndim = len(span(image, axes))
    steps = (1.0,) * ndim if units == "pixels" else spacing(image, axes)
    length = "px" if units == "pixels" else unit(image, axes)

    def measure(index: Index, region: Array) -> dict[str, Array]:
        found = find(floating(region)).astype(np.float64)
        columns = {f"centroid-{n}": found[:, n] * step for n, step in enumerate(steps)} | {"sigma": found[:, -1]}
        widths = {f"sigma-{n}": found[:, -1] * step for n, step in enumerate(steps)} if units == "both" else {}
        return columns | widths

    columns = gathered(image, axes, measure)
    table = Table(columns, {name: length for name in columns if "-" in name} | {"sigma": "px"})
    return Found(table, {"spots": table.rows})
