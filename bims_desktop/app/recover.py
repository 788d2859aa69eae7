"""Recover a session whose process died: its journal is whole up to the last action."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bims_desktop.app.home import Home
from bims_desktop.app.inputs import Input, parent_record
from bims_desktop.app.opening import with_digest
from bims_desktop.app.session import Session
from bims_desktop.errors import BimsError, FileChanged, JournalDamaged, ReplayStopped
from bims_desktop.files.atomic import replacing
from bims_desktop.files.image_blob import decode_image
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


def recover(folder: Path, home: Home | None = None) -> Session:
    """The session in `folder` as it was after its last action; every step is run again.

    Raises
    ------
    JournalDamaged
        The log was changed.
    FileChanged, UnreadableFile, ReplayStopped
        An input is gone or other than it was, or a step gives other pixels; the log stays as it is.
    """
    told = list(journal.entries(folder))
    digests = {int(v): d for kind, body in told if kind == "digest" for v, d in body.items()}
    session = Session(folder, home=home, resume=True)
    (folder / DISMISSED).unlink(missing_ok=True)
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
    session.recorder.restore(
        action, [(v, names.get(n, "")) for n, v in zip(action.writes, values, strict=True)], layers
    )
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
            yield decode_image(session.blobs.get(str(action.parameters["digest"])))
        case "call":
            step = Step(("result",), "call", {n: n for n in images}, action.parameters, package=action.package)
            yield from plugin.call(step, images).results
        case name:
            with storing(session.recorder.versions.empty):
                outcome = execute(registry.get(name), images, action.parameters, session.blobs.get)
            yield from outcome.results


def _reopened(session: Session, action: Action, path: Path) -> Image:
    digest = str(action.parameters["digest"])
    opened = with_digest(path, digest, action.found.get("series"))
    if opened is None:
        raise FileChanged(f"{path.name} is not the file that was opened.", f"Put the original back in {path.parent}.")
    status = path.stat()
    session.inputs[action.writes[0]] = Input(
        path, digest, status.st_size, status.st_mtime_ns, parent_record(path), opened.acquisition, opened.series
    )
    return opened.image
