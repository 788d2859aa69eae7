"""The values that a threshold is found from, and the mask above it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bims_desktop.errors import OperationFailed
from bims_desktop.model.image import Image
from bims_desktop.operations.regions import Array, Region, each, one
from bims_desktop.operations.spec import Found

# Histograms count every integer between the extremes; beyond this the counts fill the memory.
WIDEST = 2**24


def above(image: Image, axes: Region, find: Callable[[Array], float]) -> Found:
    """Mask of what is strictly greater than the threshold found in each region, and the thresholds."""
    mask = np.empty(image.shape, bool)
    thresholds = []
    for index, region in each(image, axes):
        found = find_threshold(region, find)
        np.greater(region, found, out=mask[index])
        thresholds.append(found)
    return Found(image.with_pixels(mask, "mask"), {"threshold": one(thresholds)})


def find_threshold(region: Array, find: Callable[[Array], float]) -> float:
    """What `find` makes of the finite values of a region.

    Raises
    ------
    OperationFailed
        There are none, they are too far apart to be counted, or no threshold comes of them.
    """
    values = finite_values(region)
    if values.dtype.kind in "iu" and int(values.max()) - int(values.min()) >= WIDEST:
        raise OperationFailed("The image's integers are too far apart to be counted.", "Rescale it, or use float32.")
    if values.min() == values.max():
        equal: float = values[0].item()
        return equal
    try:
        found: float = np.asarray(find(values)).item()
    except (ValueError, IndexError) as error:
        raise OperationFailed(f"No threshold was found: {error}.", "Choose other parameters.") from error
    if not np.isfinite(found):
        raise OperationFailed("The threshold came out as no finite number.", "Choose another method.")
    return found


def finite_values(region: Array) -> Array:
    """The finite values of a region, Booleans as 0 and 1.

    Raises
    ------
    OperationFailed
        There are none.
    """
    values = region[np.isfinite(region)] if region.dtype.kind == "f" else region.ravel()
    if not values.size:
        raise OperationFailed("The image has no finite pixel to threshold.", "Look at the image for NaN.")
    return values.astype(np.uint8) if values.dtype.kind == "b" else values
