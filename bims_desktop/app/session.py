"""`Session`: what a person or a script does, recorded. The composition root of the core."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from os import PathLike
from pathlib import Path
from secrets import token_hex
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from bims_desktop.app import save as _save
from bims_desktop.app import series as _series
from bims_desktop.app.data import Data
from bims_desktop.app.draft import Draft, draft_of
from bims_desktop.app.home import Home
from bims_desktop.app.inputs import Input
from bims_desktop.app.intents import called, displayed, removed, renamed, shown, snapped
from bims_desktop.app.memory import kept_budget
from bims_desktop.app.opening import opened, taken
from bims_desktop.app.origin import Origin
from bims_desktop.app.pending import settle
from bims_desktop.app.performing import perform, sort_options
from bims_desktop.app.prove import Proof, prove
from bims_desktop.app.save_table import save_table
from bims_desktop.errors import BadParameter, SessionExists
from bims_desktop.files.blobs import Blobs
from bims_desktop.files.image_blob import image_pieces, image_size
from bims_desktop.model.canonical import Json
from bims_desktop.model.image import Image
from bims_desktop.model.table import Table
from bims_desktop.operations import paint as _paint
from bims_desktop.operations import registry
from bims_desktop.operations.paint import Strokes
from bims_desktop.operations.running import storing
from bims_desktop.provenance.action import Action
from bims_desktop.provenance.budget import memory_budget
from bims_desktop.provenance.journal import Journal
from bims_desktop.provenance.layer import Layer, Layers
from bims_desktop.provenance.lineage import Slice
from bims_desktop.provenance.log_tree import LogTree
from bims_desktop.provenance.recorder import Change, Intent, Place, Recorder, on_layer, on_new_layers
from bims_desktop.provenance.versions import detached

if TYPE_CHECKING:
    from bims_desktop.ledger.local import LocalLog


class Session:
    """Everything between opening the first image and closing the program.

    Parameters
    ----------
    folder : path, optional
        Where the journal and stored edits live; by default a new folder in the user's data folder.
    home : Home, optional
        Settings, keys and the local ledger.
    ledger : LocalLog, optional
        Where records are committed; by default the local log of `home`.
    resume : bool
        Whether `folder` may hold a log already, which is continued; see `bims_desktop.app.recover`.
    memory : int, optional
        Bytes of pixels held in memory; what is beyond goes to disk, in `folder`. By default as many MiB as
        the environment variable ``BIMS_MEMORY`` says, else what was chosen in the window, else a quarter of the memory.

    Raises
    ------
    SessionExists
        The folder holds an earlier session.
    SessionBusy
        Another process has that session open.

    Examples
    --------
    >>> import tempfile, numpy, tifffile
    >>> folder = Path(tempfile.mkdtemp())
    >>> tifffile.imwrite(folder / "cells.tif", numpy.eye(8, dtype="uint8"))
    >>> with Session(folder / "session", home=Home(folder / "home")) as session:
    ...     cells = session.open(folder / "cells.tif")
    ...     mask = session.run("threshold", cells, value=0)
    ...     [action.sentence for action in session.actions]
    ['Opened cells.tif', 'Thresholded cells.tif above 0']
    """

    def __init__(
        self,
        folder: str | PathLike[str] | None = None,
        *,
        home: Home | None = None,
        ledger: LocalLog | None = None,
        resume: bool = False,
        memory: int | None = None,
    ) -> None:
        self.home = home or Home()
        self.folder = Path(folder) if folder else self.home.sessions / _new_name()
        self._ledger = ledger
        self._settled: LocalLog | None = None
        budget = memory_budget(kept_budget(self.home.folder)) if memory is None else memory
        self.recorder = Recorder(_journal(self.folder, resume), budget)
        self.blobs = Blobs(self.folder / "blobs")
        self.inputs: dict[int, Input] = {}
        self.saved: dict[int, Path] = {}
        """The file that a version was saved into last, with its record."""
        self.log_tree = LogTree()
        self._closed = False

    @property
    def ledger(self) -> LocalLog:
        """Where records are committed; once for each log that is opened, saves that a crash cut off are settled."""
        if self._ledger is not None:
            return self._ledger
        log = self.home.ledger  # not kept here: an import may put another one in its place
        if log is not self._settled:
            settle(self.home.folder, log)
            self._settled = log
        return log

    @property
    def actions(self) -> tuple[Action, ...]:
        return tuple(self.recorder.actions)

    @property
    def layers(self) -> tuple[Layer, ...]:
        """What the layer list shows now, in the order of appearance."""
        return self.recorder.layers

    @property
    def undone(self) -> frozenset[int]:
        """Numbers of the actions that are undone now."""
        return frozenset(self.recorder.undone)

    @property
    def tables(self) -> tuple[Data, ...]:
        return tuple(d for d in map(self.data, sorted(self.recorder.writers)) if d.table)

    @property
    def undoable(self) -> Action | None:
        """The action that `undo` would take back."""
        return self.recorder.undoable

    @property
    def redoable(self) -> Action | None:
        """The action that `redo` would bring back."""
        return self.recorder.redoable

    @property
    def can_undo(self) -> bool:
        return self.recorder.can_undo

    @property
    def can_redo(self) -> bool:
        return self.recorder.can_redo

    def subscribe(self, callback: Callable[[Change], None]) -> Callable[[], None]:
        """Call `callback` after every change, in the thread that caused it; returns how to stop that."""
        return self.recorder.subscribe(callback)

    def data(self, version: int) -> Data:
        """The handle of a version.

        Raises
        ------
        BadParameter
            There is no such version.
        """
        if version not in self.recorder.versions:
            raise BadParameter(f"This session has no data version {version}.", "See session.layers.")
        return Data(self, version)

    def layer_of(self, data: Data) -> Layer | None:
        """The layer that shows `data` now."""
        return next((layer for layer in self.layers if layer.version == data.version), None)

    def open(self, path: str | PathLike[str], *, name: str | None = None, series: int | None = None) -> Data:
        """Read an image file as a new layer.

        Parameters
        ----------
        path : path
            The file.
        name : str, optional
            Of the layer; by default the file's.
        series : int, optional
            Which of its images, as `bims_desktop.files.readers.series_of` lists them; by default the first.

        Raises
        ------
        UnreadableFile, FileTooLarge
            It is no image that can be read, or has no such series; nothing was recorded.
        """
        path = Path(path).absolute()
        image, source, intent = opened(path, series)
        own = source.name if series is None else f"{source.name}, series {series}"
        return self._take(image, source, intent, name or own)

    def open_series(
        self, paths: str | PathLike[str] | Iterable[str | PathLike[str]], axis: str = "T", *, name: str = ""
    ) -> Data:
        """Read several files of one image each as one image along a new axis: a new layer, undone as a whole.

        Parameters
        ----------
        paths : path, or paths
            A folder, whose images are taken, or the files; in the order of their names, ``t9`` before ``t10``.
        axis : {"T", "Z"}
            The new axis.
        name : str
            Of the layer; by default what the files' names have in common, or the folder's.

        Raises
        ------
        UnreadableFile, FileTooLarge
            A file is no image that can be read; no layer was made.
        BadParameter
            There are fewer than two, or one differs in axes, shape, kind or pixel size.

        Examples
        --------
        >>> import tempfile, numpy, tifffile
        >>> folder = Path(tempfile.mkdtemp())
        >>> for time in range(3):
        ...     tifffile.imwrite(folder / f"HeLa_t{time}.tif", numpy.full((4, 5), time, "uint8"))
        >>> with Session(folder / "session", home=Home(folder / "home")) as session:
        ...     series = session.open_series(folder, axis="T")
        ...     series.name, series.image.axes, series.image.shape
        ('HeLa', 'TYX', (3, 4, 5))
        """
        given = [paths] if isinstance(paths, (str, PathLike)) else paths
        return _series.open_series(self, [Path(path).absolute() for path in given], axis, name)

    def take(self, path: str | PathLike[str], image: Image, origin: Origin, *, name: str = "") -> Data:
        """Take an image that the reader of somebody else has just given for a file, as a new layer.

        Parameters
        ----------
        path : path
            The file or folder that was read.
        image : Image
            What came of it.
        origin : Origin
            Which reader it was.
        name : str
            Of the layer; by default the file's.

        Raises
        ------
        UnreadableFile, FileTooLarge
            The file went away meanwhile; nothing was recorded.
        """
        image = detached(image)
        source, intent = taken(Path(path).absolute(), image, origin)
        return self._take(image, source, intent, name or source.name)

    def enter(self, image: Image, source: Input, intent: Intent, *, shown: bool = True, name: str = "") -> Data:
        """Take an image that was opened a moment ago, see `bims_desktop.app.opening`: as a new layer, or as none."""
        own = f"{source.name}, series {source.series}" if source.series and not source.origin else source.name
        return self._take(image, source, intent, name or own, shown)

    def run(self, id: str, *images: Data, **options: Any) -> Any:
        """Run an operation; each image that comes of it becomes a new layer.

        Parameters
        ----------
        id : str
            Of the operation, as `bims ops` lists it.
        *images : Data
            In the order of its arguments.
        **options
            Further images, and parameters, by name.

        Returns
        -------
        Data, Table, or a tuple of them

        Raises
        ------
        OperationError
            Unknown operation, bad parameter, failure or cancel; nothing was recorded.
        """
        given, parameters = sort_options(registry.get(id), images, options)
        return self._run(id, given, parameters, self._on_top())

    def paint(self, data: Data, *, at: Sequence[Sequence[float]], brush_size: int = 10, value: int = 1) -> Data:
        """Paint with a round brush, as dragging it over the points `at` would.

        Parameters
        ----------
        data : Data
            Labels or a mask.
        at : sequence of points
            Pixel coordinates, one number an axis.
        brush_size : int
            Diameter, in pixels.
        value : int
            New label; 0 erases.

        Raises
        ------
        BadParameter
            The image holds no labels, or a point does not fit it.
        """
        self._own(data)
        return self.stroke(data, _paint.brush(data.image, at=at, brush_size=brush_size, value=value))

    def stroke(self, data: Data, strokes: Strokes) -> Data:
        """Put painted pixels on a layer; its current version moves on."""
        self._own(data)
        digest = self.blobs.put(strokes.encode())
        place = self._on_layer_of(data)
        result: Data = self._run("paint", {"image": data}, {"strokes": digest}, place, name=data.name)
        return result

    def duplicate(self, data: Data, name: str | None = None) -> Data:
        """Copy a layer."""
        self._own(data)
        result: Data = self._run("duplicate", {"image": data}, {}, self._on_top(), name=name or f"{data.name} copy")
        return result

    def rename(self, data: Data, name: str) -> None:
        """Give the layer that shows `data`, or showed it before it was painted on, another name."""
        layer = self._layer(data)

        def place(layers: Layers, new: object) -> Layers:
            return tuple(Layer(x.id, name, x.version) if x.id == layer.id else x for x in layers)

        self.recorder.record(renamed(data, layer, name), place=place)

    def show(self, *images: Data) -> None:
        """Give images that no layer shows new layers on top; one undo takes all of them off again."""
        for data in images:
            self._own(data)

        def place(layers: Layers, new: object) -> Layers:
            return (*layers, *(Layer(self.recorder.new_layer_id(), one.name, one.version) for one in images))

        self.recorder.record(shown(images), place=place)

    def remove(self, data: Data) -> None:
        """Take the layer that shows `data`, or showed it before, off the list; its versions stay."""
        layer = self._layer(data)

        def place(layers: Layers, new: object) -> Layers:
            return tuple(x for x in layers if x.id != layer.id)

        self.recorder.record(removed(data, layer), place=place)

    def display(self, data: Data, setting: str, value: Json) -> None:
        """Note that a layer looks different now; its pixels are the same."""
        self._own(data)
        self.recorder.record(displayed(data, setting, value))

    def view(self, sentence: str) -> None:
        """Note that the viewer looks at something else."""
        self.recorder.record(Intent("view", sentence, effect="view"))

    def snapshot(self, data: Data | None, image: Image, *, cause: str, name: str = "") -> Data:
        """Take pixels as they are, changed by an unrecorded route.

        Parameters
        ----------
        data : Data or None
            What the layer showed before; None makes a new layer.
        image : Image
            The pixels now.
        cause : str
            What is known of how they came to be.
        name : str
            Of a new layer.
        """
        image = detached(image)
        layer = self.layer_of(data) if data else None
        name = name or (layer.name if layer else "")
        intent = snapped(self.blobs.put_pieces(image_pieces(image), image_size(image)), data, name, cause)
        action = self.recorder.record(intent, [(image, name)], self._on_layer_of(data))
        return Data(self, action.writes[0])

    def call(
        self,
        function: str,
        arguments: Mapping[str, Data | Json],
        results: Sequence[tuple[Image, str]],
        *,
        package: str,
        duration: float = 0.0,
        replaces: Data | None = None,
    ) -> tuple[Data, ...]:
        """Record a third-party function that has just run.

        Parameters
        ----------
        function : str
            Dotted name, such as ``package.module.function``.
        arguments : mapping
            Data and plain values by name. Others cannot be written down: the results become snapshots.
        results : sequence of (Image, str)
            What it gave, with the layers' names.
        package : str
            Distribution and version.
        duration : float
            Seconds.
        replaces : Data, optional
            What its only result stands in for.
        """
        intent = called(function, arguments, package, duration)
        if intent is None:
            cause = f"{function} of {package}, with arguments that cannot be written down"
            return tuple(self.snapshot(replaces, image, cause=cause, name=name) for image, name in results)
        made = [(detached(image), name) for image, name in results]
        action = self.recorder.record(intent, made, self._on_layer_of(replaces))
        return tuple(Data(self, version) for version in action.writes)

    def undo(self) -> Action | None:
        """Take the last change of layers back; None where there is none."""
        return self.recorder.undo()

    def redo(self) -> Action | None:
        """Take the last undo back; None where there is none."""
        return self.recorder.redo()

    def explain(self, data: Data) -> Slice:
        """Which actions made `data`, and why each was kept or dropped."""
        self._own(data)
        return self.recorder.slice(data.version)

    def draft(self, data: Data) -> Draft:
        """What a save of `data` would write."""
        self._own(data)
        return draft_of(self, data)

    def save(self, data: Data, path: str | PathLike[str], **options: Any) -> _save.Report:
        """Write an image with its record, commit it to the ledger; see `bims_desktop.app.save.save`."""
        self._own(data)
        return _save.save(self, data, Path(path), **options)

    def save_table(self, data: Data | Table, path: str | PathLike[str], **options: Any) -> _save.Report:
        """Write a table as CSV with its record beside it; see `bims_desktop.app.save_table.save_table`.

        Raises
        ------
        BadParameter
            The table was not made in this session.
        """
        found = next((one for one in self.tables if one.table is data), None) if isinstance(data, Table) else data
        if found is None:
            raise BadParameter("This table does not belong to this session.", "Measure it here first.")
        self._own(found)
        return save_table(self, found, Path(path), **options)

    def prove(self, report: _save.Report) -> Proof:
        """Replay a saved file in a process of its own and attest the verdict in the ledger."""
        return prove(report.path, self.home, self.ledger)

    def abandon(self) -> None:
        """Let the journal go without ending it, so that it can be recovered later."""
        if not self._closed:
            self._closed = True
            self.recorder.abandon()
            self.home.close()

    def close(self) -> None:
        """Settle everything and let the journal go; closing twice does no harm."""
        if not self._closed:
            self._closed = True
            self.recorder.close()
            self.home.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _run(
        self, id: str, images: Mapping[str, Data], options: Mapping[str, Any], place: Place, name: str = ""
    ) -> Any:
        for given in images.values():
            self._own(given)
        with storing(self.recorder.versions.empty):
            intent, results = perform(id, images, options, self.blobs.get)
        shown = place if all(isinstance(value, Image) for value in results) else None
        action = self.recorder.record(intent, [(value, name) for value in results], shown)
        made = zip(action.writes, results, strict=True)
        handed = tuple(value if isinstance(value, Table) else Data(self, version) for version, value in made)
        return handed if len(handed) > 1 else handed[0]

    def _take(self, image: Image, source: Input, intent: Intent, name: str, shown: bool = True) -> Data:
        on_top = self._on_top()

        def place(layers: Layers, new: Sequence[tuple[int, str]]) -> Layers:
            # Before anybody hears of the layer, so that whoever does can ask where it came from.
            self.inputs[new[0][0]] = source
            return on_top(layers, new) if shown else layers

        action = self.recorder.record(intent, [(image, name)], place, str(source.path), [source.digest])
        for digest in filter(None, (source.digest, source.parent)):
            self.home.remember_input(digest, source.path)
        return Data(self, action.writes[0])

    def _on_top(self) -> Place:
        return on_new_layers(self.recorder.new_layer_id)

    def _on_layer_of(self, data: Data | None) -> Place:
        """Where the layer that shows `data` moves on to a new version; a new layer where none shows it."""
        layer = self.layer_of(data) if data else None
        return on_layer(layer.id) if layer else self._on_top()

    def _own(self, data: Data) -> None:
        if not isinstance(data, Data) or data.session is not self:
            raise BadParameter(f"{data!r} does not belong to this session.", "Open or make it here first.")

    def _layer(self, data: Data) -> Layer:
        self._own(data)
        if (layer := self.recorder.home_of(data.version)) is None:
            raise BadParameter(f"{data.name} is on no layer now.", "Undo, or choose a layer from session.layers.")
        return layer


def _journal(folder: Path, resume: bool) -> Journal:
    journal = Journal(folder)
    if journal.used and not resume:
        journal.close()
        raise SessionExists(f"The folder {folder} holds an earlier session.", "Choose another folder, or recover it.")
    return journal


def _new_name() -> str:
    return f"{datetime.now(UTC):%Y-%m-%dT%H-%M-%S}-{token_hex(3)}"
