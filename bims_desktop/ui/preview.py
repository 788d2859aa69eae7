"""`Preview`: the plane that is shown, before and after the operation, while its settings are changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from bims_desktop.errors import BimsError, Cancelled
from bims_desktop.model.image import Image
from bims_desktop.operations.execute import execute
from bims_desktop.operations.spec import Operation, plain
from bims_desktop.ui.picture import Array, Picture, drawn
from bims_desktop.ui.theme import GRID, assign

if TYPE_CHECKING:
    import napari

    from bims_desktop.ui import Desktop
    from bims_desktop.ui.jobs import Job

ALONG = {"correct_bleaching": "T", "correct_drift": "T", "rescale_isotropic": "Z", "split_channels": "C"}
"""Axes that these look along whatever their settings."""
_PAUSE_MS = 250
_SIDE = 512
_HEIGHT = 9 * GRID


@dataclass(frozen=True, slots=True)
class Request:
    """What to compute: an operation on images by argument, and its settings."""

    operation: Operation
    images: Mapping[str, Image]
    values: Mapping[str, Any]


class Preview(QWidget):
    """Two pictures and what the operation found; nothing of it is recorded.

    Parameters
    ----------
    desktop : Desktop
        Says which plane is shown; its jobs do the work.
    """

    def __init__(self, desktop: Desktop, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desktop = desktop
        self._request: Request | None = None
        self._job: Job | None = None
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._start)
        self.before, self.after, self.words = Picture("before", _HEIGHT), Picture("after", _HEIGHT), QLabel()
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        assign(self.words, "quiet")
        self.before.setToolTip("Now, on the plane that is shown")
        self.after.setToolTip("With these settings")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(GRID)
        for column, (caption, picture) in enumerate((("now", self.before), ("with these settings", self.after))):
            label = QLabel(caption, alignment=Qt.AlignmentFlag.AlignHCenter)
            assign(label, "quiet")
            grid.addWidget(label, 0, column)
            grid.addWidget(picture, 1, column)
        grid.addWidget(self.words, 2, 0, 1, 2)
        self.hide()

    def ask(self, request: Request | None) -> None:
        """Show what `request` gives, soon; None takes the preview away."""
        if request == self._request:
            return
        self._request = request
        self.setVisible(request is not None)
        if request is None:
            self._drop()
            self._pause.stop()
        else:
            self._pause.start()

    def again(self) -> None:
        """The viewer shows another plane."""
        if self._request is not None:
            self._pause.start()

    def _start(self) -> None:
        self._drop()
        if (request := self._request) is None:
            return
        point = shown_point(self._desktop.viewer)

        def work() -> tuple[Array, Array | None, str]:
            return _computed(request, point)

        job: Job = self._desktop.jobs.start(
            f"Preview of {request.operation.title}",
            work,
            lambda done: self._show(job, done),
            lambda error: self._fail(job, error),
        )
        self._job = job

    def _drop(self) -> None:
        if self._job is not None:
            self._job.cancel()
        self._job = None

    def _show(self, job: Job, done: tuple[Array, Array | None, str]) -> None:
        if job is self._job:
            before, after, words = done
            self.before.take(before)
            self.after.take(after)
            self._say(words)

    def _fail(self, job: Job, error: BaseException) -> None:
        if job is self._job and not isinstance(error, Cancelled):
            if not isinstance(error, BimsError):
                raise error
            self.after.take(None)
            self._say(str(error))

    def _say(self, words: str) -> None:
        self.words.setText(words)
        self.words.setVisible(bool(words))


def shown_point(viewer: napari.Viewer) -> dict[str, float]:
    """The position of the sliders by axis, in the units of the axis."""
    dims = viewer.dims
    return {str(label).upper(): float(point) for label, point in zip(dims.axis_labels, dims.point, strict=True)}


def _computed(request: Request, point: Mapping[str, float]) -> tuple[Array, Array | None, str]:
    whole = _across(request.operation.id, request.values)
    local = request.operation.halo != "whole"
    images = {name: shown_part(image, point, whole, local) for name, image in request.images.items()}
    outcome = execute(request.operation, images, request.values, _no_blob)
    found = ", ".join(f"{name.replace('_', ' ')} {plain(value)}" for name, value in outcome.found.items())
    result = outcome.results[0]
    first = next(iter(images.values()))
    after = drawn(result) if isinstance(result, Image) else None
    return drawn(first), after, f"found {found}" if found else ""


def shown_part(image: Image, point: Mapping[str, float], whole: str, local: bool) -> Image:
    """The part of `image` that a preview computes.

    Parameters
    ----------
    image : Image
        Any axes.
    point : mapping of str to float
        Where the viewer is along each axis, in its units.
    whole : str
        Axes that the operation looks along, which stay whole.
    local : bool
        Whether a result pixel depends on its neighbours only: then the middle of a large plane is enough.
    """
    index: list[slice] = []
    for axis, size, step in zip(image.axes, image.shape, image.scale, strict=True):
        if axis in "YX":
            margin = max(0, (size - _SIDE) // 2) if local else 0
            index.append(slice(margin, size - margin))
        elif axis == "S" or axis in whole:
            index.append(slice(None))
        else:
            place = min(max(round(point.get(axis, 0.0) / step), 0), size - 1)
            index.append(slice(place, place + 1))
    kept = image.channels if not image.channels else image.channels[index[image.axes.index("C")]]
    return Image(image.pixels[tuple(index)], image.axes, image.scale, image.units, kept, image.kind)


def _across(operation: str, values: Mapping[str, Any]) -> str:
    """Axes that the operation looks along, by its nature or by its settings."""
    named = ALONG.get(operation, "") + "".join(str(values.get(name, "")) for name in ("axes", "axis", "axis1", "axis2"))
    letters = "TCZ" if named == "image" else "".join(letter for letter in "TCZ" if letter in named)
    cut = "".join(axis for axis in "TCZ" if any(name.startswith(f"{axis.lower()}_") for name in values))
    return letters + cut + ("C" if "channel" in values else "")


def _no_blob(digest: str) -> bytes:
    raise BimsError("What was drawn by hand has no preview.", "Run the operation to see it.")
