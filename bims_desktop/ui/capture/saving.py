"""Be asked before napari's own Save, which writes files without provenance, and hear what it has written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import napari
from app_model.registries import CommandsRegistry
from napari._app_model import get_app_model
from napari.components import LayerList
from napari.layers import Layer
from napari.qt import QtViewer, Window

from bims_desktop.ui.capture.patches import wrap

_PICTURES: tuple[tuple[type, str], ...] = (
    (QtViewer, "screenshot"),
    (QtViewer, "export_figure"),
    (Window, "screenshot"),
)
"""What writes pictures; all else that does comes through one of these."""
_asked: ContextVar[bool] = ContextVar("asked", default=False)
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
        def save() -> Any:
            token = _asked.set(True)
            try:
                return proceed(registry, id, *args, **options)
            finally:
                _asked.reset(token)

        if id not in _SAVES or napari.current_viewer() is not viewer:
            return proceed(registry, id, *args, **options)
        chosen = viewer.layers.selection if _SAVES[id] else viewer.layers
        if not hold([layer for layer in viewer.layers if layer in chosen], save):
            return save()
        held: Future[None] = Future()
        held.set_result(None)
        return held

    return wrap(CommandsRegistry, "execute_command", around)


@dataclass(frozen=True, slots=True)
class Written:
    """What napari has written: files, the layers in them, and whether the person was asked before.

    Layers are none where it is a picture of the window.
    """

    paths: tuple[str, ...]
    layers: tuple[Layer, ...] = ()
    asked: bool = False


def after_save(viewer: napari.Viewer, told: Callable[[Written], None]) -> Callable[[], None]:
    """Call `told` when napari has written layers of `viewer`, by a command or by code; returns how to stop that."""

    def around_list(proceed: Any, layers: LayerList, path: str, *args: Any, **options: Any) -> list[str]:
        written: list[str] = proceed(layers, path, *args, **options)
        if written and layers is viewer.layers:
            chosen = layers.selection if options.get("selected") else layers
            told(Written(tuple(written), tuple(layer for layer in layers if layer in chosen), _asked.get()))
        return written

    def around_layer(proceed: Any, layer: Layer, *args: Any, **options: Any) -> list[str]:
        written: list[str] = proceed(layer, *args, **options)
        if written and layer in viewer.layers:
            told(Written(tuple(written), (layer,)))
        return written

    ends = (wrap(LayerList, "save", around_list), wrap(Layer, "save", around_layer))
    return lambda: _end(ends)


def after_screenshot(viewer: napari.Viewer, told: Callable[[Written], None]) -> Callable[[], None]:
    """Call `told` when napari has written a picture of `viewer` to a file; returns how to stop that."""

    def around(proceed: Any, owner: QtViewer | Window, path: Any = None, *args: Any, **options: Any) -> Any:
        picture = proceed(owner, path, *args, **options)
        shown = owner.viewer if isinstance(owner, QtViewer) else owner._qt_viewer.viewer
        if path is not None and shown is viewer:
            told(Written((str(path),)))
        return picture

    ends = [wrap(owner, name, around) for owner, name in _PICTURES]
    return lambda: _end(ends)


def _end(ends: Sequence[Callable[[], None]]) -> None:
    for end in ends:
        end()


def save_by_napari(viewer: napari.Viewer, layers: Sequence[Layer]) -> None:
    """Select `layers` and let napari ask where to save them."""
    viewer.layers.selection = set(layers)
    get_app_model().commands.execute_command(_SELECTED)
