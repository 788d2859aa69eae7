"""Save the selected layers with provenance; before napari saves them itself, say that its files will carry none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from napari.layers import Layer

from bims_desktop.ui.question import Answer, Question
from bims_desktop.ui.save_dialog import open_save_dialog

if TYPE_CHECKING:
    from bims_desktop.app.data import Data
    from bims_desktop.ui import Desktop

_DETAIL = (
    "napari writes the pixels alone: nobody can tell from the file how they were made, and Verify finds no record. "
    "Save with Provenance (Ctrl+Shift+S) writes ordinary image files with both."
)


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
        Answer("Save without", "Go on to napari's own dialog.", save),
        Answer("Save with Provenance…", f"Save {what} instead.", with_provenance),
    )
    Question(desktop, "Save layers", f"Saved by napari, {names} will carry no provenance.", _DETAIL, answers).open()
    return True


def _listed(layers: Sequence[Layer]) -> str:
    """Names of `layers`, and that those of their kinds are not recorded."""
    names = ", ".join(layer.name for layer in layers)
    kinds = " and ".join(sorted({type(layer).__name__.lower() for layer in layers}))
    return f"{names}: {kinds} are not recorded"


def _recorded(desktop: Desktop, layers: Sequence[Layer]) -> list[Data]:
    return [data for layer in layers if (data := desktop.data_of(layer)) is not None]
