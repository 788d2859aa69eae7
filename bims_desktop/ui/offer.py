"""`put_above`, `take_away`: a line above the image that asks something, in nobody's way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QDockWidget, QWidget

if TYPE_CHECKING:
    from bims_desktop.ui import Desktop


def put_above(desktop: Desktop, line: QWidget, name: str) -> None:
    """Dock `line` above the image, below others; it has buttons of its own, so napari's title bar goes."""
    main, top = desktop.main_window, Qt.DockWidgetArea.TopDockWidgetArea
    lines = [each for each in main.findChildren(QDockWidget) if main.dockWidgetArea(each) == top]
    dock = desktop.viewer.window.add_dock_widget(line, name=name, area="top")
    dock.setTitleBarWidget(QWidget(dock))
    if lines:
        main.splitDockWidget(lines[-1], dock, Qt.Orientation.Vertical)


def take_away(desktop: Desktop, line: QWidget) -> None:
    """Take `line` away, most often by a click on one of its own buttons."""
    desktop.viewer.window.remove_dock_widget(line)
    # Nothing else holds it now: it has to stay until that click is over.
    QTimer.singleShot(0, lambda: line.deleteLater())
