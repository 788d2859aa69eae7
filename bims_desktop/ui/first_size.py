"""How large the window is where napari remembers nothing of an earlier one."""

from __future__ import annotations

import napari
from napari.settings import get_settings
from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QScreen

SIZE = QSize(1440, 900)
MOST = 0.9
"""Of the screen: its frame and the bars of the system need room too."""


def give_room(viewer: napari.Viewer, screen: QScreen) -> None:
    """Make the window large enough for image and docks, in the middle of `screen`; one that is remembered stays."""
    remembered = get_settings().application
    if not (remembered.save_window_geometry and remembered.window_size):
        place = first_place(screen.availableGeometry())
        viewer.window.set_geometry(place.x(), place.y(), place.width(), place.height())


def first_place(free: QRect) -> QRect:
    """Where a window of our size stands on a screen that has `free` for windows.

    Examples
    --------
    >>> first_place(QRect(0, 0, 1600, 1000)).getRect(), first_place(QRect(0, 30, 1280, 690)).getRect()
    ((80, 50, 1440, 900), (64, 64, 1152, 621))
    """
    place = QRect(free.topLeft(), SIZE.boundedTo(free.size() * MOST))
    place.moveCenter(free.center())
    return place
