"""Find an input by its digest: the name it had is a hint."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

from bims_desktop.app.home import Home
from bims_desktop.app.opening import with_digest
from bims_desktop.errors import FileChanged, FileError, MissingInput
from bims_desktop.macro.plan import Step
from bims_desktop.model.image import Image


class FoundInput(NamedTuple):
    """Where an input lies, and what it holds."""

    path: Path
    image: Image
    series: int


def find_input(step: Step, folders: Collection[Path], home: Home) -> FoundInput:
    """The file of a load step, by its digest: under its name in `folders`, or where it was seen before.

    Raises
    ------
    FileChanged
        There is a file of that name, with other pixels.
    MissingInput
        There is none.
    """
    name, digest = str(step.parameters["name"]), step.parameters["digest"]
    seen = home.seen_input(digest)
    places = [folder / Path(name).name for folder in folders] + ([seen] if seen else [])
    changed = None
    for place in places:
        if not _is_file(place):
            continue
        try:
            found = with_digest(place, digest, step.found.get("series"))
        except FileError:
            changed = place
            continue
        if found is not None:
            return FoundInput(place, found.image, found.series)
        changed = place
    if changed:
        raise FileChanged(
            f"{changed.name} is there, but its pixels are not those of the input {step.name}.",
            f"Name the original with --input {step.name}=PATH.",
        )
    raise MissingInput(f"The input {name} cannot be found.", f"Name it with --input {step.name}=PATH.")


def _is_file(place: Path) -> bool:
    """Whether a file is there; a name from a macro may be longer than any file's."""
    try:
        return place.is_file()
    except OSError:
        return False
