"""Several files as one series: sorted as people count, and joined by recorded steps."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bims_desktop.errors import BadParameter
from bims_desktop.operations.running import tick

if TYPE_CHECKING:
    from bims_desktop.app.data import Data
    from bims_desktop.app.session import Session

_AT_ONCE = 4
"""Images that the operations take."""
_NUMBER = re.compile(r"(\d+)")


def natural(paths: Iterable[Path]) -> list[Path]:
    """`paths` by name, numbers by their value.

    Examples
    --------
    >>> [path.name for path in natural(map(Path, ("t10.tif", "t9.tif", "T1.tif")))]
    ['T1.tif', 't9.tif', 't10.tif']
    """
    return sorted(paths, key=lambda path: [_rank(part) for part in _NUMBER.split(path.name.casefold())])


def _rank(part: str) -> tuple[int, str]:
    return (int(part), "") if part.isdecimal() else (-1, part)


def alike(images: Sequence[Data], axis: str) -> bool:
    """Whether these can become one series along a new `axis`."""
    looks = {(d.image.axes, d.image.shape, d.image.kind, d.image.scale, d.image.units) for d in images}
    return len(images) > 1 and len(looks) == 1 and axis not in images[0].image.axes


def join(session: Session, images: Sequence[Data], axis: str) -> Data:
    """`images` as one along a new `axis`; they and what lies between go off the layer list, their steps stay.

    Parameters
    ----------
    session : Session
        Where they were opened.
    images : sequence of Data
        Alike in axes, shape, kind and pixel size, in the order of the series.
    axis : {"T", "Z"}
        The new axis.

    Raises
    ------
    BadParameter
        There are fewer than two, or they differ.
    """
    if not alike(images, axis):
        raise BadParameter("These images do not make one series.", "Choose images of one shape and pixel size.")
    used: list[Data] = []
    level, operation = list(images), "stack"
    while len(level) > 1:
        tick(len(used) / (2 * len(images)))
        groups = _groups(level)
        joined = [session.run(operation, *group, axis=axis) if len(group) > 1 else group[0] for group in groups]
        used += [data for group in groups if len(group) > 1 for data in group]
        level, operation = joined, "concatenate"
    for data in used:
        session.remove(data)
    first: Data = level[0]
    return first


def _groups(level: list[Data]) -> list[list[Data]]:
    """Parts of up to four; never one alone, for a plane alone has no axis to be joined along."""
    groups = [level[start : start + _AT_ONCE] for start in range(0, len(level), _AT_ONCE)]
    if len(groups) > 1 and len(groups[-1]) == 1:
        groups[-1].insert(0, groups[-2].pop())
    return groups
