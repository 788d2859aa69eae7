"""Hear that a viewer is closed, before napari empties its layer list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import napari
from napari.qt import Window
from PySide6.QtWidgets import QMainWindow

from bims_desktop.ui.capture.patches import wrap


def on_close(viewer: napari.Viewer, callback: Callable[[], None]) -> Callable[[], None]:
    """Call `callback` when `viewer` is closed by code or by its window; returns how to stop that."""
    main = main_window(viewer)

    def around_close(proceed: Any, closed: napari.Viewer) -> None:
        if closed is viewer:
            callback()
        proceed(closed)

    def around_event(proceed: Any, window: QMainWindow, event: Any) -> None:
        proceed(window, event)
        if window is main and event.isAccepted():
            callback()

    ends = wrap(napari.Viewer, "close", around_close), wrap(type(main), "closeEvent", around_event)

    def end() -> None:
        for stop in ends:
            stop()

    return end


def main_window(viewer: napari.Viewer) -> QMainWindow:
    """The main window around `viewer`; napari has no public way to it."""
    window: Window = viewer.window
    return window._qt_window  # type: ignore[no-any-return]
