"""Export the view as PNG or JPEG, with the records of what it shows in its metadata."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from napari.layers import Image, Labels, Layer
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QFileDialog

from bims_desktop.app.export_view import Shown, export_view, record_of
from bims_desktop.errors import BimsError
from bims_desktop.files.derived import is_picture
from bims_desktop.model.canonical import Json
from bims_desktop.ui.destination_form import folder_of, suggested

if TYPE_CHECKING:
    from bims_desktop.ui import Desktop

_KINDS = "PNG, every pixel as seen (*.png);;JPEG, smaller, with loss (*.jpg)"
_COLOURS = 256


def ask_where(desktop: Desktop) -> None:
    """Ask for a file, and export there."""
    if not any(layer.visible for layer in desktop.viewer.layers):
        desktop.notifier.show_warning("Show at least one layer, then export the view.")
        return
    start = suggested(folder_of(desktop.session), "view", ".png")
    chosen, _ = QFileDialog.getSaveFileName(desktop.main_window, "Export view", str(start), _KINDS)
    if chosen:
        export(desktop, Path(chosen if is_picture(chosen) else f"{chosen}.png"))


def export(desktop: Desktop, path: Path) -> None:
    """Write what the canvas shows now to `path`, and say in one line what the file names."""
    desktop.panel.leave_preview()
    desktop.settle()
    seen = [layer for layer in desktop.viewer.layers if layer.visible]
    named = [(layer, data) for layer in seen if (data := desktop.data_of(layer)) is not None]
    others = sorted(
        {type(layer).__name__.lower() for layer in seen} - {type(layer).__name__.lower() for layer, _ in named}
    )
    pixels = desktop.viewer.screenshot(canvas_only=True, flash=False)
    shown = [Shown(data, look(layer), crop(desktop, layer)) for layer, data in named]
    try:
        export_view(desktop.session, path, pixels, shown, others=others)
    except BimsError as error:
        desktop.show_error(error)
        return
    without = [data.name for _, data in named if not record_of(desktop.session, data)]
    desktop.notifier.show_info(f"Exported {path.name}{_but(without)}.")


def look(layer: Layer) -> dict[str, Json]:
    """How the numbers of `layer` become colours."""
    told: dict[str, Json] = {"blending": str(layer.blending), "opacity": float(layer.opacity)}
    if isinstance(layer, Labels):
        return told | {"colormap": "labels", "seed": float(layer.colormap.seed)}
    if isinstance(layer, Image) and not layer.rgb:
        colours = layer.colormap.map(np.linspace(0, 1, _COLOURS))
        table = "".join(QColor.fromRgbF(*map(float, colour)).name()[1:] for colour in colours)
        limits: list[Json] = [float(limit) for limit in layer.contrast_limits]
        told |= {"colormap": str(layer.colormap.name), "gamma": float(layer.gamma), "limits": limits, "table": table}
    return told


def crop(desktop: Desktop, layer: Layer) -> dict[str, Json]:
    """Which pixels of `layer` the canvas shows, `high` included, and the plane along what is not displayed."""
    dims = desktop.viewer.dims
    low, high = (_whole(corner) for corner in layer.corner_pixels)
    offset = dims.ndim - layer.ndim
    planes: dict[str, Json] = {
        str(layer.axis_labels[axis - offset]): int(dims.current_step[axis])
        for axis in dims.not_displayed
        if axis >= offset
    }
    return {"displayed": int(dims.ndisplay), "high": high, "low": low, "planes": planes}


def _whole(values: Any) -> list[Json]:
    return [int(value) for value in values]


def _but(names: list[str]) -> str:
    if not names:
        return "; it names the record of every image in it"
    verb = "was" if len(names) == 1 else "were"
    return f"; {', '.join(names)} {verb} never saved with provenance, and it names no record of them"
