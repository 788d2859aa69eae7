"""Intensity along a line."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
import skimage as ski

from bims_desktop.errors import BadParameter
from bims_desktop.model.table import Table
from bims_desktop.operations.kinds import Intensity
from bims_desktop.operations.regions import Array, Index, widened
from bims_desktop.operations.registry import operation
from bims_desktop.operations.rows import gathered
from bims_desktop.operations.spacing import spacing, unit
from bims_desktop.operations.spec import Bounds, Found

Place = Annotated[float, Bounds(0, 10_000_000, "px")]


@operation(
    title="Line profile",
    menu="Measure",
    sentence="Measured {image} along the line from Y {src_y}, X {src_x} to Y {dst_y}, X {dst_x}, {points} points",
)
def profile_line(
    image: Intensity,
    *,
    src_y: Place = 0.0,
    src_x: Place = 0.0,
    dst_y: Place = 0.0,
    dst_x: Place = 1.0,
    linewidth: Annotated[int, Bounds(1, 10_000, "px")] = 1,
    order: Literal[0, 1, 3] = 1,
) -> Found:
    """Intensity along a line in each plane, averaged across its width.

    Parameters
    ----------
    image : Image
        Intensity image with axes from YX to TCZYX.
    src_y, src_x : float
        Where the line starts, in pixels.
    dst_y, dst_x : float
        Where it ends, included.
    linewidth : int
        Across which intensities are averaged, in pixels.
    order : {0, 1, 3}
        Of the spline between pixels: 0 nearest, 1 linear, 3 cubic.

    Returns
    -------
    Found
        A `Table`, one row a point, a pixel apart: an index column for each of T, C, Z,
        ``distance`` from the start, in the unit of the plane where Y and X have one, and
        ``intensity``; ``points``, how many rows.

    Raises
    ------
    BadParameter
        The line has no length, leaves the image, or Y and X have different units.

    References
    ----------
    `skimage.measure.profile_line`.

    Examples
    --------
    >>> from bims_desktop.model.image import Image
    >>> ramp = Image(np.arange(5, dtype=np.uint8).reshape(1, 5), "YX", (0.5, 0.5), ("µm", "µm"))
    >>> table = profile_line(ramp, dst_x=4.0).result
    >>> table.columns["intensity"].tolist(), table.columns["distance"].tolist(), table.units["distance"]
    ([0.0, 1.0, 2.0, 3.0, 4.0], [0.0, 0.5, 1.0, 1.5, 2.0], 'µm')
    """
    src, dst = np.array([src_y, src_x]), np.array([dst_y, dst_x])
    last = np.array([image.size("Y") - 1, image.size("X") - 1])
    if (src == dst).all() or (src > last).any() or (dst > last).any():
        raise BadParameter(
            f"The line from Y {src_y:g}, X {src_x:g} to Y {dst_y:g}, X {dst_x:g} has no length or leaves the image.",
            f"Y ends at {last[0]}, X at {last[1]}.",
        )
    length = float(np.linalg.norm((dst - src) * spacing(image, "YX")))

    def measure(index: Index, plane: Array) -> dict[str, Array]:
        values = np.asarray(ski.measure.profile_line(widened(plane), src, dst, linewidth, order))
        return {"distance": np.linspace(0, length, len(values)), "intensity": values.astype(np.float64)}

    table = Table(gathered(image, "YX", measure), {"distance": unit(image, "YX")})
    return Found(table, {"points": table.rows})
