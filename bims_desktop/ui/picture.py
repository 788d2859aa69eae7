"""`Picture`: the middle plane of an image, small, in its own proportions."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QPixmap, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy

from bims_desktop.model.image import Image, Pixels
from bims_desktop.ui.theme import GRID

Array = np.ndarray[Any, Any]
_SIDE = 256
LABEL_COLOURS = np.random.default_rng(7).integers(80, 256, (1024, 3), dtype=np.uint8)


def drawn(image: Image, side: int = _SIDE) -> Array:
    """The middle plane of `image`, at most `side` pixels wide, as RGB bytes stretched to its range."""
    plane = plane_of(image.pixels, image.axes, side)
    if image.kind == "labels":
        colours = LABEL_COLOURS[plane.astype(np.int64) % len(LABEL_COLOURS)]
        return np.where((plane == 0)[..., np.newaxis], np.uint8(0), colours)
    if image.kind == "rgb":
        return np.stack([grey(plane[..., sample])[..., 0] for sample in range(3)], axis=-1)
    return grey(plane)


def plane_of(pixels: Pixels, axes: str, side: int = _SIDE) -> Array:
    """The middle plane, thinned out, so that it is at most `side` wide."""
    index = tuple(slice(None) if axis in "YXS" else size // 2 for axis, size in zip(axes, pixels.shape, strict=True))
    plane = np.asarray(pixels[index])
    every = max(1, -(-max(plane.shape[:2]) // side))
    return plane[::every, ::every]


def grey(plane: Array) -> Array:
    """A plane as RGB bytes, stretched to its range but for the outermost 0.5 and 0.2 %."""
    values = plane.astype(np.float64)
    low, high = np.nanpercentile(values, (0.5, 99.8)) if values.size else (0.0, 1.0)
    if high <= low:
        low, high = float(np.nanmin(values)), float(np.nanmax(values))
    scaled = np.clip((values - low) / (high - low), 0, 1) if high > low else np.zeros_like(values)
    grey = (np.nan_to_num(scaled) * 255).astype(np.uint8)
    return np.repeat(grey[..., np.newaxis], 3, axis=-1)


def pixmap_of(array: Array) -> QPixmap:
    """RGB bytes as Qt draws them."""
    bytes_ = np.ascontiguousarray(array)
    height, width = bytes_.shape[:2]
    return QPixmap.fromImage(QImage(bytes_.data, width, height, 3 * width, QImage.Format.Format_RGB888))


def fitted(picture: QPixmap, room: QSize, ratio: float) -> QPixmap:
    """`picture` as large as `room` lets it be, sharp on a screen of `ratio` pixels a point."""
    smooth = Qt.TransformationMode.SmoothTransformation
    scaled = picture.scaled(room * ratio, Qt.AspectRatioMode.KeepAspectRatio, smooth)
    scaled.setDevicePixelRatio(ratio)
    return scaled


class Picture(QLabel):
    """As large as there is room for; `name` is for screen readers."""

    def __init__(self, name: str, height: int = 14 * GRID) -> None:
        super().__init__()
        self._whole = QPixmap()
        self.setAccessibleName(f"Picture {name}")
        self.setToolTip("The middle plane")
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setMinimumSize(GRID * 10, GRID * 10)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(height)

    def take(self, array: Array | None) -> None:
        """Show RGB bytes, or a dash."""
        self._whole = QPixmap()
        if array is None:
            self.setText("–")
            return
        self._whole = pixmap_of(array)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the picture into the room there is."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        if not self._whole.isNull():
            self.setPixmap(fitted(self._whole, self.size(), self.devicePixelRatioF()))
