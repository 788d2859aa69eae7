"""`Preview`: what the operation would make of the plane that is shown, on the image itself, while settings change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from napari.layers import Image as ImageLayer
from napari.layers import Layer
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from bims_desktop.errors import BimsError, Cancelled
from bims_desktop.operations.spec import plain
from bims_desktop.ui.capture.canvas import Canvas
from bims_desktop.ui.glimpse import Glimpse, Request, glimpse, shown_point
from bims_desktop.ui.picture import Array, Picture, drawn
from bims_desktop.ui.theme import GRID, assign
from bims_desktop.ui.veil import Look, Veil, veil

if TYPE_CHECKING:
    from bims_desktop.ui import Desktop
    from bims_desktop.ui.jobs import Job

_PAUSE_MS = 200
_HEIGHT = 9 * GRID
_ON_IMAGE = "Shown on the image, framed. Esc ends it."


class Preview(QWidget):
    """A picture over the image, or two in the panel where the result does not lie over it; none of it is recorded.

    Parameters
    ----------
    desktop : Desktop
        Says which plane is shown; its jobs do the work.
    """

    def __init__(self, desktop: Desktop, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desktop = desktop
        self.canvas = Canvas(desktop.viewer)
        self._request: Request | None = None
        self._layer: Layer | None = None
        self._point: tuple[float, ...] = ()
        self._job: Job | None = None
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._start)
        self.before, self.after, self.words = Picture("before", _HEIGHT), Picture("after", _HEIGHT), QLabel()
        self.before.setToolTip("Now, on the plane that is shown")
        self.after.setToolTip("With these settings")
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        assign(self.words, "quiet")
        self.pictures = self._pictures()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(GRID)
        grid.addWidget(self.pictures, 0, 0)
        grid.addWidget(self.words, 1, 0)
        self.pictures.hide()
        self.hide()

    def ask(self, request: Request | None, layer: Layer | None = None) -> None:
        """Show what `request` makes of what `layer` shows, soon; None takes the preview away."""
        if request == self._request and layer is self._layer:
            return
        if request is None or self._request is None or request.operation is not self._request.operation:
            self.canvas.clear()
            self._say("Computing…" if request is not None else "")
        self._request = request
        self._follow(layer)
        self.setVisible(request is not None)
        if request is None:
            self._drop()
            self._pause.stop()
        else:
            self._pause.start()

    def again(self) -> None:
        """The viewer shows something else; a picture of another plane must not stay on it."""
        if self._request is None:
            return
        if self._plane() != self._point or not self.canvas.takes(self._layer):
            self.canvas.clear()
        self._pause.start()

    def _follow(self, layer: Layer | None) -> None:
        """Lie over `layer`, and go with it where it is hidden."""
        if layer is self._layer:
            return
        if self._layer is not None:
            self._layer.events.visible.disconnect(self.again)
        self._layer = layer
        if layer is not None:
            layer.events.visible.connect(self.again)

    def _start(self) -> None:
        self._drop()
        if (request := self._request) is None:
            return
        axes = (image.axes for image in request.images.values())
        point, self._point = shown_point(self._desktop.viewer, *axes), self._plane()
        look = _look(self._layer)

        def work() -> tuple[Glimpse, Veil | None]:
            seen = glimpse(request, point)
            return seen, veil(seen.after, look) if seen.after is not None and seen.in_place else None

        job: Job = self._desktop.jobs.start(
            f"Preview of {request.operation.title}",
            work,
            lambda done: self._show(job, *done),
            lambda error: self._fail(job, error),
            dispensable=True,
        )
        self._job = job

    def _drop(self) -> None:
        if self._job is not None:
            self._job.cancel()
        self._job = None

    def _show(self, job: Job, seen: Glimpse, over: Veil | None) -> None:
        if job is not self._job:
            return
        found = ", ".join(f"{name.replace('_', ' ')}: {plain(value)}" for name, value in seen.found.items())
        on_image = over is not None and self._layer is not None and self.canvas.takes(self._layer)
        if over is not None and self._layer is not None and on_image:
            self.canvas.show(self._layer, over, seen.corner)
        else:
            self.canvas.clear()
            self.before.take(drawn(seen.before))
            self.after.take(drawn(seen.after) if seen.after is not None else None)
        self.pictures.setVisible(not on_image)
        beside = f"The plane {seen.plane}, counted from 0." if seen.plane else ""
        where = _ON_IMAGE if on_image else beside
        self._say(" ".join(filter(None, (where, f"Found {found}." if found else ""))))

    def _fail(self, job: Job, error: BaseException) -> None:
        if job is self._job and not isinstance(error, Cancelled):
            if not isinstance(error, BimsError):
                raise error
            self.canvas.clear()
            self.pictures.hide()
            self._say(str(error))

    def _say(self, words: str) -> None:
        self.words.setText(words)
        self.words.setVisible(bool(words))

    def _plane(self) -> tuple[float, ...]:
        dims = self._desktop.viewer.dims
        return tuple(float(dims.point[axis]) for axis in dims.not_displayed)

    def _pictures(self) -> QWidget:
        whole = QWidget()
        grid = QGridLayout(whole)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(GRID // 2)
        for column, (caption, picture) in enumerate((("now", self.before), ("with these settings", self.after))):
            label = QLabel(caption, alignment=Qt.AlignmentFlag.AlignHCenter)
            assign(label, "quiet")
            grid.addWidget(label, 0, column)
            grid.addWidget(picture, 1, column)
        return whole


def _look(layer: Layer | None) -> Look | None:
    """How `layer` shows intensities; None where it holds others."""
    if not isinstance(layer, ImageLayer) or layer.rgb:
        return None
    table: Array = layer.colormap.map(np.linspace(0, 1, 256) ** layer.gamma)
    low, high = map(float, layer.contrast_limits)
    return Look((table * 255).astype(np.uint8), (low, high), np.dtype(layer.dtype))
