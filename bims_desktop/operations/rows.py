"""Tables over regions: what is measured of each, after columns that say where it lies."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from bims_desktop.model.image import Image
from bims_desktop.operations.regions import Array, Index, each


def gathered(image: Image, axes: str, measure: Callable[[Index, Array], Mapping[str, Array]]) -> dict[str, Array]:
    """The columns that `measure` gives of every region, one below the other.

    Parameters
    ----------
    image : Image
        Read one region at a time.
    axes : {"YX", "ZYX"}
        What a region spans; each other axis becomes an index column at the left.
    measure : callable
        From a region's index and pixels to columns of one length.
    """
    outside = [place for place, axis in enumerate(image.axes) if axis not in axes]
    parts = []
    for index, region in each(image, axes):
        measured = measure(index, region)
        rows = len(next(iter(measured.values())))
        parts.append({image.axes[place]: np.full(rows, index[place]) for place in outside} | dict(measured))
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
