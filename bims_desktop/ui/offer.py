"""`put_above`: a line above the image that asks something, in nobody's way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from bims_desktop.ui import Desktop


def put_above(desktop: Desktop, line: QWidget, name: str) -> None:
    """Dock `line` above the image; it has buttons of its own, so napari's title bar goes."""
    dock = desktop.viewer.window.add_dock_widget(line, name=name, area="top")
    dock.setTitleBarWidget(QWidget(dock))
