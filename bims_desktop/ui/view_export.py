"""Export the view as PNG or JPEG, with the records of what it shows in its metadata."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog

from bims_desktop.app.export_view import Shown, export_view, record_of
from bims_desktop.errors import BimsError
from bims_desktop.files.derived import is_picture
from bims_desktop.ui.destination_form import folder_of, suggested
from bims_desktop.ui.view_look import look
from bims_desktop.ui.view_scene import crop, scene

if TYPE_CHECKING:
    from bims_desktop.ui import Desktop

_KINDS = "PNG, every pixel as seen (*.png);;JPEG, smaller, with loss (*.jpg)"


def ask_where(desktop: Desktop) -> None:
    """Ask for a file, and export there."""
    seen = [layer for layer in desktop.viewer.layers if layer.visible]
    if not seen:
        desktop.notifier.show_warning("Show at least one layer, then export the view.")
        return
    # The front layer is what the picture is about.
    known = [data for layer in reversed(seen) if (data := desktop.known_of(layer)) is not None]
    start = suggested(folder_of(desktop.session, *known), "view", ".png")
    chosen, _ = QFileDialog.getSaveFileName(desktop.main_window, "Export view", str(start), _KINDS)
    if chosen:
        desktop.then(lambda: export(desktop, Path(chosen if is_picture(chosen) else f"{chosen}.png")))


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
    viewer = desktop.viewer
    shown = [Shown(data, look(layer, viewer.dims.ndisplay), crop(viewer, layer)) for layer, data in named]
    try:
        export_view(desktop.session, path, pixels, shown, others=others, view=scene(viewer))
    except BimsError as error:
        desktop.show_error(error)
        return
    without = [data.name for _, data in named if not record_of(desktop.session, data)]
    desktop.notifier.show_info(f"Exported {path.name}{_but(without)}.")


def _but(names: list[str]) -> str:
    if not names:
        return "; it names the record of every image in it"
    verb = "was" if len(names) == 1 else "were"
    return f"; {', '.join(names)} {verb} never saved with provenance, and it names no record of them"
