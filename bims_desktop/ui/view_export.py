"""Export the view as PNG or JPEG, with the records of what it shows in its metadata."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from napari.layers import Layer

from bims_desktop.app.export_view import Shown, export_view, record_of
from bims_desktop.errors import BimsError
from bims_desktop.files.derived import is_picture
from bims_desktop.ui.destination_form import folder_of, saved_in, suggested
from bims_desktop.ui.file_dialog import ask_to_save
from bims_desktop.ui.question import Answer, Question
from bims_desktop.ui.save_dialog import open_save_dialog
from bims_desktop.ui.view_look import look
from bims_desktop.ui.view_scene import crop, scene
from bims_desktop.ui.words import several

if TYPE_CHECKING:
    from bims_desktop.ui import Desktop

_KINDS = "PNG, every pixel as seen (*.png);;JPEG, smaller, with loss (*.jpg)"
_DETAIL = (
    "Who has the picture finds no record of how they were made, and Verify cannot answer for them. "
    "Hide what the picture does not need, and save the rest with provenance first."
)
_MOST_NAMED = 2


def ask_where(desktop: Desktop) -> None:
    """Ask for a file, and export there."""
    seen = [layer for layer in desktop.viewer.layers if layer.visible]
    if not seen:
        desktop.notifier.show_warning("Show at least one layer, then export the view.")
        return
    # The front layer is what the picture is about.
    known = [data for layer in reversed(seen) if (data := desktop.known_of(layer)) is not None]
    start = suggested(folder_of(desktop.session, *known), "view", ".png")
    chosen = ask_to_save(desktop.main_window, "Export view", start, _KINDS)
    if chosen:
        desktop.then(lambda: confirm(desktop, Path(chosen if is_picture(chosen) else f"{chosen}.png")))


def confirm(desktop: Desktop, path: Path) -> None:
    """Export to `path`; ask before, where no record would tell of something in the picture."""
    desktop.panel.leave_preview()
    desktop.settle()
    without = _unrecorded(desktop)
    if not without:
        export(desktop, path)
        return
    known = [data for layer in without if (data := desktop.data_of(layer)) is not None]

    def save() -> None:
        dialog = open_save_dialog(desktop, *known)
        dialog.finished.connect(lambda: _go_on(desktop, path, saved=not dialog.files.waiting))

    answers = [Answer("Export anyway", f"Write {path.name} as it is.", lambda: export(desktop, path))]
    if known:
        answers.append(Answer("Save…", f"Save them with provenance, then write {path.name}.", save))
    Question(desktop, "Export view", f"{_counted(without)}.", _DETAIL, answers).open()


def _go_on(desktop: Desktop, path: Path, *, saved: bool) -> None:
    """Export once its layers are saved; else say that there is no picture."""
    if saved:
        desktop.then(lambda: export(desktop, path))
    else:
        desktop.notifier.show_done(f"{path.name} was not written: its layers were not saved.")


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
    saved_in(desktop.session, path.parent)
    without = _unrecorded(desktop)
    told = _counted(without) if without else "it names the record of every image in it"
    desktop.notifier.show_last(f"Exported {path.name}; {told}.")


def _unrecorded(desktop: Desktop) -> list[Layer]:
    """The visible layers that no record tells of, front first."""
    seen = [(layer, desktop.data_of(layer)) for layer in reversed(desktop.viewer.layers) if layer.visible]
    return [layer for layer, data in seen if data is None or not record_of(desktop.session, data)]


def _counted(layers: list[Layer]) -> str:
    """How many, and the names of the first, such as ``3 layers are in no record: a, b and 1 more``."""
    named = ", ".join(str(layer.name) for layer in layers[:_MOST_NAMED])
    more = f" and {len(layers) - _MOST_NAMED} more" if len(layers) > _MOST_NAMED else ""
    verb = "is" if len(layers) == 1 else "are"
    return f"{several(len(layers), 'layer')} {verb} in no record: {named}{more}"
