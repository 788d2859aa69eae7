"""The window: a napari application that executes what is recorded. The only package that knows Qt and napari."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bims_desktop.ui.window import Desktop, run

__all__ = ["Desktop", "run"]


def __getattr__(name: str) -> Any:
    """Import on first use: a replay of plugin steps needs a small part of this package only."""
    if name not in __all__:
        raise AttributeError(f"module 'bims_desktop.ui' has no attribute {name!r}")
    from bims_desktop.ui import window

    return getattr(window, name)
