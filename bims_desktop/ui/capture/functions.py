"""Functions of plugins that magicgui made a widget of."""

from __future__ import annotations

from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

import numpy as np
from magicgui import magicgui
from magicgui.widgets import FunctionGui
from napari.components import LayerList
from napari.layers import Layer
from napari.utils._magicgui import find_viewer_ancestor
from PySide6.QtCore import QTimer

from bims_desktop.ui.capture.call import Call, Noting, arrays
from bims_desktop.ui.capture.hook import Hook
from bims_desktop.ui.capture.patches import wrap, wrapped
from bims_desktop.ui.layers import fingerprint, image_of, lacks_units, level, recordable, units_of

if TYPE_CHECKING:
    from bims_desktop.ui.capture.watch import Capture, Intent

Gui = FunctionGui[..., Any]
PAUSE = 500
"""Milliseconds without a further call after which one of a live (auto_call) widget is recorded."""


class Functions(Hook):
    """Wraps `FunctionGui.__call__`: `called` alone has no arguments."""

    route = "plugin functions"

    def __init__(self, capture: Capture) -> None:
        super().__init__(capture)
        self._workers: dict[Gui, Call] = {}
        self._live: dict[Gui, tuple[Call, list[Layer]]] = {}
        self._running: Call | None = None
        self._timer = QTimer(capture, singleShot=True, interval=PAUSE)
        self._timer.timeout.connect(capture.settle)
        self._ends = (
            wrap(FunctionGui, "__call__", self._around),
            wrap(LayerList, "insert", self._around_insert),
        )

    def claim(self, layer: Layer) -> bool:
        """Say of the layer that a thread worker brings later which call it came from."""
        call = self._workers.get(layer.source.widget)
        if call is None:
            return False
        self.capture.adopt(layer, f"{call.cause}, in a thread of its own")
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
        with Noting(gui, call, lambda value: value):
            gui(value=4)
        return wrapped(FunctionGui, "__call__") and call.arguments == {"value": 4} and call.value == 5

    def close(self) -> None:
        self._timer.stop()
        for end in self._ends:
            end()

    def _around(self, proceed: Any, gui: Gui, *args: Any, **kwargs: Any) -> Any:
        if self._running or self.capture.intent is not None or find_viewer_ancestor(gui) is not self.capture.viewer:
            return proceed(gui, *args, **kwargs)
        self._running = call = Call(gui._function)
        try:
            with self.capture.doing(call.cause, settled=gui in self._live) as intent:
                with Noting(gui, call, self._stand_in):
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

    def _effects(self, gui: Gui, call: Call, intent: Intent) -> None:
        layers = [layer for layer in intent.inserted if recordable(layer) and layer in self.capture.viewer.layers]
        layers += [entry.layer for entry in self.capture.sync.entries if entry.altered()]
        if gui._auto_call:
            self._hold(gui, call, layers + [layer for layer in intent.replaced if layer not in layers])
            intent.claimed += layers
        elif layers:
            self._record(call, layers)
        elif _is_worker(call.value):
            self._workers[gui] = call

    def _hold(self, gui: Gui, call: Call, layers: list[Layer]) -> None:
        """Let the call of a live widget wait for the next, which mostly overwrites its results."""
        earlier, known = self._live.get(gui, (call, []))
        kept = [layer for layer in known if layer not in layers]
        if kept:
            self._record(earlier, kept)
        self._live[gui] = call, layers
        self._timer.start()

    def _record(self, call: Call, layers: list[Layer]) -> None:
        """Record a call with its results; what it changed without returning it can only be a snapshot."""
        results = self._results(call, layers) if call.replayable else None
        if results is None or not set(layers) <= set(results):
            self._as_snapshots(call, layers)
        else:
            self._as_call(call, results)

    def _results(self, call: Call, layers: list[Layer]) -> list[Layer] | None:
        """The layers that show what was returned, in its order; None where something shows nowhere."""
        shown = layers + [entry.layer for entry in self.capture.sync.entries if entry.layer not in layers]
        marks = [(layer, fingerprint(level(layer))) for layer in shown]
        found: list[Layer] = []
        for mark in map(fingerprint, arrays(call.value)):
            layer = next((layer for layer, other in marks if other == mark and layer not in found), None)
            if layer is None:
                return None
            found.append(layer)
        return found

    def _as_call(self, call: Call, layers: list[Layer]) -> None:
        sync, session = self.capture.sync, self.capture.session
        results = [(image_of(layer, call.like), layer.name) for layer in layers]
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

    def _stand_in(self, value: Any) -> Any:
        """What stands for `value` in the record: the data that a layer or its array shows, or the value itself."""
        for entry in self.capture.sync.entries:
            if value is entry.layer or (isinstance(value, np.ndarray) and value is level(entry.layer)):
                return self.capture.sync.data_of(entry.layer)
        return value.item() if isinstance(value, np.generic) else value


def _is_worker(value: Any) -> bool:
    return isinstance(value, Future) or hasattr(value, "returned")
