"""Be asked before napari's own Save, which writes files without provenance."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any

import napari
from app_model.registries import CommandsRegistry
from napari._app_model import get_app_model
from napari.components import LayerList
from napari.layers import Layer

from bims_desktop.ui.capture.patches import wrap

_SAVES = {"napari.window.file.save_layers_dialog": False, "napari.window.file.save_layers_dialog.selected": True}
"""The commands of the File menu, and whether they save only what is selected."""
_SELECTED = next(id for id, selected in _SAVES.items() if selected)


def before_save(
    viewer: napari.Viewer, hold: Callable[[Sequence[Layer], Callable[[], None]], bool]
) -> Callable[[], None]:
    """Ask `hold` before napari saves layers of `viewer` by a command; returns how to stop that.

    It is given the layers and what saves them after all, and answers whether nothing is saved for now.
    """

    def around(proceed: Any, registry: CommandsRegistry, id: str, *args: Any, **options: Any) -> Any:
        def save() -> None:
            proceed(registry, id, *args, **options)

        if id in _SAVES and napari.current_viewer() is viewer:
            chosen = viewer.layers.selection if _SAVES[id] else viewer.layers
            if hold([layer for layer in viewer.layers if layer in chosen], save):
                held: Future[None] = Future()
                held.set_result(None)
                return held
        return proceed(registry, id, *args, **options)

    return wrap(CommandsRegistry, "execute_command", around)


def after_save(viewer: napari.Viewer, told: Callable[[Sequence[Layer]], None]) -> Callable[[], None]:
    """Call `told` with the layers of `viewer` that napari has written to a file; returns how to stop that."""

    def around(proceed: Any, layers: LayerList, path: str, *, selected: bool = False, **options: Any) -> list[str]:
        written: list[str] = proceed(layers, path, selected=selected, **options)
        if written and layers is viewer.layers:
            told([layer for layer in layers if not selected or layer in layers.selection])
        return written

    return wrap(LayerList, "save", around)


def save_by_napari(viewer: napari.Viewer, layers: Sequence[Layer]) -> None:
    """Select `layers` and let napari ask where to save them."""
    viewer.layers.selection = set(layers)
    get_app_model().commands.execute_command(_SELECTED)
