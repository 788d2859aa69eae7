"""Icons: our SVG files, drawn in a colour of the theme."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

_PACKAGE = Path(__file__).resolve().parents[1]
_SIZES = (16, 24, 32, 64)
_FAINT = 0.4


@lru_cache(maxsize=256)
def icon(name: str, color: str) -> QIcon:
    """The icon `name` of ``resources/icons`` in `color` (``#rrggbb``), sharp at every screen scale."""
    text = (_folder() / f"{name}.svg").read_text(encoding="utf-8").replace("#000000", color)
    renderer = QSvgRenderer(QByteArray(text.encode()))
    drawn = QIcon()
    for size in _SIZES:
        picture = _draw(renderer, size)
        drawn.addPixmap(picture)
        # Qt would tint it in selected rows, and the colour means something.
        drawn.addPixmap(picture, QIcon.Mode.Selected)
        # What Qt makes of it stays bright in a dark theme, as if it could be pressed.
        drawn.addPixmap(_draw(renderer, size, _FAINT), QIcon.Mode.Disabled)
    return drawn


def app_icon() -> QIcon:
    """The program's own, in its own colours."""
    return icon("app", "#000000")


def _draw(renderer: QSvgRenderer, size: int, opacity: float = 1.0) -> QPixmap:
    pixmap = QPixmap(QSize(size, size))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setOpacity(opacity)
    renderer.render(painter)
    painter.end()
    return pixmap


@lru_cache(maxsize=1)
def _folder() -> Path:
    # Inside the package once installed, beside it in a checkout.
    inside = _PACKAGE / "resources" / "icons"
    return inside if inside.is_dir() else _PACKAGE.parent / "resources" / "icons"
