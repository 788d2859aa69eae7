"""Hear that a viewer is closed, before napari empties its layer list, and be asked before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import napari
from napari.qt import Window
from PySide6.QtWidgets import QMainWindow, QWidget

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

    return _together(wrap(napari.Viewer, "close", around_close), wrap(type(main), "closeEvent", around_event))


def before_close(viewer: napari.Viewer, hold: Callable[[Callable[[], None]], bool]) -> Callable[[], None]:
    """Ask `hold` when a person closes the window of `viewer`, by its frame or menu; returns how to stop that.

    It is given what closes the window for good, and answers whether the window stays open for now.
    Closing by code asks nothing.
    """
    main = main_window(viewer)

    def around_close(
        proceed: Any, window: QMainWindow, quit_app: bool = False, confirm_need: bool = False
    ) -> bool | None:
        if window is main and confirm_need and hold(lambda: proceed(window, quit_app, False)):
            return None
        return proceed(window, quit_app, confirm_need)  # type: ignore[no-any-return]

    def around_event(proceed: Any, window: QMainWindow, event: Any) -> None:
        # Only what came from outside the program is spontaneous.
        if window is main and event.spontaneous() and hold(window.close):  # type: ignore[arg-type]
            event.ignore()
        else:
            proceed(window, event)

    return _together(wrap(type(main), "close", around_close), wrap(type(main), "closeEvent", around_event))


def main_window(viewer: napari.Viewer) -> QMainWindow:
    """The main window around `viewer`; napari has no public way to it."""
    window: Window = viewer.window
    return window._qt_window  # type: ignore[no-any-return]


def canvas_of(viewer: napari.Viewer) -> QWidget:
    """The widget in which `viewer` draws its layers."""
    return viewer.window._qt_viewer.canvas.native  # type: ignore[no-any-return]


def _together(*ends: Callable[[], None]) -> Callable[[], None]:
    def end() -> None:
        for stop in ends:
            stop()

    return end
