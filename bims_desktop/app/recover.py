"""Recover a session whose process died: its journal is whole up to the last action."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from bims_desktop.app.find_input import FoundInput, Search, matching
from bims_desktop.app.home import Home
from bims_desktop.app.opening import noted, taken
from bims_desktop.app.origin import origin_of
from bims_desktop.app.session import Session
from bims_desktop.errors import BimsError, FileChanged, FileError, JournalDamaged, MissingInput, ReplayStopped
from bims_desktop.files.atomic import replacing
from bims_desktop.files.image_blob import read_image
from bims_desktop.macro import plugin
from bims_desktop.macro.plan import Step
from bims_desktop.model.image import Image
from bims_desktop.operations import registry
from bims_desktop.operations.execute import execute
from bims_desktop.operations.running import storing
from bims_desktop.provenance import journal
from bims_desktop.provenance.action import Action
from bims_desktop.provenance.layer import applied
from bims_desktop.provenance.symbols import is_registered
from bims_desktop.provenance.versions import Value

DISMISSED = "dismissed"


def recoverable(home: Home | None = None) -> tuple[Path, ...]:
    """Folders of sessions that did not end and that no process holds, oldest first."""
    sessions = (home or Home()).sessions
    return tuple(path.parent for path in sorted(sessions.glob(f"*/{journal.FILE}")) if _died(path.parent))


def _died(folder: Path) -> bool:
    if (folder / DISMISSED).exists() or journal.is_open(folder):
        return False
    try:
        kinds = [kind for kind, _ in journal.entries(folder)]
    except JournalDamaged:
        return True  # offered like the others: `recover` says what is wrong with it
    return "action" in kinds and kinds[-1] != "end"


def dismiss(folder: Path) -> None:
    """Offer this session no more, until it is recovered by name; its log stays as it is.

    Raises
    ------
    SaveFailed
        The folder cannot be written.
    """
    with replacing(folder / DISMISSED):
        pass


def offer_again(folder: Path) -> None:
    """Take a `dismiss` back."""
    (folder / DISMISSED).unlink(missing_ok=True)


def recover(folder: Path, home: Home | None = None) -> Session:
    """The session in `folder` as it was after its last action; every step is run again.

    Raises
    ------
    JournalDamaged
        The log was changed.
    FileChanged, MissingInput, ReplayStopped
        An input is other than it was or cannot be found, or a step gives other pixels; the log stays as it is.
    """
    told = list(journal.entries(folder))
    digests = {int(v): d for kind, body in told if kind == "digest" for v, d in body.items()}
    session = Session(folder, home=home, resume=True)
    offer_again(folder)
    try:
        for body in (body for kind, body in told if kind == "action"):
            _restore(session, body, digests)
    except BimsError:
        session.abandon()
        raise
    return session


def _restore(session: Session, body: dict[str, Any], digests: dict[int, str]) -> None:
    action = _typed(Action.from_json(body["action"]))
    values = list(_values(session, action, body["private"])) if action.writes else []
    layers = applied(session.layers, body["layers"]) if "layers" in body else session.layers
    names = {layer.version: layer.name for layer in layers}
    named = [(value, names.get(number, "")) for number, value in zip(action.writes, values, strict=True)]
    if action.operation == "save":
        session.saved.update(dict.fromkeys(action.arguments.values(), Path(body["private"])))
    session.recorder.restore(action, named, layers, body.get("together", ()))
    for version in action.writes:
        if version in digests and session.data(version).digest != digests[version]:
            raise ReplayStopped(
                f"Step {action.number} gives other pixels than before ({action.sentence}).", "Was a package updated?"
            )


def _typed(action: Action) -> Action:
    """JSON has no whole floats or tuples: the registry gives parameters their types back."""
    if not is_registered(action.operation):
        return action
    told = {name: getattr(action, name) for name in Action.__slots__}
    return Action(**{**told, "parameters": registry.get(action.operation).bind(action.parameters)})


def _values(session: Session, action: Action, private: Any) -> Iterator[Value]:
    images = {name: session.data(version).image for name, version in action.arguments.items()}
    match action.operation:
        case "load":
            yield _reopened(session, action, Path(private))
        case "snapshot":
            allocate = session.recorder.versions.empty
            yield session.blobs.load(str(action.parameters["digest"]), partial(read_image, allocate=allocate))
        case "call":
            step = Step(("result",), "call", {n: n for n in images}, action.parameters, package=action.package)
            yield from plugin.call(step, images).results
        case name:
            with storing(session.recorder.versions.empty):
                outcome = execute(registry.get(name), images, action.parameters, session.blobs.get)
            yield from outcome.results


def _reopened(session: Session, action: Action, path: Path) -> Image:
    step = Step(("input",), "load", {}, action.parameters, action.found, action.package)
    # It ran in this very session before, so nobody needs to be asked again.
    trust = (origin.reader,) if (origin := origin_of(action)) else ()
    found = _located(session, step, path, trust)
    if found.origin is not None:
        session.inputs[action.writes[0]], _ = taken(found.path, found.image, found.origin)
    elif found.opened is not None:
        session.inputs[action.writes[0]] = noted(found.opened, str(action.parameters["digest"]))
    return found.image


def _located(session: Session, step: Step, path: Path, trust: Collection[str]) -> FoundInput:
    """The input where it was opened, or wherever it lies by now: beside that, or where it was seen."""
    with suppress(FileError):  # whatever lies there now, the input may lie elsewhere
        if found := matching(path, step, trust):
            return found
    try:
        return Search(session.home, (path.parent, Path.cwd()), trust=trust).find(step)
    except FileChanged as error:
        raise FileChanged(
            f"{path.name} is not the file that was opened.", f"Put the original back in {path.parent}."
        ) from error
    except MissingInput as error:
        raise MissingInput(
            f"{path.name} is not where it was, nor anywhere it was seen.", f"Put it back in {path.parent}."
        ) from error
