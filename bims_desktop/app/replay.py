"""Replay a saved image or a macro: find its inputs, run its steps, compare the pixels."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Any, Literal

import numpy as np

from bims_desktop.app.find_input import FoundInput, find_input
from bims_desktop.app.home import Home
from bims_desktop.app.opening import with_digest
from bims_desktop.app.source import is_image, read_record, read_text
from bims_desktop.errors import MissingInput, RecordDamaged
from bims_desktop.files.blobs import Blobs
from bims_desktop.files.companion import read_companion
from bims_desktop.files.image_blob import decode_image
from bims_desktop.files.readers import read
from bims_desktop.macro import plugin
from bims_desktop.macro.plan import Plan, Step
from bims_desktop.macro.record import Record
from bims_desktop.macro.replay import Context, StepResult, run
from bims_desktop.macro.source import parse
from bims_desktop.model.digest import pixel_digest
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

    def bind(self, name: str, path: str | PathLike[str]) -> None:
        """Use the file at `path` for the input `name`.

        Raises
        ------
        MissingInput
            The macro has no such input.
        """
        self._check_input(name)
        self.images.pop(name, None)
        self.inputs[name] = Path(path)

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
        context = Context(
            load=lambda step: loaded.pop(step.name),
            blob=blobs.get,
            snapshot=lambda step: decode_image(blobs.get(step.parameters["digest"])),
            call=self._call,
            altered=frozenset(self._altered),
            allow_edits=self.allow_edits,
            allocate=Spill(self.home.sessions, memory_budget()).empty,
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
        if value.dtype.kind not in "fc" or value.shape != saved.shape or pixel_digest(saved) != self.expected:
            return False
        expected = saved.array()
        limit = TOLERANCE * float(np.nanmax(np.abs(expected), initial=0.0))
        return bool(np.allclose(value.array(), expected, rtol=0, atol=limit, equal_nan=True))

    def find(self, step: Step) -> FoundInput:
        """The recorded file of a load step: beside the source, in the current folder, or where it was seen.

        Raises
        ------
        MissingInput, FileChanged
            It cannot be found, or has other pixels.
        """
        return find_input(step, [self.source.parent, Path.cwd()], self.home)

    def _check_input(self, name: str) -> None:
        if name not in self.plan.inputs:
            raise MissingInput(f"The macro has no input {name!r}.", f"It has {', '.join(self.plan.inputs) or 'none'}.")

    def _load(self, step: Step) -> Image:
        wanted = step.parameters["digest"]
        self._altered.discard(step.name)
        if (image := self.images.get(step.name)) is None and (path := self.inputs.get(step.name)) is not None:
            if (found := with_digest(path, wanted, step.found.get("series"))) is not None:
                return found.image
            image = read(path).image
        if image is not None:
            if pixel_digest(image) != wanted:
                self._altered.add(step.name)
            return image
        return self.find(step).image

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
        Packages whose functions may run, each in a process of its own.
    home : Home, optional
        Where inputs were seen before.
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
        prepared.bind(name, path)
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
