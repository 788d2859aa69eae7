"""Code that is typed into napari's console."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from napari.qt import QtViewer

from bims_desktop.ui.capture.hook import Hook
from bims_desktop.ui.capture.patches import wrap, wrapped

if TYPE_CHECKING:
    from bims_desktop.ui.capture.watch import Capture


class Console(Hook):
    """Looks at the pixels before and after each cell; the console is made when it is first shown."""

    route = "code in the console"

    def __init__(self, capture: Capture) -> None:
        super().__init__(capture)
        self._shells: list[Any] = []
        self._end = wrap(QtViewer, "_get_console", self._around)

    def probe(self) -> bool:
        return wrapped(QtViewer, "_get_console")

    def close(self) -> None:
        self._end()
        for shell in self._shells:
            shell.events.unregister("pre_run_cell", self._before)
            shell.events.unregister("post_run_cell", self._after)

    def _around(self, proceed: Any, qt_viewer: QtViewer) -> Any:
        console = proceed(qt_viewer)
        shell = getattr(console, "shell", None)
        if qt_viewer.viewer is self.capture.viewer and shell is not None:
            self._shells.append(shell)
            shell.events.register("pre_run_cell", self._before)
            shell.events.register("post_run_cell", self._after)
        return console

    def _before(self, info: Any) -> None:
        self.capture.finish()

    def _after(self, result: Any) -> None:
        for entry in self.capture.sync.entries:
            if entry.altered():
                self.capture.overwritten(entry, "changed by code typed in the console")
