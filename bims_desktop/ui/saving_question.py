"""Say, before napari saves a recorded layer, that its file will carry no provenance."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from napari.layers import Layer

from bims_desktop.ui.question import Answer, Question
from bims_desktop.ui.save_dialog import open_save_dialog

if TYPE_CHECKING:
    from bims_desktop.ui import Desktop

_DETAIL = (
    "napari writes the pixels alone: nobody can tell from the file how they were made, and Verify finds no record. "
    "Save with Provenance (Ctrl+Shift+S) writes an ordinary image file with both."
)


def hold_save(desktop: Desktop, layers: Sequence[Layer], save: Callable[[], None]) -> bool:
    """Ask before napari saves `layers`, where one of them is recorded; whether nothing is saved for now."""
    recorded = [data for layer in layers if (data := desktop.data_of(layer)) is not None]
    if not recorded:
        return False
    names = ", ".join(data.name for data in recorded)

    def with_provenance() -> None:
        open_save_dialog(desktop, recorded[0])

    answers = (
        Answer("Save without", "Go on to napari's own dialog.", save),
        Answer("Save with Provenance…", f"Save {recorded[0].name} and its record instead.", with_provenance),
    )
    Question(desktop, "Save layers", f"Saved by napari, {names} will carry no provenance.", _DETAIL, answers).open()
    return True
