"""`UnitsLine`: a line above the image where some layers have a pixel size and others have none; once an image."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING

from napari.layers import Layer
from PySide6.QtCore import QTimer

from bims_desktop.ui.capture.units_warning import instead_of_units_warning
from bims_desktop.ui.layers import recordable
from bims_desktop.ui.unfolding import Unfolding

if TYPE_CHECKING:
    from bims_desktop.ui import Desktop

_MOST_NAMES = 2


class UnitsLine(Unfolding):
    """Which layers have no pixel size, what follows from it, and the way to give them one.

    Parameters
    ----------
    desktop : Desktop
        The window.
    without : sequence of napari layer
        Those that have none.
    """

    def __init__(self, desktop: Desktop, without: Sequence[Layer]) -> None:
        super().__init__(desktop, "Pixel sizes")
        self._without: list[Layer] = []
        self.set_size = self.notice.add("Set pixel size…", "Choose this operation for the first of them.")
        self.set_size.clicked.connect(self._choose)
        self.name(without)

    def name(self, more: Sequence[Layer]) -> None:
        """Name `more` layers, before those that it names already and that are still there."""
        self._without = [*more, *(layer for layer in self._without if layer in self.desktop.viewer.layers)]
        self.notice.ask(
            f"{_named(self._without)} no pixel size, other layers do, so they are not drawn to one scale. "
            f"Set pixel size gives {'it' if len(self._without) == 1 else 'them'} one.",
            "Close",
        )

    def _choose(self) -> None:
        self.leave()
        if self._without[0] in self.desktop.viewer.layers:
            self.desktop.viewer.layers.selection.active = self._without[0]
        self.desktop.choose("set_scale")


def mind_units(desktop: Desktop) -> Callable[[], None]:
    """Say it once of each image that differs in that, in the place of napari's own warnings; returns how to end it."""
    told: set[Hashable] = set()
    ended = False

    def show() -> None:
        images = [layer for layer in desktop.viewer.layers if recordable(layer)]
        without = [layer for layer in images if _is_in_pixels(layer)]
        if ended or not 0 < len(without) < len(images):
            return
        fresh = [layer for layer in without if layer.unique_id not in told and not _roots(desktop, layer) <= told]
        told.update(*({layer.unique_id, *_roots(desktop, layer)} for layer in fresh))
        if fresh:
            _say(desktop, fresh)

    # Not at once: the canvas is being drawn, and the line moves it.
    stop = instead_of_units_warning(desktop.viewer, lambda: QTimer.singleShot(0, desktop.main_window, show))

    def end() -> None:
        nonlocal ended
        ended = True
        stop()

    return end


def _say(desktop: Desktop, without: Sequence[Layer]) -> None:
    for line in desktop.main_window.findChildren(UnitsLine):
        if line.isVisible():
            line.name(without)
            return
    UnitsLine(desktop, without).put_above()


def _roots(desktop: Desktop, layer: Layer) -> set[Hashable]:
    """The images that `layer` was made from, or itself: what was said of them need not be said of it."""
    data = None if desktop.arriving(layer) else desktop.data_of(layer)
    if data is None:
        return {layer.unique_id}
    recorder, found, waiting = desktop.session.recorder, set[int](), {data.version}
    roots = set[Hashable]()
    while waiting:
        version = waiting.pop()
        found.add(version)
        before = set(desktop.session.actions[recorder.writers[version] - 1].arguments.values())
        waiting |= before - found
        if not before:
            roots.add(version)
    return roots


def _is_in_pixels(layer: Layer) -> bool:
    return all(str(unit) == "pixel" for unit in layer.units[-2:])


def _named(layers: Sequence[Layer]) -> str:
    names = ", ".join(layer.name for layer in layers[:_MOST_NAMES])
    more = len(layers) - _MOST_NAMES
    return f"{names} and {more} more have" if more > 0 else f"{names} {'has' if len(layers) == 1 else 'have'}"
