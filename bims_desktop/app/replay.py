"""Replay a saved image or a macro: find its inputs, run its steps, compare the pixels."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from os import PathLike
from pathlib import Path
from typing import Any, Literal

import numpy as np

from bims_desktop.app.find_input import FoundInput, Search, matching, substitute
from bims_desktop.app.home import Home
from bims_desktop.app.source import is_image, read_record, read_text
from bims_desktop.errors import FileError, MissingInput, RecordDamaged
from bims_desktop.files.blobs import Blobs
from bims_desktop.files.companion import read_companion
from bims_desktop.files.image_blob import read_image
from bims_desktop.files.readers import read
from bims_desktop.macro import plugin
from bims_desktop.macro.plan import Plan, Step
from bims_desktop.macro.record import Record
from bims_desktop.macro.replay import Context, StepResult, run
from bims_desktop.macro.source import parse
from bims_desktop.model.digest import pixel_digest, planes
from bims_desktop.model.image import Image
from bims_desktop.model.table import Table
from bims_desktop.operations.execute import Outcome
from bims_desktop.operations.spec import DIGEST
from bims_desktop.provenance.budget import memory_budget
from bims_desktop.provenance.spill import Spill
from bims_desktop.provenance.versions import Value, value_digest

TOLERANCE = 1e-6
ReplayVerdict = Literal["identical", "within tolerance", "different", "derived", "not compared"]
Bindings = Mapping[str, str | PathLike[str]]


@dataclass(frozen=True, slots=True)
class ReplayResult:
    """What a replay gave.

    Parameters
    ----------
    value : Image or Table
        The last result.
    digest : str
        Its digest.
    expected : str
        The digest that the record promises; empty for a macro without record.
    verdict : str
        ``identical``, ``within tolerance`` (floats, in another environment), ``different``;
        ``derived`` where inputs or parameters were others; ``not compared`` without a record.
    steps : tuple of StepResult
        What was run.
    """

    value: Value
    digest: str
    expected: str
    verdict: ReplayVerdict
    steps: tuple[StepResult, ...]

    @property
    def image(self) -> Image | None:
        return self.value if isinstance(self.value, Image) else None

    @property
    def table(self) -> Table | None:
        return self.value if isinstance(self.value, Table) else None


@dataclass
class Replay:
    """A replay that is set up and can be changed before, and run step by step.

    Parameters
    ----------
    source : path
        A saved image with its record, or a macro as a text file.
    home : Home, optional
        Where inputs were seen before.

    Raises
    ------
    NoRecord
        An image without record.
    MacroRefused
        A text outside the dialect.
    """

    source: Path
    home: Home = field(default_factory=Home)
    record: Record | None = field(init=False)
    plan: Plan = field(init=False)
    inputs: dict[str, Path] = field(init=False, default_factory=dict)
    images: dict[str, Image] = field(init=False, default_factory=dict)
    series: dict[str, int] = field(init=False, default_factory=dict)
    look_in: tuple[Path, ...] = field(init=False, default=())
    trust: frozenset[str] = field(init=False, default=frozenset())
    allow_edits: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        self.source = Path(self.source)
        self.record = read_record(self.source) if is_image(self.source) else None
        text = self.record.macro if self.record else read_text(self.source)
        self.plan = parse(text)
        if self.record:
            self.plan = self.record.with_found(self.plan)
        self._original = self.plan
        self._altered: set[str] = set()

    def bind(self, name: str, path: str | PathLike[str], series: int | None = None) -> None:
        """Use the file at `path` for the input `name`: of several images in it the recorded one, else `series`.

        Raises
        ------
        MissingInput
            The macro has no such input.
        """
        self._check_input(name)
        self.images.pop(name, None)
        self.inputs[name] = Path(path)
        self.series.pop(name, None)
        if series is not None:
            self.series[name] = series

    def bind_image(self, name: str, image: Image) -> None:
        """Use an image at hand for the input `name`."""
        self._check_input(name)
        self.inputs.pop(name, None)
        self.images[name] = image

    def set(self, step: str, parameter: str, value: Any) -> None:
        """Run a step with another parameter, or with its own again."""
        found = self.plan.find(step)
        self.plan = self.plan.set(step, parameter, value)
        now, then = (dict(plan.find(found.name).parameters) for plan in (self.plan, self._original))
        (self._altered.difference_update if now == then else self._altered.update)(found.results)

    def leave_out(self, *names: str) -> None:
        """Skip steps, and all that need them."""
        self.plan = self.plan.without(*names)

    @property
    def expected(self) -> str:
        """Digest that the record promises; empty without a record."""
        return self.record.subject if self.record else ""

    @property
    def derived(self) -> bool:
        """Whether other steps, parameters or inputs were chosen than the recorded ones."""
        return bool(self._altered) or len(self.plan.steps) != len(self._original.steps)

    def steps(self) -> Iterator[StepResult]:
        """Run one step each time the iterator is asked."""
        loaded = {name: self._load(step) for name, step in self.plan.inputs.items()}
        blobs = self.blobs()
        allocate = Spill(self.home.sessions, memory_budget()).empty
        context = Context(
            load=lambda step: loaded.pop(step.name),
            blob=blobs.get,
            snapshot=lambda step: blobs.load(step.parameters["digest"], partial(read_image, allocate=allocate)),
            call=self._call,
            altered=frozenset(self._altered),
            allow_edits=self.allow_edits,
            allocate=allocate,
        )
        return run(self.plan, context)

    def result(self, done: tuple[StepResult, ...]) -> ReplayResult:
        """The verdict over steps that were run to the end."""
        value = dict(zip(done[-1].step.results, done[-1].values, strict=True))[self.plan.result]
        digest = value_digest(value)
        return ReplayResult(value, digest, self.expected, self._verdict(value, digest), done)

    def _verdict(self, value: Value, digest: str) -> ReplayVerdict:
        if self.derived:
            return "derived"
        if not self.expected:
            return "not compared"
        if digest == self.expected:
            return "identical"
        return "within tolerance" if self._close(value) else "different"

    def _close(self, value: Value) -> bool:
        if not isinstance(value, Image):
            return False
        saved = read(self.source).image
        if value.dtype.kind not in "fc" or (value.axes, value.shape) != (saved.axes, saved.shape):
            return False
        if pixel_digest(saved) != self.expected:
            return False
        greatest = max((float(np.nanmax(np.abs(plane), initial=0.0)) for plane in planes(saved)), default=0.0)
        pairs = zip(planes(value), planes(saved), strict=True)
        limit = TOLERANCE * greatest
        return all(np.allclose(ours, theirs, rtol=0, atol=limit, equal_nan=True) for ours, theirs in pairs)

    def find(self, step: Step) -> FoundInput:
        """The recorded file of a load step: in `look_in`, beside the source, here, where it was seen.

        Raises
        ------
        MissingInput, FileChanged
            It cannot be found, or has other pixels.
        NotTrusted, ReplayStopped
            It takes a reader that may not run, or that failed.
        """
        near = dict.fromkeys((self.source.absolute().parent, Path.cwd()))
        search = Search(self.home, tuple(near), self.look_in, self.trust)
        return search.find(step, self._size(step))

    def chosen(self, step: Step) -> FoundInput | None:
        """What was bound to a load step as a file; None where nothing was.

        Raises
        ------
        UnreadableFile, FileTooLarge
            It is no image that can be read, or has no such series.
        """
        path, series = self.inputs.get(step.name), self.series.get(step.name)
        if path is None:
            return None
        found = None
        with suppress(FileError):  # what cannot be the recorded file may stand for it
            found = matching(path, step, self.trust) if series is None else None
        if found is None:
            return substitute(path, step, series, self.trust)
        self.home.remember_input(str(step.parameters["digest"]), path)
        return found

    def _size(self, step: Step) -> int:
        """Bytes of the file that an input was in, as the record says; -1 where it does not."""
        told = self.record.content["inputs"] if self.record else []
        same = (one for one in told if isinstance(one, dict) and one.get("digest") == step.parameters["digest"])
        return next((one["size"] for one in same if isinstance(one.get("size"), int)), -1)

    def _check_input(self, name: str) -> None:
        if name not in self.plan.inputs:
            raise MissingInput(f"The macro has no input {name!r}.", f"It has {', '.join(self.plan.inputs) or 'none'}.")

    def _load(self, step: Step) -> Image:
        wanted = step.parameters["digest"]
        self._altered.discard(step.name)
        image = self.images.get(step.name)
        if image is None and (chosen := self.chosen(step)) is not None:
            image = chosen.image
        if image is None:
            return self.find(step).image
        if pixel_digest(image) != wanted:
            self._altered.add(step.name)
        return image

    def blobs(self) -> Blobs:
        """The stored edits that came with the source.

        Raises
        ------
        MissingInput, RecordDamaged
            They cannot be found or read.
        """
        if self.record is None:
            return Blobs()
        told = self.record.content["blobs"]
        try:
            packed = {d: base64.b64decode(text, validate=True) for d, text in told.get("inline", {}).items()}
        except (AttributeError, binascii.Error, TypeError, ValueError) as error:
            raise RecordDamaged("A stored edit of the record is not base64.", "Use an undamaged copy.") from error
        if companion := told.get("companion"):
            if not DIGEST.fullmatch(str(companion)):
                raise RecordDamaged("The record names its companion file by no digest.", "Use an undamaged copy.")
            packed.update(read_companion(self.source.parent, companion))
        return Blobs(packed=packed)

    def _call(self, step: Step, arguments: Mapping[str, Image]) -> Outcome:
        plugin.check_trust(step, self.trust)
        return plugin.call(step, arguments)


def replay(
    source: str | PathLike[str],
    inputs: Bindings | None = None,
    set: Mapping[str, Any] | None = None,
    trust: Collection[str] = (),
    *,
    home: Home | None = None,
    series: Mapping[str, int] | None = None,
    look_in: Collection[str | PathLike[str]] = (),
    allow_edits: bool = False,
    on_step: Callable[[StepResult], None] | None = None,
) -> ReplayResult:
    """Run the macro of a saved image, or of a text file, and compare what comes of it.

    Parameters
    ----------
    source : path
        Saved image or macro.
    inputs : mapping of str to path, optional
        Other files for the macro's inputs, by name.
    set : mapping, optional
        Other parameters, as ``{"gaussian.sigma": 3}``.
    trust : collection of str
        Packages whose functions and readers may run, each in a process of its own.
    home : Home, optional
        Where inputs were seen before.
    series : mapping of str to int, optional
        Which image of a file in `inputs` that holds several, from 0; by default the recorded one, else the first.
    look_in : collection of path
        Folders in which, and below which, inputs that moved are looked for.
    allow_edits : bool
        Whether manual edits may be put on other data than their own.
    on_step : callable, optional
        Told of each step that was run.

    Raises
    ------
    MissingInput, NotTrusted, ReplayStopped, MacroRefused, NoRecord
        It cannot run; the message says what to do.
    """
    prepared = Replay(Path(source), home or Home())
    for name, path in (inputs or {}).items():
        prepared.bind(name, path, (series or {}).get(name))
    prepared.look_in = tuple(map(Path, look_in))
    for address, value in (set or {}).items():
        step, _, parameter = address.rpartition(".")
        prepared.set(step, parameter, value)
    prepared.trust = frozenset(trust)
    prepared.allow_edits = allow_edits
    done: list[StepResult] = []
    for result in prepared.steps():
        done.append(result if len(done) + 1 == len(prepared.plan.steps) else _light(result))
        if on_step:
            on_step(result)
    return prepared.result(tuple(done))


def _light(result: StepResult) -> StepResult:
    """The step without its pixels, which nobody needs once it is over."""
    return StepResult(result.step, (), result.found, result.seconds, number=result.number)
