"""Commands of napari and plugins, from menus, context menus and the palette."""

from __future__ import annotations

from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

import napari
from app_model.registries import CommandsRegistry
from napari.layers import Image

from bims_desktop.operations import registry
from bims_desktop.ui.capture.hook import Hook
from bims_desktop.ui.capture.patches import wrap, wrapped

if TYPE_CHECKING:
    from bims_desktop.ui.capture.watch import Capture

_PROJECT = "napari.layer.project_"
_OTHERS = ("napari.window.", "napari.viewer.", "bims.")
"""Commands that change no layer; what they lead to has hooks of its own."""


class Commands(Hook):
    """Gives what a command does its name, and replaces projections by our own, which replay."""

    route = "commands of the menus"

    def __init__(self, capture: Capture) -> None:
        super().__init__(capture)
        self._end = wrap(CommandsRegistry, "execute_command", self._around)

    def probe(self) -> bool:
        return wrapped(CommandsRegistry, "execute_command")

    def close(self) -> None:
        self._end()

    def _around(self, proceed: Any, commands: CommandsRegistry, id: str, *args: Any, **kwargs: Any) -> Any:
        mine = napari.current_viewer() is self.capture.viewer
        if not mine or id.startswith(_OTHERS) or id not in commands:
            return proceed(commands, id, *args, **kwargs)
        if id.startswith(_PROJECT) and (operation := _projection(id.removeprefix(_PROJECT))):
            return self._project(operation)
        with self.capture.doing(f"made by the command {commands[id].title}"):
            return proceed(commands, id, *args, **kwargs)

    def _project(self, operation: str) -> Future[None]:
        """Project the active layer along its first axis, as napari does, by an operation of our own."""
        done: Future[None] = Future()
        layer = self.capture.viewer.layers.selection.active
        self.capture.finish()
        data = self.capture.sync.data_of(layer) if isinstance(layer, Image) else None
        if data is not None:
            named = [parameter.name for parameter in registry.get(operation).parameters]
            # napari keeps fractions, so that ours does too where it is asked
            exact = {"dtype": "float32"} if "dtype" in named else {}
            self.capture.session.run(operation, data, axis=data.image.axes[0], **exact)
        done.set_result(None)
        return done


def _projection(mode: str) -> str:
    """Id of the operation that projects by `mode`; empty where there is none yet."""
    return next((operation.id for operation in registry.operations() if operation.id == f"{mode}_projection"), "")
