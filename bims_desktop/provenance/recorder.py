"""The recorder: turns what was done into actions, data versions and layers, durable one by one."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import RLock
from typing import Any

from bims_desktop.errors import UnknownOperation
from bims_desktop.model.canonical import Json
from bims_desktop.model.table import Table
from bims_desktop.operations import registry
from bims_desktop.operations.spec import Effect
from bims_desktop.provenance.action import Action, Status
from bims_desktop.provenance.journal import Journal
from bims_desktop.provenance.layer import Layer, Layers, difference
from bims_desktop.provenance.lineage import Slice, slice_of
from bims_desktop.provenance.symbols import Symbols
from bims_desktop.provenance.versions import Value, Versions, check

Place = Callable[[Layers, Sequence[tuple[int, str]]], Layers]


@dataclass(frozen=True, slots=True)
class Intent:
    """What was asked, before it has a number; fields as in `Action`."""

    operation: str
    sentence: str
    version: int = 1
    arguments: Mapping[str, int] = field(default_factory=dict)
    parameters: Mapping[str, Json] = field(default_factory=dict)
    found: Mapping[str, Json] = field(default_factory=dict)
    effect: Effect = "pixels"
    status: Status = "replayable"
    started: str = ""
    duration: float = 0.0
    package: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What subscribers are told: the new action, and the layers as they are now."""

    action: Action
    layers: Layers


@dataclass(frozen=True, slots=True)
class _Step:
    """One entry of the undo stack."""

    number: int
    before: Layers
    after: Layers
    together: tuple[int, ...] = ()


