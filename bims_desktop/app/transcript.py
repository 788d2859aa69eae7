"""`Transcript`: the steps of a replay written down in a session, so that their result has a record of its own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from functools import partial
from os import PathLike
from pathlib import Path

from bims_desktop.app.data import Data
from bims_desktop.app.replay import Replay
from bims_desktop.app.session import Session
from bims_desktop.macro.plan import Step
from bims_desktop.macro.plugin import package_of
from bims_desktop.macro.replay import StepResult
from bims_desktop.model.image import Image
from bims_desktop.operations import registry
from bims_desktop.provenance.action import Status
from bims_desktop.provenance.recorder import Intent, Place, on_layer, on_new_layers
from bims_desktop.provenance.symbols import is_registered


class Transcript:
    """Called with each step of a replay, in their order.

    Parameters
    ----------
    session : Session
        Takes the steps as its own actions.
    replay : Replay
        What is replayed.
    load : callable
        The data of a load step: opened in the session, or there already.
    shown : bool
        Whether images become layers, as if the steps had been done there: each a new one, but for manual
        edits, which go on the layer that they edit. Otherwise they become versions that no layer shows.
    """

    def __init__(self, session: Session, replay: Replay, load: Callable[[Step], Data], *, shown: bool = True) -> None:
        self.session = session
        self._replay, self._load, self._shown = replay, load, shown
        self._blobs = replay.blobs()
        self._done: list[Step] = []
        self._versions: dict[str, int] = {}
        self._before = session.recorder.versions.last

    @classmethod
    def of(
        cls,
        session: Session,
        source: Path,
        inputs: Mapping[str, str | PathLike[str]],
        *,
        series: Mapping[str, int] | None = None,
        look_in: Collection[str | PathLike[str]] = (),
        trust: Collection[str] = (),
    ) -> Transcript:
        """One that opens the inputs where `bims_desktop.app.replay.replay` finds them; arguments as there."""
        replay = Replay(source, session.home)
        replay.look_in, replay.trust = tuple(map(Path, look_in)), frozenset(trust)
        for name, path in inputs.items():
            replay.bind(name, path, (series or {}).get(name))
        return cls(session, replay, partial(_opened, session, replay))

    def __call__(self, result: StepResult) -> None:
        """Record one step that was run.

        Raises
        ------
        MissingInput, FileChanged
            An input went away since it was read.
        """
        step = result.step
        if step.operation == "load":
            versions: tuple[int, ...] = (self._load(step).version,)
        else:
            for digest in step.blobs:
                self.session.blobs.put(self._blobs.get(digest))
            made = [(value, self._name(step)) for value in result.values]
            versions = self.session.recorder.record(self._intent(result), made, self._place(result)).writes
        self._versions.update(zip(step.results, versions, strict=True))
        self._done.append(step)

    def show(self) -> None:
        """Give the images their layers where they have none yet; what was edited by hand has that of its last edit."""
        if self._shown:
            return
        self._shown = True
        edited = {self._versions[read] for step in self._done if step.manual for read in step.arguments.values()}
        images = [data for data in self.made if data.table is None and data.version not in edited]
        if images:
            self.session.show(*images)

    @property
    def made(self) -> tuple[Data, ...]:
        """What came of the steps so far, the inputs that were opened for them among it."""
        return tuple(self.session.data(version) for version in self._versions.values() if self._own(version))

    @property
    def result(self) -> Data:
        """What the last step made."""
        return self.session.data(self._versions[self._replay.plan.result])

    def _intent(self, result: StepResult) -> Intent:
        step = result.step
        arguments = {name: self._versions[read] for name, read in step.arguments.items()}
        named = {name: self.session.data(version).name for name, version in arguments.items()}
        operation = registry.get(step.operation) if is_registered(step.operation) else None
        return Intent(
            step.operation,
            replace(step, arguments=named, found=result.found).sentence,
            operation.version if operation else 1,
            arguments,
            step.parameters,
            result.found,
            operation.effect if operation else "pixels",
            _status(step),
            duration=result.seconds,
            package=_package(step),
        )

    def _name(self, step: Step) -> str:
        """What is edited by hand keeps its name; the others are called after their operation."""
        edited = [self._versions[name] for name in step.arguments.values()] if step.manual else []
        return next((self.session.data(version).name for version in edited if self._own(version)), "")

    def _place(self, result: StepResult) -> Place | None:
        if not self._shown or not all(isinstance(value, Image) for value in result.values):
            return None
        edited = [self._versions[name] for name in result.step.arguments.values()] if result.step.manual else []
        layers = (self.session.layer_of(self.session.data(version)) for version in edited if self._own(version))
        layer = next((layer for layer in layers if layer is not None), None)
        return on_layer(layer.id) if layer else on_new_layers(self.session.recorder.new_layer_id)

    def _own(self, version: int) -> bool:
        """Whether it came to be here; a layer that stood in for an input stays as it is."""
        return version > self._before


def _opened(session: Session, replay: Replay, step: Step) -> Data:
    found = replay.chosen(step) or replay.find(step)
    if found.origin is not None:
        return session.take(found.path, found.image, found.origin)
    return session.open(found.path, series=found.series or None)


def _package(step: Step) -> str:
    """What ran just now, whichever version of it the record of the macro had."""
    return package_of(str(step.parameters["function"])) or step.package if step.operation == "call" else step.package


def _status(step: Step) -> Status:
    if step.operation == "snapshot":
        return "snapshot"
    return "manual" if step.manual else "replayable"
