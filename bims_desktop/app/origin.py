"""`Origin`: where pixels came from that a reader of somebody else took out of a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bims_desktop.macro.plan import Step
from bims_desktop.model.canonical import Json
from bims_desktop.provenance.action import Action


@dataclass(frozen=True, slots=True)
class Origin:
    """A reader, and what it was given.

    Parameters
    ----------
    reader : str
        Name of the napari plugin, as its manifest has it.
    package : str
        Distribution and version that brought it; empty where none is known.
    layer : int
        Which of the layers that it gave, from 0.
    file : str
        Digest of the bytes of the file, or of all files in the folder.
    """

    reader: str
    package: str
    layer: int
    file: str

    @property
    def name(self) -> str:
        """The reader as a person knows it, with its version."""
        return self.package or self.reader

    def found(self) -> dict[str, Json]:
        """As the log holds it, beside the package."""
        return {"file": self.file, "layer": self.layer, "reader": self.reader}


def origin_of(step: Step | Action) -> Origin | None:
    """Who read the input of a load step; None where this program did, or nothing is known."""
    return origin_in(step.found, step.package)


def origin_in(found: Mapping[str, Any], package: str) -> Origin | None:
    """The same, from what a log says; what a record of others says in another way is nothing that is known."""
    match found:
        case {"reader": str(reader), "layer": int(layer), "file": str(file)} if layer >= 0:
            return Origin(reader, package, layer, file)
    return None


def package_of(step: Step) -> str:
    """What has to be trusted before `step` runs: the package of a function, a reader; empty where nothing."""
    if step.operation == "call":
        return str(step.parameters["function"]).partition(".")[0]
    origin = origin_of(step) if step.operation == "load" else None
    return origin.reader if origin else ""
