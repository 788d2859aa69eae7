"""Every image format in, told apart by content."""

from __future__ import annotations

import os
from pathlib import Path

from bims_desktop.errors import UnreadableFile
from bims_desktop.files import jpeg, png, tiff
from bims_desktop.files.guard import DEFAULT, Budget, unreadable
from bims_desktop.files.opened import Opened
from bims_desktop.files.series import Series

_HEAD = 8


def read(path: str | os.PathLike[str], *, series: int | None = None, budget: Budget = DEFAULT) -> Opened:
    """The image in a TIFF, PNG or JPEG, whatever its name ends with.

    Parameters
    ----------
    path : path
        The file.
    series : int, optional
        For a TIFF of several: which one; by default the first that has pixels.
    budget : Budget
        Looked at before anything is decoded.

    Returns
    -------
    Opened
        Image with axes in the house order, acquisition metadata, and notes on what was assumed.

    Raises
    ------
    UnreadableFile
        No such file, no such format, truncated, damaged, or without such a series.
    FileTooLarge
        Beyond the budget.

    Examples
    --------
    >>> import tempfile
    >>> name = Path(tempfile.mkdtemp()) / "notes.tif"
    >>> _ = name.write_text("not an image")
    >>> try:
    ...     read(name)
    ... except UnreadableFile as error:
    ...     print(error.what)
    notes.tif is not a TIFF, PNG or JPEG.
    """
    path = Path(path)
    head = _head(path)
    if head.startswith(tiff.MAGIC):
        return tiff.read_tiff(path, series=series, budget=budget)
    if series not in (None, 0):
        raise UnreadableFile(f"{path.name} holds no series {series} (it has 1).", "Choose another file or series.")
    if head.startswith(png.MAGIC):
        return png.read_png(path, budget=budget)
    if head.startswith(jpeg.MAGIC):
        return jpeg.read_jpeg(path, budget=budget)
    raise UnreadableFile(f"{path.name} is not a TIFF, PNG or JPEG.", "Convert it to one of these first.")


def series_of(path: str | os.PathLike[str], *, budget: Budget = DEFAULT) -> tuple[Series, ...]:
    """The images in a file, to choose from: number, name, axes, shape and type of samples of each.

    Nothing is decoded of a TIFF; a PNG or JPEG, which holds one image, is read.

    Raises
    ------
    UnreadableFile, FileTooLarge
        It is no image that can be read.

    Examples
    --------
    >>> import tempfile, numpy, tifffile
    >>> name = Path(tempfile.mkdtemp()) / "cells.tif"
    >>> tifffile.imwrite(name, numpy.zeros((3, 4, 5), "uint16"), metadata={"axes": "CYX"}, ome=True)
    >>> series_of(name)
    (Series(number=0, name='Image0', axes='CYX', shape=(3, 4, 5), dtype='uint16'),)
    """
    path = Path(path)
    if _head(path).startswith(tiff.MAGIC):
        return tiff.list_series(path, budget=budget)
    image = read(path, budget=budget).image
    return (Series(0, "", image.axes, image.shape, image.dtype.name),)


def _head(path: Path) -> bytes:
    if path.is_dir():
        raise UnreadableFile(f"{path.name} is a folder, not an image.", "Choose a file in it, or open it as a series.")
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD)
    except OSError as error:
        raise unreadable(path, error) from error
    if not head:
        raise UnreadableFile(f"{path.name} is empty.", "Copy it again from its source.")
    return head


__all__ = ["Opened", "Series", "read", "series_of"]
