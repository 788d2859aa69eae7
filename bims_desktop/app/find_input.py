"""Find an input by its digest: the name and the place it had are hints."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple

from bims_desktop.app.home import Home
from bims_desktop.app.opening import with_digest
from bims_desktop.app.origin import Origin, origin_of
from bims_desktop.errors import FileChanged, FileError, MissingInput, ReplayStopped, UnreadableFile
from bims_desktop.files.opened import Opened
from bims_desktop.files.readers import read
from bims_desktop.files.whole import whole_digest
from bims_desktop.macro import plugin
from bims_desktop.macro.plan import Step
from bims_desktop.model.digest import pixel_digest
from bims_desktop.model.image import Image

MOST_LOOKED_AT = 100_000
"""Names in all folders together."""
MOST_READ = 64
"""Files of the right size that are read."""


class FoundInput(NamedTuple):
    """Where an input lies, and what it holds; `origin` where a reader of somebody else read it, else `opened`."""

    path: Path
    image: Image
    series: int
    origin: Origin | None = None
    opened: Opened | None = None


@dataclass(frozen=True, slots=True)
class Search:
    """Where inputs are looked for, and what may run for it.

    Parameters
    ----------
    home : Home
        Remembers where pixels were seen.
    near : sequence of Path
        Folders of which the files themselves are looked at.
    below : sequence of Path
        Folders of which everything below them is looked at too.
    trust : collection of str
        Packages whose readers may run.
    """

    home: Home
    near: Sequence[Path] = ()
    below: Sequence[Path] = ()
    trust: Collection[str] = ()

    def find(self, step: Step, size: int = -1) -> FoundInput:
        """The file of a load step: by its name in the folders, where it was seen, or by its size and digest.

        All of what lies below the folders that were named comes first; a file of the recorded name comes before
        others with the same pixels.

        Parameters
        ----------
        step : Step
            Says the digest, which decides, and the name.
        size : int
            Of the file, where a record tells it; a file of another name needs to have this size.

        Raises
        ------
        FileChanged
            There is a file of that name, with other pixels.
        MissingInput
            There is none.
        NotTrusted, ReplayStopped
            There is one, and it takes a reader that may not run, or that failed.
        """
        changed = None
        for place in dict.fromkeys(self._places(step, size)):
            try:
                found = matching(place, step, self.trust)
            except FileError:
                found = None
            if found is not None:
                self.home.remember_input(str(step.parameters["digest"]), place)
                return found
            changed = changed or (place if place.name == step.parameters["name"] else None)
        if changed:
            raise FileChanged(
                f"{changed.name} is there, but its pixels are not those of the input {step.name}.",
                "Say where the original lies now.",
                name=step.name,
            )
        raise MissingInput(
            f"The input {step.parameters['name']} cannot be found.",
            "Say where it lies now.",
            name=step.name,
        )

    def _places(self, step: Step, size: int) -> Iterator[Path]:
        """Folders that somebody named come first; of equal pixels, files of the recorded name do."""
        name = Path(str(step.parameters["name"])).name
        seen = sorted(self.home.seen_inputs(str(step.parameters["digest"])), key=lambda one: one.path.name != name)
        sizes = {size, *(one.size for one in seen)} - {-1}

        def fitting(files: Sequence[os.DirEntry[str]]) -> list[Path]:
            of_size = (entry for entry in files if entry.name != name and _size(entry) in sizes)
            return [Path(entry) for entry in chain((entry for entry in files if entry.name == name), of_size)]

        yield from _named(self.below, name)
        deep = list(islice(_files(self.below, deep=True), MOST_LOOKED_AT))
        read = fitting(deep)[:MOST_READ]
        yield from read
        yield from _named(self.near, name)
        yield from (one.path for one in seen if _is_there(one.path))
        beside = list(islice(_files(self.near, deep=False), MOST_LOOKED_AT - len(deep)))
        yield from fitting(beside)[: MOST_READ - len(read)]


def matching(path: Path, step: Step, trust: Collection[str] = ()) -> FoundInput | None:
    """The image in the file at `path` that a load step means; None where it holds others.

    Raises
    ------
    UnreadableFile, FileTooLarge
        It is no image that can be read.
    NotTrusted
        The bytes are the recorded ones, and take a reader that may not run.
    ReplayStopped
        That reader failed, or makes other pixels of them now.
    """
    digest, origin = str(step.parameters["digest"]), origin_of(step)
    if origin is None or whole_digest(path) != origin.file:
        found = with_digest(path, digest, step.found.get("series"))
        return FoundInput(path, found.image, found.series, opened=found) if found else None
    image = _foreign(path, step, origin, trust)
    if pixel_digest(image) != digest:
        raise ReplayStopped(
            f"The reader {origin.reader} makes other pixels of {path.name} than {origin.name} did.",
            f"Install {origin.name}.",
        )
    return FoundInput(path, image, 0, origin)


def substitute(path: Path, step: Step, series: int | None = None, trust: Collection[str] = ()) -> FoundInput:
    """The image in another file, to stand for the input of a load step; by its reader where we have none.

    Raises
    ------
    UnreadableFile, FileTooLarge
        It is no image that can be read, or has no such series.
    NotTrusted, ReplayStopped
        It takes the reader of the recorded input, which may not run, or failed.
    """
    origin = origin_of(step)
    try:
        found = read(path, series=series)
    except UnreadableFile:
        if origin is None:
            raise
        image = _foreign(path, step, origin, trust)
        package = plugin.brings(origin.reader) or origin.package
        return FoundInput(path, image, 0, replace(origin, file=whole_digest(path), package=package))
    return FoundInput(path, found.image, found.series, opened=found)


def _foreign(path: Path, step: Step, origin: Origin, trust: Collection[str]) -> Image:
    plugin.check_reader(step.name, origin.reader, trust)
    return plugin.read(step.name, path, origin.reader, origin.layer)


def _named(folders: Sequence[Path], name: str) -> Iterator[Path]:
    """The file `name` itself, where it is there; a macro may name what is no file."""
    return (folder / name for folder in folders if name not in ("", "..") and _is_there(folder / name))


def _files(folders: Sequence[Path], *, deep: bool) -> Iterator[os.DirEntry[str]]:
    """What lies in `folders`, in the order of names; a folder that cannot be read holds nothing."""
    for folder in folders:
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError:
            continue
        yield from entries
        inner = [Path(entry) for entry in entries if entry.is_dir(follow_symlinks=False)] if deep else []
        yield from _files(inner, deep=deep)


def _size(entry: os.DirEntry[str]) -> int:
    try:
        return entry.stat().st_size if entry.is_file() else -1
    except OSError:
        return -1


def _is_there(place: Path) -> bool:
    """Whether something is there; a name from a macro may be longer than any file's."""
    try:
        return place.exists()
    except OSError:
        return False
