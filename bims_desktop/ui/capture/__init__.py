"""Every private hook into napari, one route by which data change a file."""

from __future__ import annotations

from bims_desktop.ui.capture.watch import Capture

__all__ = ["Capture"]
