"""One grey palette for widgets that are tested without a window, and so without a theme."""

from __future__ import annotations

from dataclasses import fields

from bims_desktop.ui.theme import Palette

PALETTE = Palette(**{field.name: "#808080" for field in fields(Palette)} | {"theme": "dark"})
