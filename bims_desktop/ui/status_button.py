"""`StatusButton`: a fact in the status bar that opens what it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from bims_desktop.ui.theme import GRID, Palette
from bims_desktop.ui.two_lengths import TwoLengths
from bims_desktop.ui.words import tip

if TYPE_CHECKING:
    import napari


class StatusButton(TwoLengths, QPushButton):
    """Looks like the labels beside it until the mouse or the keyboard comes to it."""

    def __init__(self, viewer: napari.Viewer) -> None:
        super().__init__()
        self._viewer = viewer
        self._role = "text"
        self.setFlat(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        viewer.events.theme.connect(self.restyle)
        self.restyle()

    def say(self, text: str, more: str, role: str = "text", *, short: str = "") -> None:
        """Show `text`, or `short` in a narrow window, with `more` on hover, in the colour of `role`."""
        self.put(text, short)
        self.setToolTip(tip(more))
        self.setAccessibleName(f"{text}. {more}")
        if role != self._role:
            self._role = role
            self.restyle()

    def restyle(self) -> None:
        """Take the colours of the theme."""
        palette = Palette.of(self._viewer)
        self.setStyleSheet(
            f"QPushButton {{ background: transparent; border: 1px solid transparent; padding: 0 {GRID // 2}px;"
            f" color: {getattr(palette, self._role)}; }}"
            f"QPushButton:focus, QPushButton:hover {{ border-color: {palette.current}; }}"
        )
