"""What a tutorial tells the reader to do: its table of steps, its code, and what it says comes of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bims_desktop as bims
from bims_desktop.app.data import Data
from bims_desktop.operations import registry
from bims_desktop.operations.spec import Operation, Parameter

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
SAMPLES = ROOT / "resources" / "samples"
HEADING = "| choose | set | the log says |"
TUTORIALS = {"nuclei": "nuclei", "spots": "spots", "mitotic-plate": "mitotic_plate"}
"""The page of each, and what its script and its sample are called."""


@dataclass(frozen=True)
class Step:
    """One row: an operation by its place in the menu, what is set by the names that the panel shows, the sentence."""

    place: str
    settings: dict[str, str]
    sentence: str

    @property
    def operation(self) -> Operation:
        known = registry.operations()
        (found,) = (one for one in known if f"{one.menu.replace('/', ' › ')} › {one.title}" == self.place)
        return found

    def parameters(self) -> dict[str, Any]:
        """Values of parameters, by their own names."""
        known = {parameter.name: parameter for parameter in self.operation.parameters}
        named = {name.replace(" ", "_"): text for name, text in self.settings.items()}
        return {name: read(known[name], text) for name, text in named.items() if name in known}

    def images(self) -> dict[str, str]:
        """Names of the layers that are set by hand, by argument."""
        arguments = {argument.name for argument in self.operation.arguments}
        named = {name.replace(" ", "_"): text for name, text in self.settings.items()}
        assert named.keys() <= arguments | {parameter.name for parameter in self.operation.parameters}
        return {name: text for name, text in named.items() if name in arguments}


def read(parameter: Parameter, text: str) -> Any:
    """A value as a tutorial writes it."""
    if parameter.type is tuple:
        return tuple(part.strip() for part in text.split(","))
    return parameter.type(text) if parameter.type in (int, float) else text


def steps_of(document: Path) -> list[Step]:
    """The rows of its table of steps."""
    _, _, below = document.read_text(encoding="utf-8").partition(HEADING + "\n")
    rows = re.match(r"(?:\|.*\n)+", below)
    assert rows, f"{document.name} has no table of steps"
    return [_step(row) for row in rows[0].splitlines()[1:]]


def _step(row: str) -> Step:
    place, settings, sentence = (cell.strip() for cell in row.strip("|").split("|"))
    pairs = re.findall(r"`([^`]+)` ([^;`]+)", settings)
    return Step(place, {name: value.strip() for name, value in pairs}, sentence)


def perform(session: bims.Session, image: Path, steps: list[Step]) -> list[Any]:
    """Do the steps without a window, each on what came of the one before; what came of each, the image first."""
    made: list[Any] = [session.open(image)]
    layers = {made[0].name: made[0]}
    for step in steps:
        images = {name: layers[layer] for name, layer in step.images().items()}
        made.append(session.run(step.operation.id, made[-1], **images, **step.parameters()))
        layers |= {made[-1].name: made[-1]} if isinstance(made[-1], Data) else {}
    return made


def blocks(document: Path, language: str) -> list[str]:
    """Its blocks of code in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", document.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def as_told(told: str, seen: str) -> bool:
    """Whether `seen` is what a document tells, where ``…`` stands for anything."""
    pattern = ".*?".join(map(re.escape, told.strip().split("…")))
    return re.fullmatch(pattern, seen.strip(), re.DOTALL) is not None


def in_record(folder: Path, ending: str) -> str:
    """The digest of pixels or values that the record of the only file of this kind in `folder` binds."""
    (path,) = folder.glob(f"*{ending}")
    return bims.read_record(path).subject
