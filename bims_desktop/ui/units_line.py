"""`UnitsLine`: a line above the image where some layers have a pixel size and others have none; once a session."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
        self._first = without[0]
        self.notice.ask(
            f"{_named(without)} no pixel size, other layers do, so they are not drawn to one scale. "
            f"Set pixel size gives {'it' if len(without) == 1 else 'them'} one.",
            "Close",
        )
        self.set_size = self.notice.add("Set pixel size…", "Choose this operation for the first of them.")
        self.set_size.clicked.connect(self._choose)

    def _choose(self) -> None:
        self.leave()
        if self._first in self.desktop.viewer.layers:
            self.desktop.viewer.layers.selection.active = self._first
        self.desktop.choose("set_scale")


def mind_units(desktop: Desktop) -> Callable[[], None]:
    """Say it once where images differ in that, in the place of napari's own warnings; returns how to stop that."""
    said = False

    def show() -> None:
        nonlocal said
        images = [layer for layer in desktop.viewer.layers if recordable(layer)]
        without = [layer for layer in images if _is_in_pixels(layer)]
        if not said and 0 < len(without) < len(images):
            said = True
            UnitsLine(desktop, without).put_above()

    # Not at once: the canvas is being drawn, and the line moves it.
    stop = instead_of_units_warning(desktop.viewer, lambda: QTimer.singleShot(0, desktop.main_window, show))

    def end() -> None:
        nonlocal said
        said = True
        stop()

    return end


def _is_in_pixels(layer: Layer) -> bool:
    return all(str(unit) == "pixel" for unit in layer.units[-2:])


def _named(layers: Sequence[Layer]) -> str:
    names = ", ".join(layer.name for layer in layers[:_MOST_NAMES])
    more = len(layers) - _MOST_NAMES
    return f"{names} and {more} more have" if more > 0 else f"{names} {'has' if len(layers) == 1 else 'have'}"
