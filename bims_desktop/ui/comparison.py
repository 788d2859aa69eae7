"""`Comparison`: saved pixels, replayed pixels, and where they differ, as three small pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPixmap, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from bims_desktop.model.image import Image, Pixels
from bims_desktop.ui.theme import GRID, assign

Array = np.ndarray[Any, Any]
_SIDE = 256
_LABEL_COLOURS = np.random.default_rng(7).integers(80, 256, (1024, 3), dtype=np.uint8)


@dataclass(frozen=True, slots=True)
class Pictures:
    """Planes as RGB bytes, ready to draw, and what to say of the difference."""

    before: Array | None
    after: Array
    difference: Array | None
    words: str


def pictures(before: Image | None, after: Image) -> Pictures:
    """The middle plane of both images, and of their difference where they can be compared.

    Parameters
    ----------
    before, after : Image
        Saved and replayed pixels.
    """
    shown = picture(after)
    if before is None:
        return Pictures(None, shown, None, "There are no saved pixels to compare with.")
    if before.shape != after.shape:
        return Pictures(picture(before), shown, None, f"The shapes differ: {before.shape} and {after.shape}.")
    differs: Array = np.not_equal(before.array(), after.array())
    count = int(np.count_nonzero(differs))
    words = "No pixel differs." if not count else f"{count:,} of {differs.size:,} values differ."
    plane: Array = _plane(differs, after.axes)
    difference = _grey(np.max(plane, axis=-1) if after.kind == "rgb" else plane)
    return Pictures(picture(before), shown, difference, words)


def picture(image: Image) -> Array:
    """The middle plane of `image`, at most 256 pixels wide, as RGB bytes stretched to its range."""
    plane = _plane(image.pixels, image.axes)
    if image.kind == "labels":
        colours = _LABEL_COLOURS[plane.astype(np.int64) % len(_LABEL_COLOURS)]
        return np.where((plane == 0)[..., np.newaxis], np.uint8(0), colours)
    if image.kind == "rgb":
        return np.stack([_grey(plane[..., sample])[..., 0] for sample in range(3)], axis=-1)
    return _grey(plane)


def _plane(pixels: Pixels, axes: str) -> Array:
    index = tuple(slice(None) if axis in "YXS" else size // 2 for axis, size in zip(axes, pixels.shape, strict=True))
    plane = np.asarray(pixels[index])
    every = max(1, -(-max(plane.shape[:2]) // _SIDE))
    return plane[::every, ::every]


def _grey(plane: Array) -> Array:
    values = plane.astype(np.float64)
    low, high = np.nanpercentile(values, (0.5, 99.8)) if values.size else (0.0, 1.0)
    if high <= low:
        low, high = float(np.nanmin(values)), float(np.nanmax(values))
    scaled = np.clip((values - low) / (high - low), 0, 1) if high > low else np.zeros_like(values)
    grey = (np.nan_to_num(scaled) * 255).astype(np.uint8)
    return np.repeat(grey[..., np.newaxis], 3, axis=-1)


class Comparison(QWidget):
    """Three pictures side by side; hidden until there is a result."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(GRID)
        self._frames = []
        for column, title in enumerate(("before (saved)", "after (now)", "difference")):
            heading, frame = QLabel(title), _Frame(title)
            assign(heading, "quiet")
            grid.addWidget(heading, 0, column)
            grid.addWidget(frame, 1, column)
            grid.setColumnStretch(column, 1)
            self._frames.append(frame)
        self.words = QLabel(wordWrap=True)
        grid.addWidget(self.words, 2, 0, 1, 3)
        self.hide()

    def show_pictures(self, pictures: Pictures) -> None:
        """Draw all three."""
        for frame, array in zip(self._frames, (pictures.before, pictures.after, pictures.difference), strict=True):
            frame.take(array)
        self.words.setText(pictures.words)
        self.show()


class _Frame(QLabel):
    """One picture, as large as there is room for, in its own proportions."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._whole = QPixmap()
        self.setAccessibleName(f"Picture {name}")
        self.setToolTip("The middle plane")
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setMinimumSize(GRID * 10, GRID * 10)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(GRID * 14)

    def take(self, array: Array | None) -> None:
        self._whole = QPixmap()
        if array is None:
            self.setText("–")
            return
        bytes_ = np.ascontiguousarray(array)
        height, width = bytes_.shape[:2]
        self._whole = QPixmap.fromImage(QImage(bytes_.data, width, height, 3 * width, QImage.Format.Format_RGB888))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        if not self._whole.isNull():
            smooth = Qt.TransformationMode.SmoothTransformation
            self.setPixmap(self._whole.scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio, smooth))
