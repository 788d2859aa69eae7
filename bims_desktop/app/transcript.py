"""`Transcript`: a replay written down in a session as it runs, so that its result is saved with a record of its own."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from os import PathLike
from pathlib import Path

from bims_desktop.app.data import Data
from bims_desktop.app.replay import Replay
from bims_desktop.app.session import Session
from bims_desktop.macro.plan import Step
from bims_desktop.macro.replay import StepResult
from bims_desktop.model.image import Image
from bims_desktop.operations import registry
from bims_desktop.provenance.action import Status
from bims_desktop.provenance.recorder import Intent, on_new_layers
from bims_desktop.provenance.symbols import is_registered


class Transcript:
    """Called with each step of a replay, in their order.

    Parameters
    ----------
    session : Session
        Takes the steps as its own actions.
    source : path
        What is replayed: a saved image, or a macro.
    inputs : mapping of str to path
        Files that were named for the macro's inputs.
    series : mapping of str to int
        Which image of such a file, where it holds several.
    look_in : collection of path
        Folders in which inputs are looked for besides.
    trust : collection of str
        Packages whose readers may run.
    """

    def __init__(
        self,
        session: Session,
        source: Path,
        inputs: Mapping[str, str | PathLike[str]],
        *,
        series: Mapping[str, int] | None = None,
        look_in: Collection[str | PathLike[str]] = (),
        trust: Collection[str] = (),
    ) -> None:
        self.session = session
        self._replay = Replay(source, session.home)
        self._replay.look_in, self._replay.trust = tuple(map(Path, look_in)), frozenset(trust)
        for name, path in inputs.items():
            self._replay.bind(name, path, (series or {}).get(name))
        self._blobs = self._replay.blobs()
        self._versions: dict[str, int] = {}

    def __call__(self, result: StepResult) -> None:
        """Record one step that was run.

        Raises
        ------
        MissingInput, FileChanged
            An input went away since it was read.
        """
        step = result.step
        if step.operation == "load":
            versions: tuple[int, ...] = (self._opened(step).version,)
        else:
            self._keep_blobs(step)
            images = all(isinstance(value, Image) for value in result.values)
            place = on_new_layers(self.session.recorder.new_layer_id) if images else None
            made = [(value, "") for value in result.values]
            versions = self.session.recorder.record(self._intent(result), made, place).writes
        self._versions.update(zip(step.results, versions, strict=True))

    @property
    def result(self) -> Data:
        """What the last step made."""
        return self.session.data(self._versions[self._replay.plan.result])

    def _intent(self, result: StepResult) -> Intent:
        step = result.step
        arguments = {name: self._versions[read] for name, read in step.arguments.items()}
        operation = registry.get(step.operation) if is_registered(step.operation) else None
        return Intent(
            step.operation,
            result.sentence,
            operation.version if operation else 1,
            arguments,
            step.parameters,
            result.found,
            operation.effect if operation else "pixels",
            _status(step),
            duration=result.seconds,
            package=step.package,
        )

    def _keep_blobs(self, step: Step) -> None:
        for digest in step.blobs:
            self.session.blobs.put(self._blobs.get(digest))

    def _opened(self, step: Step) -> Data:
        found = self._replay.chosen(step) or self._replay.find(step)
        if found.origin is not None:
            return self.session.take(found.path, found.image, found.origin)
        return self.session.open(found.path, series=found.series or None)


def _status(step: Step) -> Status:
    if step.operation == "snapshot":
        return "snapshot"
    return "manual" if step.manual else "replayable"
