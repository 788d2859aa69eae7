"""`Arrivals`: layers that a reader of others gave, until what the log has to say of their file is known.

They are in the viewer already; to digest the file of a large one takes seconds, which the window does not wait for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from os import fspath
from pathlib import Path
from typing import TYPE_CHECKING, Any

from napari.layers import Layer

from bims_desktop.app.data import Data
from bims_desktop.app.inputs import Input
from bims_desktop.app.opening import taken
from bims_desktop.app.origin import Origin
from bims_desktop.errors import BimsError, Cancelled, FileError
from bims_desktop.files.whole import whole_digest
from bims_desktop.macro.plugin import brings
from bims_desktop.model.image import Image
from bims_desktop.provenance.recorder import Intent as Logged
from bims_desktop.ui.jobs import Jobs
from bims_desktop.ui.layers import fingerprint, image_of, level
from bims_desktop.ui.series import Series

if TYPE_CHECKING:
    from bims_desktop.ui.capture.watch import Capture

_MOST_NAMED = 5
_MEANWHILE = "changed before its opening was recorded"

Noted = tuple[Input, Logged]


@dataclass(frozen=True, slots=True)
class Cause:
    """What pixels are kept for that no replay can read again; the `error` where one should have been able to."""

    text: str
    error: BimsError | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Arrival:
    """A layer as it came: its name, its pixels, a mark that shows whether they changed since.

    With a `package`, a replay can call that reader again for layer `number` of `path`; else its pixels are kept.
    """

    layer: Layer
    name: str
    image: Image
    mark: object
    reader: str
    package: str
    path: Path
    number: int


@dataclass(slots=True, eq=False)
class _Batch:
    """What one opening gave; `digests` of its files are taken once."""

    names: str
    paths: Sequence[Any]
    arrivals: Sequence[Arrival]
    digests: dict[Path, str] = field(default_factory=dict)
    job: Series | None = None

    def note(self, arrival: Arrival) -> Noted | Cause:
        """What the log will hold of `arrival`; in a job."""
        said = f"{self.names}, read by {brings(arrival.reader) or arrival.reader}"
        if not arrival.package:
            return Cause(said + self._bytes())
        try:
            origin = Origin(arrival.reader, arrival.package, arrival.number, self._digest(arrival.path))
            return taken(arrival.path.absolute(), arrival.image, origin)
        except BimsError as error:
            return Cause(said + self._bytes(), error)

    def _bytes(self) -> str:
        """What identifies the files, for a sentence; nothing where they are no files of this computer."""
        try:
            found = [self._digest(Path(fspath(one))) for one in self.paths]
        except FileError:
            return ""
        return f" from {', '.join(found)}" if len(found) < _MOST_NAMED else f" from {len(found)} files"

    def _digest(self, path: Path) -> str:
        if path not in self.digests:
            self.digests[path] = whole_digest(path)
        return self.digests[path]


class Arrivals:
    """Digests what came beside the window, and records it as it was when it came.

    Parameters
    ----------
    capture : Capture
        Where it is recorded.
    jobs : Jobs
        Of the window.
    """

    def __init__(self, capture: Capture, jobs: Jobs) -> None:
        self._capture, self._jobs = capture, jobs
        self._batches: list[_Batch] = []
        self._waiting: list[Callable[[], object]] = []

    @property
    def layers(self) -> tuple[Layer, ...]:
        """Those that are not recorded yet."""
        return tuple(arrival.layer for batch in self._batches for arrival in batch.arrivals)

    def expect(self, names: str, paths: Sequence[Any], arrivals: Iterable[Arrival]) -> None:
        """Record `arrivals`, which came of opening `paths`, as soon as all is known of them."""
        batch = _Batch(names, paths, tuple(arrivals))
        if not batch.arrivals:
            return
        batch.job = Series(f"Opening {names}", [partial(batch.note, one) for one in batch.arrivals], self._jobs)
        self._batches.append(batch)
        self._jobs.follow(batch.job, lambda _: self._end(batch), lambda error: self._fail(batch, error))

    def then(self, do: Callable[[], object]) -> None:
        """Do something now, or once everything that came is recorded."""
        if self._batches:
            self._waiting.append(do)
        else:
            do()

    def finish(self) -> None:
        """Wait for all that is not recorded yet, and record it."""
        for batch in tuple(self._batches):
            assert batch.job is not None
            batch.job.join()
            self._end(batch)

    def _fail(self, batch: _Batch, error: BaseException) -> None:
        self._end(batch)
        if not isinstance(error, Cancelled):
            self._capture.complain(error)

    def _end(self, batch: _Batch) -> None:
        """Record what came, once; what was cancelled leaves the viewer as if it had not been opened."""
        if batch not in self._batches:
            return
        assert batch.job is not None
        self._batches.remove(batch)
        done = tuple(batch.job.done)
        if len(done) == len(batch.arrivals):
            for arrival, noted in zip(batch.arrivals, done, strict=True):
                self._record(arrival, noted)
        elif batch.job.cancelled.is_set():
            self._take_away(batch)
        self._capture.settle()
        if not self._batches:
            waiting, self._waiting = self._waiting, []
            for do in waiting:
                do()

    def _take_away(self, batch: _Batch) -> None:
        layers = self._capture.viewer.layers
        for arrival in batch.arrivals:
            if arrival.layer in layers:
                layers.remove(arrival.layer)

    def _record(self, arrival: Arrival, noted: Noted | Cause) -> None:
        capture = self._capture
        if isinstance(noted, Cause) and noted.error is not None:
            capture.complain(noted.error)
        try:
            with capture.sync.held():
                self._show(arrival, self._enter(arrival, noted))
        except BimsError as error:
            capture.complain(error)
        active = capture.viewer.layers.selection.active
        if active is arrival.layer:
            # Whoever follows the active layer could not know it before.
            capture.viewer.layers.selection.events.active(value=active)

    def _enter(self, arrival: Arrival, noted: Noted | Cause) -> Data:
        session = self._capture.session
        if isinstance(noted, Cause):
            return session.snapshot(None, arrival.image, cause=noted.text, name=arrival.name)
        return session.enter(arrival.image, *noted, name=arrival.name)

    def _show(self, arrival: Arrival, data: Data) -> None:
        """Let the layer stand for `data`, and note what the person did to it meanwhile."""
        capture, layer = self._capture, arrival.layer
        if layer.name != arrival.name:
            capture.session.rename(data, layer.name)
        if layer not in capture.viewer.layers:
            capture.session.remove(data)
        elif fingerprint(level(layer)) != arrival.mark:
            capture.sync.bind(layer, data)
            entry = capture.sync.entry_of(layer)
            assert entry is not None
            capture.overwritten(entry, _MEANWHILE)
        else:
            capture.bind(layer, data)


def arrived(layer: Layer, package: str = "", path: Path = Path(), number: int = 0) -> Arrival:
    """`layer` as it is now; see `Arrival`.

    Raises
    ------
    BimsError
        It holds what no image of ours can.
    """
    reader = str(layer.source.reader_plugin or "napari")
    return Arrival(layer, layer.name, image_of(layer), fingerprint(level(layer)), reader, package, path, number)
