"""Our docks: closed they are out of sight, not gone; the Window menu and the command palette bring them back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import napari
from PySide6.QtWidgets import QDockWidget, QWidget

if TYPE_CHECKING:
    from bims_desktop.ui import Desktop


def add_dock(viewer: napari.Viewer, widget: QWidget, name: str, area: str) -> QDockWidget:
    """Dock `widget` so that the cross in its title bar hides it; napari would take the dock apart."""
    dock: Any = viewer.window.add_dock_widget(widget, name=name, area=area)
    # The title bar looks the method up at each click, and is made anew whenever the dock floats.
    dock.destroyOnClose = dock.close
    return dock  # type: ignore[no-any-return]


def shown(desktop: Desktop, name: str) -> bool:
    """Whether the dock `name` is in sight: there, not closed, and not behind another's tab."""
    dock = _dock(desktop, name)
    return dock is not None and dock.isVisible()


def toggle(desktop: Desktop, name: str) -> None:
    """Close the dock `name`, or bring it into sight; what was never opened is made."""
    dock = _dock(desktop, name)
    if dock is not None and dock.isVisible():
        dock.close()
    elif dock is not None:
        dock.show()
        dock.raise_()
    else:
        _MAKE[name](desktop)


def _dock(desktop: Desktop, name: str) -> QDockWidget | None:
    dock: QDockWidget | None = desktop.main_window.findChild(QDockWidget, name)
    return dock


def _make_tables(desktop: Desktop) -> object:
    from bims_desktop.ui.table_dock import open_tables

    return open_tables(desktop)


def _make_acquisition(desktop: Desktop) -> object:
    from bims_desktop.ui.acquisition.dock import open_acquisition

    return open_acquisition(desktop)


_MAKE: Mapping[str, Callable[[Desktop], object]] = {"Measurements": _make_tables, "Acquisition": _make_acquisition}
"""Those that are made when they are first needed."""

NAMES = ("Operation", "Action log", *_MAKE)