class Recorder:
    """Actions, versions and layers of one session over its journal.

    Parameters
    ----------
    journal : Journal
        Where every action goes before anybody hears of it.
    memory : int, optional
        Bytes of pixels that the versions may hold in memory; beyond that they go to the journal's folder.
    """

    def __init__(self, journal: Journal, memory: int | None = None) -> None:
        self.journal = journal
        self.actions: list[Action] = []
        self.layers: Layers = ()
        self.undone: set[int] = set()
        self.versions = Versions(journal.folder, memory)
        self.writers: dict[int, int] = {}
        self.symbols = Symbols()
        self._undo: list[_Step] = []
        self._redo: list[_Step] = []
        self._undigested: list[int] = []
        self._last_layer = 0
        self._homes: dict[int, int] = {}
        self._tables: set[int] = set()
        self._lock = RLock()
        self._subscribers: list[Callable[[Change], None]] = []

    def subscribe(self, callback: Callable[[Change], None]) -> Callable[[], None]:
        """Call `callback` after every change, in the thread that made it; returns how to stop that."""
        self._subscribers.append(callback)
        return lambda: self._subscribers.remove(callback)

    def record(
        self,
        intent: Intent,
        results: Sequence[tuple[Value, str]] = (),
        place: Place | None = None,
        private: Json = None,
        digests: Sequence[str] = (),
        together: Sequence[int] = (),
    ) -> Action:
        """Append one action and make its versions.

        Parameters
        ----------
        intent : Intent
            What was asked.
        results : sequence of (Image or Table, str)
            What came of it, each with a name; an empty one becomes its name in the code.
        place : callable, optional
            The layers afterwards, from the layers before and the new versions with their names.
        private : JSON, optional
            What recovery needs and no record may hold, such as the path of an input.
        digests : sequence of str, optional
            Digests of the results where they are known.
        together : sequence of int, optional
            Numbers of actions that made no layer, and are undone and done again with this one.

        Raises
        ------
        SaveFailed
            The journal could not be written, or the disk has no room for pixels; nothing changed.
        BadParameter
            A result is of a type that has no digest; nothing changed.
        """
        for value, _ in results:
            check(value)
        values = self.versions.admit([value for value, _ in results], self._on_layers())
        with self._lock:
            writes = self.versions.reserve(len(results))
            action = self._action(intent, writes)
            names = [name or self.symbols.names[v] for v, (_, name) in zip(writes, results, strict=True)]
            named = list(zip(values, names, strict=True))
            after = (
                place(self.layers, [(v, name) for v, (_, name) in zip(writes, named, strict=True)])
                if place
                else self.layers
            )
            self._write(action, after, private, together)
            self._keep(action, named, digests)
            if after != self.layers:
                self._undo.append(_Step(action.number, self.layers, after, tuple(together)))
                self._redo.clear()
                self._show(after)
        self._tell(action)
        return action

    def undo(self) -> Action | None:
        """Go back to the layers as they were before the last change; None where there is none."""
        return self._move(self._undo, self._redo, "undo")

    def redo(self) -> Action | None:
        """Take the last `undo` back; None where there is none."""
        return self._move(self._redo, self._undo, "redo")

    @property
    def undoable(self) -> Action | None:
        """The action that `undo` would take back."""
        return self.actions[self._undo[-1].number - 1] if self._undo else None

    @property
    def redoable(self) -> Action | None:
        """The action that `redo` would bring back."""
        return self.actions[self._redo[-1].number - 1] if self._redo else None

    @property
    def can_undo(self) -> bool:
        return bool(self._undo)

    @property
    def can_redo(self) -> bool:
        return bool(self._redo)

    def slice(self, version: int) -> Slice:
        """Which actions `version` depends on."""
        with self._lock:
            undone = frozenset(self.undone)
            known = {"undone": undone, "tables": self._tables, "homes": self._homes}
            return slice_of(version, tuple(self.actions), self.writers, **known)

    def new_layer_id(self) -> int:
        """An id that no layer of this session ever had."""
        self._last_layer += 1
        return self._last_layer

    def home_of(self, version: int) -> Layer | None:
        """The layer in the list now that showed `version` last, though it may show another one by now."""
        home = self._homes.get(version)
        return next((layer for layer in self.layers if layer.id == home), None)

    def restore(
        self, action: Action, results: Sequence[tuple[Value, str]], layers: Layers, together: Sequence[int] = ()
    ) -> None:
        """Take an action that the journal already holds, when a session is recovered."""
        self.symbols.code(action.operation, action.arguments, action.parameters, action.writes)
        if action.operation in ("undo", "redo"):
            stacks = (self._undo, self._redo) if action.operation == "undo" else (self._redo, self._undo)
            layers = self._shift(*stacks)
        elif layers != self.layers:
            self._undo.append(_Step(action.number, self.layers, layers, tuple(together)))
            self._redo.clear()
        values = self.versions.admit([value for value, _ in results], self._on_layers())
        self._keep(action, list(zip(values, (name for _, name in results), strict=True)), ())
        self._show(layers)
        self._last_layer = max([self._last_layer, *(layer.id for layer in layers)])

    def abandon(self) -> None:
        """Let the journal go as it is."""
        with self._lock:
            self.versions.close()
            self.journal.close()

    def close(self) -> None:
        """Settle what is still computed and let the journal go."""
        with self._lock:
            self._append("end", {}, wait=True)
            self.versions.close()
            self.journal.close()

    def _on_layers(self) -> set[int]:
        return {layer.version for layer in self.layers}

    def _action(self, intent: Intent, writes: tuple[int, ...]) -> Action:
        fields: dict[str, Any] = {name: getattr(intent, name) for name in Intent.__slots__}
        fields["started"] = intent.started or utc_now()
        code = self.symbols.code(intent.operation, intent.arguments, intent.parameters, writes)
        return Action(len(self.actions) + 1, writes=writes, code=code, salt=secrets.token_hex(16), **fields)

    def _write(self, action: Action, after: Layers, private: Json, together: Sequence[int] = ()) -> None:
        body: dict[str, Any] = {"action": action.to_json(), "private": private}
        if together:
            body["together"] = list(together)
        if after != self.layers:
            body["layers"] = difference(self.layers, after)
        self._append("action", body)

    def _keep(self, action: Action, results: Sequence[tuple[Value, str]], digests: Sequence[str]) -> None:
        self.actions.append(action)
        for number, (value, name), digest in zip(action.writes, results, digests or [""] * len(results), strict=True):
            self.versions.add(number, value, action.number, name, digest)
            self.writers[number] = action.number
            self._undigested.append(number)
            if isinstance(value, Table):
                self._tables.add(number)

    def _append(self, kind: str, body: Json, *, wait: bool = False) -> None:
        """Write an entry, after the digests that were computed meanwhile.

        Only the end of a session waits for them: nobody shall wait between two steps.
        """
        known = {n: d.result() for n in self._undigested if (d := self.versions[n].digest).done() or wait}
        digests: Json = {str(number): digest for number, digest in known.items()}
        self.journal.append(*([("digest", digests)] if known else []), (kind, body))
        self._undigested = [number for number in self._undigested if number not in known]

    def _move(self, source: list[_Step], target: list[_Step], verb: str) -> Action | None:
        with self._lock:
            if not source:
                return None
            step = source[-1]
            done = self.actions[step.number - 1]
            said = done.sentence if step.together else _named(done)
            sentence = f"{'Undid' if verb == 'undo' else 'Did again'} step {step.number}: {said}"
            intent = Intent(verb, sentence, parameters={"step": step.number}, effect="session")
            action = self._action(intent, ())
            self._write(action, self.layers, None)
            self._show(self._shift(source, target))
            self.actions.append(action)
        self._tell(action)
        return action

    def _shift(self, source: list[_Step], target: list[_Step]) -> Layers:
        step = source.pop()
        target.append(step)
        undoing = source is self._undo
        (self.undone.update if undoing else self.undone.difference_update)((*step.together, step.number))
        return step.before if undoing else step.after

    def _show(self, layers: Layers) -> None:
        self.layers = layers
        self._homes.update((layer.version, layer.id) for layer in layers)

    def _tell(self, action: Action) -> None:
        change = Change(action, self.layers)
        for callback in tuple(self._subscribers):
            callback(change)


def _named(action: Action) -> str:
    """In few words: the operation as the menu has it, or the sentence of what no menu has."""
    try:
        operation = registry.get(action.operation)
    except UnknownOperation:
        return action.sentence
    return operation.title if operation.menu else action.sentence


def utc_now() -> str:
    """Now, in UTC, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def on_new_layers(new_id: Callable[[], int]) -> Place:
    """Every version becomes a layer of its own, on top."""

    def place(layers: Layers, new: Sequence[tuple[int, str]]) -> Layers:
        return (*layers, *(Layer(new_id(), name, version) for version, name in new))

    return place


def on_layer(id: int) -> Place:
    """The one new version becomes the current one of layer `id`."""

    def place(layers: Layers, new: Sequence[tuple[int, str]]) -> Layers:
        ((version, _),) = new
        return tuple(Layer(layer.id, layer.name, version) if layer.id == id else layer for layer in layers)

    return place
