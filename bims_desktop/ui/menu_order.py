"""`place_of`: the order of the menus of operations, in the menu bar as in the list of the panel."""

from __future__ import annotations

_ORDER = ("Filters", "Intensity", "Segmentation", "Morphology", "Measure", "Geometry", "Registration", "Arithmetic")
"""As work goes on; what is needed less often comes after."""


def place_of(path: str) -> int:
    """The place of the menu `path` among the menus.

    Examples
    --------
    >>> sorted(["Simulate", "Measure", "Filters/Denoise"], key=place_of)
    ['Filters/Denoise', 'Measure', 'Simulate']
    """
    first = path.split("/")[0]
    return _ORDER.index(first) if first in _ORDER else len(_ORDER)
