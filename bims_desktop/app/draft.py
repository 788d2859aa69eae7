"""`Draft`: what a save would write, for the person to look at first."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bims_desktop.app.acquisition_raw import acquisition_of
from bims_desktop.app.inputs import Input
from bims_desktop.macro.naming import plan_of
from bims_desktop.macro.plan import Plan
from bims_desktop.macro.source import render
from bims_desktop.model.canonical import Json
from bims_desktop.provenance.lineage import Slice

_PERSONAL = re.compile(r"\b(?:home|Users|Documents and Settings)[/\\]{1,2}[\w.-]{1,64}")

if TYPE_CHECKING:
    from bims_desktop.app.data import Data
    from bims_desktop.app.session import Session


@dataclass(frozen=True, slots=True)
class DraftInput:
    """An input of the draft: its name in the macro, the file, whether its pixels are still there, how it was taken.

    `bare` is how it was taken where the microscope's own text is left out.
    """

    name: str
    source: Input
    found: bool
    acquisition: dict[str, Json]
    bare: dict[str, Json]


@dataclass(frozen=True, slots=True)
class Draft:
    """Slice, plan, macro text, inputs and warnings of one version."""

    slice: Slice
    plan: Plan
    macro: str
    inputs: tuple[DraftInput, ...]
    warnings: tuple[str, ...]


def draft_of(session: Session, data: Data) -> Draft:
    """What a save of `data` would write."""
    slice = session.explain(data)
    plan = plan_of(slice)
    loads = zip(plan.inputs, (e.action for e in slice.kept if e.action.operation == "load"), strict=True)
    inputs = tuple(_input(session, name, session.inputs[action.writes[0]]) for name, action in loads)
    return Draft(slice, plan, render(plan), inputs, tuple(_warnings(slice, inputs)))


def _input(session: Session, name: str, source: Input) -> DraftInput:
    whole, bare = (acquisition_of(session.folder, source, keep) for keep in (True, False))
    return DraftInput(name, source, source.unchanged(), whole, bare)


def _warnings(slice: Slice, inputs: tuple[DraftInput, ...]) -> list[str]:
    """What to mind before the save; steps are numbered as in the log, where the person looks for them."""
    steps = [explained.action for explained in slice.kept]
    found = [
        f"Step {step.number} is a snapshot ({step.parameters['cause']}): the lineage will be incomplete."
        for step in steps
        if step.operation == "snapshot"
    ]
    found += [f"Step {step.number} needs {step.package} to replay." for step in steps if step.operation == "call"]
    found += [
        f"The microscope's text in {entry.source.name} names a person's folder ({folder}); it can be left out."
        for entry in inputs
        if (folder := personal_folder(entry.source.acquisition.raw))
    ]
    found += [
        f"{entry.source.name} was changed or moved since it was opened: keep a copy of the original."
        for entry in inputs
        if not entry.found
    ]
    return found


def personal_folder(text: str) -> str:
    r"""The first path in `text` that names a user of a computer; empty where there is none.

    Examples
    --------
    >>> personal_folder(r"Path=C:\Users\a.robert\plate.nd2"), personal_folder("Path=D:/plate.nd2")
    ('Users\\a.robert', '')
    """
    found = _PERSONAL.search(text)
    return found[0] if found else ""
