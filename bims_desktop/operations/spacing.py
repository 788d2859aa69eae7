"""Physical steps along the axes of a region, and the unit they share."""

from __future__ import annotations

from bims_desktop.errors import BadParameter
from bims_desktop.model.image import Image
from bims_desktop.operations.regions import span

POWERS = {1: "", 2: "²", 3: "³"}
# In nanometres.
LENGTHS = {"m": 1e9, "cm": 1e7, "mm": 1e6, "µm": 1e3, "um": 1e3, "micron": 1e3, "nm": 1.0, "Å": 0.1, "pm": 1e-3}


def spacing(image: Image, axes: str) -> tuple[float, ...]:
    """Step along each axis of a region over `axes`, in the unit that they share.

    Raises
    ------
    BadParameter
        The axes have different units.

    Examples
    --------
    >>> import numpy as np
    >>> spacing(Image(np.zeros((2, 3, 4)), "ZYX", (2.0, 0.5, 0.5), ("µm",) * 3), "ZYX")
    (2.0, 0.5, 0.5)
    """
    unit(image, axes)
    return tuple(image.scale_of(axis) for axis in span(image, axes))


def unit(image: Image, axes: str, power: int = 1) -> str:
    """The unit of a length, area or volume in a region; ``px`` where the image has none.

    Raises
    ------
    BadParameter
        The axes have different units.
    """
    units = {image.unit_of(axis) for axis in span(image, axes)}
    if len(units) > 1:
        raise BadParameter(
            f"The axes {span(image, axes)} have different units: {', '.join(sorted(units))}.", "Measure in pixels."
        )
    return f"{units.pop() or 'px'}{POWERS[power]}"
