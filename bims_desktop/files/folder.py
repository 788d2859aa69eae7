"""Folders of images: which of their files are read here, and in which order people count them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from os import PathLike, fspath
from pathlib import Path

from bims_desktop.errors import UnreadableFile

_OURS = (".tif", ".tiff", ".btf", ".tf8", ".lsm", ".png", ".jpg", ".jpeg")
_NUMBER = re.compile(r"(\d+)")


def readable(path: str | PathLike[str]) -> bool:
    """Whether files of this name are read here."""
    return Path(fspath(path)).suffix.lower() in _OURS


def inside(path: Path, fits: Callable[[Path], bool] = readable) -> list[Path]:
    """The images of a folder, or the files that fit otherwise, or `path` alone; a folder with a suffix is an image.

    What a system hides there, such as the companions that macOS leaves, is left out.
    """
    if not path.is_dir() or path.suffix:
        return [path]
    return natural(file for file in path.iterdir() if fits(file) and file.name[0] != "." and file.is_file())


def unfolded(paths: Iterable[Path]) -> list[Path]:
    """`paths` with each folder's images in its place.

    Raises
    ------
    UnreadableFile
        A folder holds none.
    """
    found: list[Path] = []
    for path in paths:
        if not (images := inside(path)):
            raise UnreadableFile(f"The folder {path.name} holds no image.", "Choose one with TIFF, PNG or JPEG files.")
        found += images
    return found


def natural(paths: Iterable[Path]) -> list[Path]:
    """`paths` by name, numbers by their value.

    Examples
    --------
    >>> [path.name for path in natural(map(Path, ("t10.tif", "t9.tif", "T1.tif")))]
    ['T1.tif', 't9.tif', 't10.tif']
    """
    return sorted(paths, key=lambda path: [_rank(part) for part in parts(path.name.casefold())])


def parts(name: str) -> list[str]:
    """Words and numbers of a name in turn, a word first, which may be empty.

    Examples
    --------
    >>> parts("cell_t10")
    ['cell_t', '10', '']
    """
    return _NUMBER.split(name)


def _rank(part: str) -> tuple[int, str]:
    return (int(part), "") if part.isdecimal() else (-1, part)
