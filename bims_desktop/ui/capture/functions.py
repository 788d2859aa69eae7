"""Functions of plugins that magicgui made a widget of."""

from __future__ import annotations

import functools
import inspect
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from magicgui import magicgui
from magicgui.widgets import FunctionGui
from magicgui.widgets._function_gui import _function_name_pointing_to_widget
from napari.components import LayerList
from napari.layers import Layer
from napari.utils._magicgui import find_viewer_ancestor
from PySide6.QtCore import QTimer

from bims_desktop.app.data import Data
from bims_desktop.model.image import Image
from bims_desktop.ui.capture.culprit import package_of
from bims_desktop.ui.capture.hook import Hook
from bims_desktop.ui.capture.patches import wrap, wrapped
from bims_desktop.ui.layers import fingerprint, image_of, lacks_units, level, recordable, units_of

if TYPE_CHECKING:
    from bims_desktop.ui.capture.watch import Capture, Intent

PAUSE = 500
"""Milliseconds without a further call after which one of a live (auto_call) widget is recorded."""


@dataclass(slots=True, eq=False)
class Call:
    """One call of a plugin's function: what went in, and what it gave back."""

    function: Any
    arguments: dict[str, Any] = field(default_factory=dict)
    value: Any = None
    duration: float = 0.0

    @property
    def name(self) -> str:
        return f"{self.function.__module__}.{self.function.__qualname__}"

    @property
    def package(self) -> str:
        return package_of(str(self.function.__module__))

    @property
    def importable(self) -> bool:
        """Whether a replay can find the function by its name."""
        return bool(self.package) and "<" not in self.name

    @property
    def like(self) -> Image | None:
        """The first image that went in."""
        return next((value.image for value in self.arguments.values() if isinstance(value, Data)), None)

    @property
    def cause(self) -> str:
        return f"made by {self.name} of {self.package}" if self.package else f"made by the function {self.name}"


class Functions(Hook):
    """Wraps `FunctionGui.__call__`: `called` alone has no arguments."""

    route = "plugin functions"

    def __init__(self, capture: Capture) -> None:
        super().__init__(capture)
        self._workers: dict[FunctionGui[..., Any], Call] = {}
        self._live: dict[FunctionGui[..., Any], tuple[Call, list[Layer]]] = {}
        self._running: Call | None = None
        self._timer = QTimer(capture, singleShot=True, interval=PAUSE)
        self._timer.timeout.connect(capture.settle)
        self._ends = (
            wrap(FunctionGui, "__call__", self._around),
            wrap(LayerList, "insert", self._around_insert),
        )

    def claim(self, layer: Layer) -> bool:
        """Take the layer that a thread worker brings later for the result of its call."""
        call = self._workers.get(layer.source.widget)
        if call is None:
            return False
        self._record(call, [layer], trusted=True)
        return True

    def holds(self, layer: Layer) -> bool:
        return any(layer in layers for _, layers in self._live.values())

    def settle(self) -> None:
        self._timer.stop()
        live, self._live = self._live, {}
        for call, layers in live.values():
            self._record(call, [layer for layer in layers if layer in self.capture.viewer.layers])

    def probe(self) -> bool:
        gui = magicgui(lambda value=2: value + 1)
        call = Call(gui._function)
        with _Recorded(gui, call, lambda value: value):
            gui(value=4)
        return wrapped(FunctionGui, "__call__") and call.arguments == {"value": 4} and call.value == 5

    def close(self) -> None:
        self._timer.stop()
        for end in self._ends:
            end()

    def _around(self, proceed: Any, gui: FunctionGui[..., Any], *args: Any, **kwargs: Any) -> Any:
        if self._running or self.capture.intent is not None or find_viewer_ancestor(gui) is not self.capture.viewer:
            return proceed(gui, *args, **kwargs)
        self._running = call = Call(gui._function)
        try:
            with self.capture.doing(call.cause, settled=gui in self._live) as intent:
                with _Recorded(gui, call, self._argument):
                    result = proceed(gui, *args, **kwargs)
                self._effects(gui, call, intent)
        finally:
            self._running = None
        return result

    def _around_insert(self, proceed: Any, layers: LayerList, index: int, layer: Layer) -> None:
        """Give a result the units of what went in before napari warns that its layers disagree."""
        like = self._running.like if self._running is not None else None
        mine = layers is self.capture.viewer.layers and recordable(layer)
        if mine and like is not None and lacks_units(layer, like):
            layer.units = units_of(like)
        proceed(layers, index, layer)

    def _effects(self, gui: FunctionGui[..., Any], call: Call, intent: Intent) -> None:
        layers = [layer for layer in intent.inserted if recordable(layer) and layer in self.capture.viewer.layers]
        layers += [entry.layer for entry in self.capture.sync.entries if entry.altered()]
        if gui._auto_call:
            self._hold(gui, call, layers + [layer for layer in intent.replaced if layer not in layers])
            intent.claimed += layers
        elif layers:
            self._record(call, layers)
        elif _is_worker(call.value):
            self._workers[gui] = call

    def _hold(self, gui: FunctionGui[..., Any], call: Call, layers: list[Layer]) -> None:
        """Let the call of a live widget wait for the next, which mostly overwrites its results."""
        earlier, known = self._live.get(gui, (call, []))
        kept = [layer for layer in known if layer not in layers]
        if kept:
            self._record(earlier, kept)
        self._live[gui] = call, layers
        self._timer.start()

    def _record(self, call: Call, layers: list[Layer], *, trusted: bool = False) -> None:
        """Record a call by its results; what did not come back as its value is left to become a snapshot."""
        returned = {fingerprint(array) for array in _arrays(call.value)}
        given = [layer for layer in layers if trusted or fingerprint(level(layer)) in returned]
        if not given or len(given) < len(layers) or not call.importable:
            self._as_snapshots(call, layers)
            return
        results = [(image_of(layer, call.like), layer.name) for layer in given]
        self._call(call, given, results)

    def _call(self, call: Call, layers: list[Layer], results: list[tuple[Image, str]]) -> None:
        sync, session = self.capture.sync, self.capture.session
        with sync.held():
            replaced = [sync.forget(layer) for layer in layers]
            old = [session.data(entry.version) for entry in replaced if entry is not None]
            only = old[0] if len(layers) == len(old) == 1 else None
            datas = session.call(
                call.name, call.arguments, results, package=call.package, duration=call.duration, replaces=only
            )
            for data in old if only is None else ():
                session.remove(data)
            for layer, data in zip(layers, datas, strict=True):
                self.capture.bind(layer, data)

    def _as_snapshots(self, call: Call, layers: list[Layer]) -> None:
        for layer in layers:
            entry = self.capture.sync.entry_of(layer)
            if entry is None:
                self.capture.adopt(layer, call.cause)
            elif entry.altered():
                self.capture.overwritten(entry, call.cause)

    def _argument(self, value: Any) -> Any:
        """What stands for `value` in the record: the data that a layer or its array shows, or the value itself."""
        for entry in self.capture.sync.entries:
            if value is entry.layer or (isinstance(value, np.ndarray) and value is level(entry.layer)):
                return self.capture.sync.data_of(entry.layer)
        return value.item() if isinstance(value, np.generic) else value


