"""`Opened`: an image and where it came from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bims_desktop.files.acquisition import Acquisition
from bims_desktop.model.image import Image


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """What reading a file gave.

    Parameters
    ----------
    image : Image
        Pixels in the house order of axes, read-only; lazy where they are large.
    acquisition : Acquisition
        What the file says of how the image was taken.
    path : Path
        The file.
    size : int
        Its length in bytes.
    series : int
        Number of the series that was read, from 0.
    notes : tuple of str
        What was assumed or converted, one sentence each.
    count : int
        How many series the file holds.
    damage : tuple of str
        What is missing or damaged beside the pixels that were read, one sentence each.
    """

    image: Image
    acquisition: Acquisition
    path: Path
    size: int
    series: int = 0
    notes: tuple[str, ...] = ()
    count: int = 1
    damage: tuple[str, ...] = ()
