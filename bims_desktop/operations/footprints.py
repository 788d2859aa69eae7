"""The one convention for neighbourhoods: a shape and a radius in pixels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import skimage as ski

Footprint = Literal["disk", "square", "diamond"]
Border = Literal["reflect", "nearest", "mirror", "wrap", "ignore"]


def footprint_array(footprint: Footprint, radius: int, ndim: int) -> np.ndarray[Any, Any]:
    """The neighbourhood as scikit-image takes it, of side ``2 * radius + 1``.

    Parameters
    ----------
    footprint : {"disk", "square", "diamond"}
        In a plane; in a volume a ball, a cube and an octahedron.
    radius : int
        In pixels, from the centre, which does not count.
    ndim : {2, 3}
        Dimensions of the region.

    Examples
    --------
    >>> footprint_array("disk", 1, 2)
    array([[0, 1, 0],
           [1, 1, 1],
           [0, 1, 0]], dtype=uint8)
    """
    if footprint == "square":
        return np.ones((2 * radius + 1,) * ndim, np.uint8)
    shapes: dict[tuple[str, int], Callable[[int], Any]] = {
        ("disk", 2): ski.morphology.disk,
        ("disk", 3): ski.morphology.ball,
        ("diamond", 2): ski.morphology.diamond,
        ("diamond", 3): ski.morphology.octahedron,
    }
    return np.asarray(shapes[footprint, ndim](radius))
