"""`ObjectMark`: a frame around the object in the middle of the canvas, as long as the status bar speaks of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from bims_desktop.ui.capture.closing import canvas_of

if TYPE_CHECKING:
    from bims_desktop.ui import Desktop

SHOWN_MS = 2500
_ROOM, _LEAST = 6, 24
_EDGE, _LINE = QColor(0, 0, 0, 200), QColor(255, 230, 0)


class ObjectMark(QWidget):
    """Lies over the canvas, takes no clicks, and is no layer: nothing of it is recorded or exported.

    It goes as soon as the view moves, and with the line in the status bar, but not before it was seen.

    Parameters
    ----------
    desktop : Desktop
        The window.
    """

    def __init__(self, desktop: Desktop) -> None:
        self._canvas = canvas_of(desktop.viewer)
        super().__init__(self._canvas)
        self._viewer, self._camera = desktop.viewer, desktop.viewer.scene.camera
        self._told: object = None
        self._view: tuple[float, ...] = ()
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self._timer = QTimer(self, singleShot=True, interval=SHOWN_MS)
        self._timer.timeout.connect(self._follow)
        self._viewer.events.status.connect(self._follow)
        self._camera.events.connect(self._moved)
        desktop.viewer.dims.events.current_step.connect(self._leave)
        self._canvas.installEventFilter(self)
        self.hide()

    def frame(self, height: float, width: float) -> None:
        """Frame what the status bar speaks of: it lies in the middle, this high and wide in units of the view."""
        sides = (max(_LEAST, round(side * self._camera.zoom) + 2 * _ROOM) for side in (width, height))
        box = QRect(QPoint(), QSize(*sides))
        box.moveCenter(self._canvas.rect().center())
        self.setGeometry(box)
        self.show()
        self.raise_()
        self._view, self._told = self._looked_at(), self._viewer.status
        self._timer.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The middle of a resized canvas is elsewhere."""
        if event.type() == QEvent.Type.Resize:
            self.hide()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """Bright on dark, to be seen on every image."""
        painter = QPainter(self)
        for pen, inset in ((QPen(_EDGE, 4), 2), (QPen(_LINE, 2), 2)):
            painter.setPen(pen)
            painter.drawRect(self.rect().adjusted(inset, inset, -inset - 1, -inset - 1))
        painter.end()

    def _looked_at(self) -> tuple[float, ...]:
        return (*self._camera.center, self._camera.zoom)

    def _moved(self) -> None:
        # Drawing sets the camera to where it is, to within a rounding.
        if not np.allclose(self._looked_at(), self._view or np.nan):
            self.hide()

    def _leave(self) -> None:
        self.hide()

    def _follow(self) -> None:
        """Go once the status bar says something else; the mouse is soon over the image, which makes it do so."""
        if not self._timer.isActive() and self._viewer.status != self._told:
            self.hide()
