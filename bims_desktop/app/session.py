"""`Session`: what a person or a script does, recorded. The composition root of the core."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from os import PathLike
from pathlib import Path
from secrets import token_hex
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from bims_desktop.app import save as _save
from bims_desktop.app.data import Data
from bims_desktop.app.draft import Draft, draft_of
from bims_desktop.app.home import Home
from bims_desktop.app.inputs import Input, parent_record
from bims_desktop.app.pending import settle
from bims_desktop.app.prove import Proof, prove
from bims_desktop.errors import BadParameter, SessionExists
from bims_desktop.files.blobs import Blobs
from bims_desktop.files.image_blob import encode_image
from bims_desktop.files.readers import read
from bims_desktop.macro.plan import Step
from bims_desktop.macro.source import can_hold
from bims_desktop.model.canonical import Json
from bims_desktop.model.digest import pixel_digest
from bims_desktop.model.image import Image
from bims_desktop.model.table import Table
from bims_desktop.operations import paint as _paint
from bims_desktop.operations import registry
from bims_desktop.operations.execute import execute
from bims_desktop.operations.paint import Strokes
from bims_desktop.provenance.action import Action, Status
from bims_desktop.provenance.journal import Journal
from bims_desktop.provenance.layer import Layer, Layers
from bims_desktop.provenance.lineage import Slice
from bims_desktop.provenance.log_tree import LogTree
from bims_desktop.provenance.recorder import Change, Intent, Recorder, on_layer, on_new_layers, utc_now
from bims_desktop.provenance.versions import detached

if TYPE_CHECKING:
    from bims_desktop.ledger.base import Ledger


class Session:
    """Everything between opening the first image and closing the program.

    Parameters
    ----------
    folder : path, optional
        Where the journal and stored edits live; by default a new folder in the user's data folder.
    home : Home, optional
        Settings, keys and the local ledger.
    ledger : Ledger, optional
        Where records are committed; by default the local log of `home`.
    resume : bool
        Whether `folder` may hold a log already, which is continued; see `bims_desktop.app.recover`.

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
        ledger: Ledger | None = None,
        resume: bool = False,
    ) -> None:
        self.home = home or Home()
        self.folder = Path(folder) if folder else self.home.sessions / _new_name()
        self._ledger = ledger
        self.recorder = Recorder(_journal(self.folder, resume))
        self.blobs = Blobs(self.folder / "blobs")
        self.inputs: dict[int, Input] = {}
        self.log_tree = LogTree()
        self._closed = False

    @property
    def ledger(self) -> Ledger:
        """Where records are committed; opened at first use, when saves that a crash cut off are settled."""
        if self._ledger is None:
            self._ledger = self.home.ledger
            settle(self.home.folder, self._ledger)
        return self._ledger

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

    def open(self, path: str | PathLike[str], *, name: str | None = None) -> Data:
        """Read an image file as a new layer.

        Raises
        ------
        UnreadableFile, FileTooLarge
            It is no image that can be read; nothing was recorded.
        """
        started, clock, path = utc_now(), time.perf_counter(), Path(path).absolute()
        opened = read(path)
        status = path.stat()
        digest = pixel_digest(opened.image)
        source = Input(path, digest, status.st_size, status.st_mtime_ns, parent_record(path), opened.acquisition)
        parameters: dict[str, Json] = {"digest": digest, "name": source.name}
        duration = time.perf_counter() - clock
        intent = Intent("load", f"Opened {source.name}", parameters=parameters, started=started, duration=duration)
        on_top = on_new_layers(self.recorder.new_layer_id)

        def place(layers: Layers, new: Sequence[tuple[int, str]]) -> Layers:
            # Before anybody hears of the layer, so that whoever does can ask where it came from.
            self.inputs[new[0][0]] = source
            return on_top(layers, new)

        action = self.recorder.record(intent, [(opened.image, name or source.name)], place, str(path), [digest])
        self.home.remember_input(digest, path)
        return Data(self, action.writes[0])

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
        operation = registry.get(id)
        names = [argument.name for argument in operation.arguments]
        if len(images) > len(names):
            raise BadParameter(f"{id} takes {len(names)} images, not {len(images)}.", f"They are {', '.join(names)}.")
        given = dict(zip(names, images, strict=False))
        given.update({name: options.pop(name) for name in names if options.get(name) is not None})
        return self._run(id, given, options, on_new_layers(self.recorder.new_layer_id))

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
        layer = self.layer_of(data)
        place = on_layer(layer.id) if layer else on_new_layers(self.recorder.new_layer_id)
        result: Data = self._run("paint", {"image": data}, {"strokes": digest}, place, name=data.name)
        return result

    def duplicate(self, data: Data, name: str | None = None) -> Data:
        """Copy a layer."""
        self._own(data)
        place = on_new_layers(self.recorder.new_layer_id)
        result: Data = self._run("duplicate", {"image": data}, {}, place, name=name or f"{data.name} copy")
        return result

    def rename(self, data: Data, name: str) -> None:
        """Give the layer that shows `data`, or showed it before it was painted on, another name."""
        layer = self._layer(data)
        intent = Intent(
            "rename",
            f"Renamed {layer.name} to {name}",
            arguments={"image": data.version},
            parameters={"name": name},
            effect="session",
        )

        def place(layers: Layers, new: object) -> Layers:
            return tuple(Layer(x.id, name, x.version) if x.id == layer.id else x for x in layers)

        self.recorder.record(intent, place=place)

    def remove(self, data: Data) -> None:
        """Take the layer that shows `data`, or showed it before, off the list; its versions stay."""
        layer = self._layer(data)
        intent = Intent("remove", f"Removed {layer.name}", arguments={"image": data.version}, effect="session")
        self.recorder.record(intent, place=lambda layers, new: tuple(x for x in layers if x.id != layer.id))

    def display(self, data: Data, setting: str, value: Json) -> None:
        """Note that a layer looks different now; its pixels are the same."""
        self._own(data)
        sentence = f"Set {setting.replace('_', ' ')} of {data.name}"
        parameters = {"setting": setting, "value": value}
        self.recorder.record(
            Intent("display", sentence, arguments={"image": data.version}, parameters=parameters, effect="display")
        )

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
        layer, image = self.layer_of(data) if data else None, detached(image)
        digest = self.blobs.put(encode_image(image))
        found: dict[str, Json] = {"predecessor": data.version} if data else {}
        intent = Intent(
            "snapshot",
            f"Took the pixels of {layer.name if layer else name or 'a new layer'} as they were: {cause}",
            parameters={"digest": digest, "cause": cause},
            found=found,
            status="snapshot",
        )
        place = on_layer(layer.id) if layer else on_new_layers(self.recorder.new_layer_id)
        action = self.recorder.record(intent, [(image, name or (layer.name if layer else ""))], place)
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
        read = {name: value.version for name, value in arguments.items() if isinstance(value, Data)}
        names = {name: f"image_{number}" for number, name in enumerate(read)}
        plain: dict[str, Any] = {name: value for name, value in arguments.items() if not isinstance(value, Data)}
        if "function" in arguments or not can_hold(Step(("result",), "call", names, {"function": function, **plain})):
            cause = f"{function} of {package}, with arguments that cannot be written down"
            return tuple(self.snapshot(replaces, image, cause=cause, name=name) for image, name in results)
        intent = Intent(
            "call",
            f"Ran {function.rpartition('.')[2]} of {package}",
            arguments=read,
            parameters={"function": function, **plain},
            duration=duration,
            package=package,
        )
        layer = self.layer_of(replaces) if replaces else None
        place = on_layer(layer.id) if layer else on_new_layers(self.recorder.new_layer_id)
        action = self.recorder.record(intent, [(detached(image), name) for image, name in results], place)
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

    def _run(self, id: str, images: Mapping[str, Data], options: Mapping[str, Any], place: Any, name: str = "") -> Any:
        operation = registry.get(id)
        for given in images.values():
            self._own(given)
        parameters = operation.bind(options)
        started, clock = utc_now(), time.perf_counter()
        outcome = execute(operation, {n: d.image for n, d in images.items()}, parameters, self.blobs.get)
        duration = time.perf_counter() - clock
        sentence = operation.say({**parameters, **outcome.found, **{n: d.name for n, d in images.items()}})
        arguments = {n: d.version for n, d in images.items()}
        status: Status = "manual" if any(p.blob for p in operation.parameters) else "replayable"
        intent = Intent(
            id,
            sentence,
            operation.version,
            arguments,
            parameters,
            outcome.found,
            operation.effect,
            status,
            started,
            duration,
        )
        shown = place if all(isinstance(value, Image) for value in outcome.results) else None
        action = self.recorder.record(intent, [(value, name) for value in outcome.results], shown)
        given_back = tuple(
            v if isinstance(v, Table) else Data(self, n) for n, v in zip(action.writes, outcome.results, strict=True)
        )
        return given_back if len(given_back) > 1 else given_back[0]

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
