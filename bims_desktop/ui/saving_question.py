"""Save the selected layers with provenance; where napari saves them itself, say that its files carry none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from napari.layers import Layer
from PySide6.QtCore import QTimer

from bims_desktop.errors import BimsError
from bims_desktop.ui.question import Answer, Question
from bims_desktop.ui.save_dialog import open_save_dialog

if TYPE_CHECKING:
    from bims_desktop.app.data import Data
    from bims_desktop.ui import Desktop
    from bims_desktop.ui.capture.saving import Written

_DETAIL = (
    "napari writes the pixels alone: nobody can tell from the file how they were made, and Verify finds no record. "
    "Save with Provenance (Ctrl+Shift+S) writes ordinary image files with both."
)
_RECORDED = " Save with Provenance (Ctrl+Shift+S) writes the same pixels and how they were made."
_PICTURE = " Export View with its Record, in the File menu, names the records of what it shows."


def save_selected(desktop: Desktop) -> None:
    """Open the dialog for the layers that are selected; those that are not recorded are named."""
    chosen = [layer for layer in desktop.viewer.layers if layer in desktop.viewer.layers.selection]
    recorded = _recorded(desktop, chosen)
    others = [layer for layer in chosen if desktop.known_of(layer) is None]
    if recorded:
        open_save_dialog(desktop, *recorded)
    if others:
        desktop.notifier.show_warning(
            f"{_listed(others)}; napari's Save Selected Layers writes them, without provenance."
        )
    elif not chosen:
        desktop.notifier.show_warning("Select the image or labels layer that you want to save.")


def hold_save(desktop: Desktop, layers: Sequence[Layer], save: Callable[[], None]) -> bool:
    """Ask before napari saves `layers`, where one of them is recorded; whether nothing is saved for now.

    Where none is, there is no other way to save them: a line says what the file will lack.
    """
    recorded = _recorded(desktop, layers)
    if not recorded:
        if layers:
            desktop.notifier.show_warning(f"{_listed(layers)}, so the file will carry no provenance.")
        return False
    names = ", ".join(data.name for data in recorded)

    def with_provenance() -> None:
        open_save_dialog(desktop, *recorded)

    what = f"{names} and its record" if len(recorded) == 1 else "each of them and its record"
    answers = (
        Answer("Save without provenance", "Go on to napari's own dialog.", save),
        Answer("Save with Provenance…", f"Save {what} instead.", with_provenance),
    )
    Question(desktop, "Save layers", f"Saved by napari, {names} will carry no provenance.", _DETAIL, answers).open()
    return True


def tell_written(desktop: Desktop, written: Written) -> None:
    """Put into the log what napari wrote to a file, and say that it carries no provenance; louder to who was not asked.

    Code of others may have written it in a thread of its own.
    """
    first = Path(written.paths[0]).name
    file = first if len(written.paths) == 1 else f"{first} and {len(written.paths) - 1} more"
    names = ", ".join(layer.name for layer in written.layers) or "a picture of the window"
    recorded = any(desktop.known_of(layer) is not None for layer in written.layers)
    way = _PICTURE if not written.layers else _RECORDED if recorded else ""
    say = desktop.notifier.show_info if written.asked else desktop.notifier.show_warning
    try:
        desktop.session.view(f"Saved {names} as {file} by napari, without provenance")
    except BimsError as error:
        desktop.show_error(error)
    text = f"{file} carries no provenance: napari wrote {names} to it.{way}"
    QTimer.singleShot(0, desktop.main_window, lambda: say(text))


def _listed(layers: Sequence[Layer]) -> str:
    """Names of `layers`, and that those of their kinds are not recorded."""
    names = ", ".join(layer.name for layer in layers)
    kinds = " and ".join(sorted({type(layer).__name__.lower() for layer in layers}))
    return f"{names}: {kinds} are not recorded"


def _recorded(desktop: Desktop, layers: Sequence[Layer]) -> list[Data]:
    return [data for layer in layers if (data := desktop.data_of(layer)) is not None]