class _Recorded:
    """While open, what `gui` calls is noted in `call`: the exact arguments, the value, the time."""

    def __init__(self, gui: FunctionGui[..., Any], call: Call, resolve: Callable[[Any], Any]) -> None:
        self._gui, self._call, self._resolve = gui, call, resolve

    def __enter__(self) -> None:
        @functools.wraps(self._call.function)
        def run(*args: Any, **kwargs: Any) -> Any:
            return self._run(*args, **kwargs)

        self._gui._function = run

    def __exit__(self, *error: object) -> None:
        self._gui._function = self._call.function

    def _run(self, *args: Any, **kwargs: Any) -> Any:
        call = self._call
        self._gui._function = call.function
        # Now, not afterwards: the call may overwrite what it was given.
        bound = _bound(call.function, args, kwargs)
        call.arguments = {name: self._resolve(value) for name, value in bound.items()}
        start = time.perf_counter()
        # magicgui lets the function's name stand for its widget, but looks for it in what we replaced.
        with _function_name_pointing_to_widget(self._gui):
            call.value = call.function(*args, **kwargs)
        call.duration = time.perf_counter() - start
        return call.value


def _bound(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    signature = inspect.signature(function)
    bound = signature.bind(*args, **kwargs)
    bound.apply_defaults()
    extra = next((name for name, p in signature.parameters.items() if p.kind is p.VAR_KEYWORD), None)
    named = dict(bound.arguments)
    return {**named, **named.pop(extra)} if extra else named


def _arrays(value: Any) -> Iterator[Any]:
    """Arrays in what a function returned: an array, a layer, a layer data tuple, or a list of those."""
    if isinstance(value, Layer):
        if recordable(value):
            yield level(value)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _arrays(item)
    elif hasattr(value, "dtype") and hasattr(value, "shape"):
        yield value


def _is_worker(value: Any) -> bool:
    return isinstance(value, Future) or hasattr(value, "returned")
