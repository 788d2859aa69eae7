"""`PlaneHistogram`: the histogram of the plane that is shown, computed beside the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal

from bims_desktop.ui.glimpse import shown_point
from bims_desktop.ui.histogram import Histogram
from bims_desktop.ui.levels import Levels, levels_of
from bims_desktop.ui.theme import Palette

if TYPE_CHECKING:
    from bims_desktop.app.data import Data
    from bims_desktop.ui import Desktop

_PAUSE_MS = 120
_Key = tuple[int, tuple[tuple[str, float], ...]]


class PlaneHistogram(Histogram):
    """Follows an image and the sliders of the viewer.

    Signals
    -------
    arrived : Levels
        The histogram of another plane is there.
    """

    arrived = Signal(object)

    def __init__(self, desktop: Desktop, palette: Palette) -> None:
        super().__init__(palette)
        self._desktop = desktop
        self._data: Data | None = None
        self._key: _Key | None = None
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._start)

    def ask(self, data: Data | None) -> None:
        """Show `data`, soon."""
        self._data = data
        self._pause.start()

    def again(self) -> None:
        """The viewer shows another plane."""
        self._pause.start()

    def _start(self) -> None:
        data = self._data
        if data is None:
            return
        shown = shown_point(self._desktop.viewer, data.image.axes)
        point = {axis: at for axis, at in shown.items() if axis not in "YX"}
        key = (data.version, tuple(point.items()))
        if key == self._key:
            return
        self._key = key
        image = data.image

        def work() -> tuple[_Key, Levels | None]:
            return key, levels_of(image, point)

        self._desktop.jobs.start("Histogram of the plane", work, self._arrive, silent=True)

    def _arrive(self, result: tuple[_Key, Levels | None]) -> None:
        key, levels = result
        if key == self._key:
            self.take(levels)
            if levels is not None:
                self.arrived.emit(levels)
