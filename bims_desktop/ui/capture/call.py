"""`Call`: one call of a plugin's function, with its exact arguments and what it gave back."""

from __future__ import annotations

import functools
import inspect
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from magicgui.widgets import FunctionGui
from magicgui.widgets._function_gui import _function_name_pointing_to_widget
from napari.layers import Layer

from bims_desktop.app.data import Data
from bims_desktop.macro.plugin import package_of
from bims_desktop.model.image import Image
from bims_desktop.ui.layers import level, recordable
from bims_desktop.ui.plugin_worker import resolve


@dataclass(slots=True, eq=False)
class Call:
    """What went in, and what came back; layers among the arguments stand as their data."""

    function: Any
    arguments: dict[str, Any] = field(default_factory=dict)
    value: Any = None
    duration: float = 0.0

    @property
    def name(self) -> str:
        """Dotted name of the function."""
        own = getattr(self.function, "__qualname__", type(self.function).__qualname__)
        return f"{self.function.__module__}.{own}"

    @property
    def package(self) -> str:
        return package_of(str(self.function.__module__))

    @property
    def replayable(self) -> bool:
        """Whether a replay finds this very function by its name, in an installed package."""
        try:
            return bool(self.package) and resolve(self.name) is self.function
        except (ImportError, AttributeError):
            return False

    @property
    def like(self) -> Image | None:
        """The first image that went in."""
        return next((value.image for value in self.arguments.values() if isinstance(value, Data)), None)

    @property
    def cause(self) -> str:
        """Who made the results, for a sentence."""
        return f"made by {self.name} of {self.package}" if self.package else f"made by the function {self.name}"


class Noting:
    """While open, what `gui` calls is noted in `call`: the exact arguments, the value, the time.

    Parameters
    ----------
    gui : FunctionGui
        Is about to be called.
    call : Call
        Filled in.
    stand_in : callable
        What stands for an argument in the record.
    """

    def __init__(self, gui: FunctionGui[..., Any], call: Call, stand_in: Callable[[Any], Any]) -> None:
        self._gui, self._call, self._stand_in = gui, call, stand_in

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
        call.arguments = {name: self._stand_in(value) for name, value in bound.items()}
        start = time.perf_counter()
        # magicgui lets the function's name stand for its widget, but looks for it in what we replaced.
        with _function_name_pointing_to_widget(self._gui):
            call.value = call.function(*args, **kwargs)
        call.duration = time.perf_counter() - start
        return call.value


def arrays(value: Any) -> Iterator[Any]:
    """Arrays in what a function returned: an array, a layer, a layer data tuple, or a list of those."""
    if isinstance(value, Layer):
        if recordable(value):
            yield level(value)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from arrays(item)
    elif hasattr(value, "dtype") and hasattr(value, "shape"):
        yield value


def _bound(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    signature = inspect.signature(function)
    bound = signature.bind(*args, **kwargs)
    bound.apply_defaults()
    extra = next((name for name, p in signature.parameters.items() if p.kind is p.VAR_KEYWORD), None)
    named = dict(bound.arguments)
    return {**named, **named.pop(extra)} if extra else named
