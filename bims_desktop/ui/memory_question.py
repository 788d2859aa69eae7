"""`MemoryQuestion`: how much memory the steps of a session may take before the oldest go to disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDoubleSpinBox

from bims_desktop.app.memory import LEAST, MIB, keep_budget
from bims_desktop.provenance.budget import SHARE, physical_memory, told_budget
from bims_desktop.ui.question import Answer, Question
from bims_desktop.ui.words import homely, several, size

if TYPE_CHECKING:
    from bims_desktop.ui.window import Desktop

_GB = 10**9
_TEXT = "How much memory may the pixels of this session's steps take?"


class MemoryQuestion(Question):
    """A number, and what it means here; holds for this session at once and for those to come.

    Parameters
    ----------
    desktop : Desktop
        The window.
    """

    def __init__(self, desktop: Desktop) -> None:
        self._desktop = desktop
        versions = desktop.session.recorder.versions
        self.amount = QDoubleSpinBox(suffix=" GB", decimals=2, singleStep=0.5)
        self.amount.setRange(LEAST * MIB / _GB, physical_memory() / _GB)
        self.amount.setValue(versions.budget / _GB)
        self.amount.setAccessibleName("Memory for pixels")
        said = f"Use a quarter: {physical_memory() / SHARE / _GB:.2f} GB"
        usual = Answer(said, "A quarter of this computer's memory, as at first.", lambda: self._keep(None))
        keep = Answer("Set limit", "From now on, in this session and those to come.", self._keep_amount)
        super().__init__(desktop, "Memory", _TEXT, _detail(desktop), (usual, keep), self.amount)

    def _keep_amount(self) -> None:
        self._keep(int(self.amount.value() * _GB) // MIB * MIB)

    def _keep(self, budget: int | None) -> None:
        session, folder = self._desktop.session, self._desktop.session.home.folder
        shown = tuple(layer.version for layer in session.layers)

        def work() -> None:
            keep_budget(folder, budget)
            session.recorder.versions.allow(budget or physical_memory() // SHARE, shown)

        self._desktop.jobs.start("Making room in memory", work, lambda _: None)


def _detail(desktop: Desktop) -> str:
    versions = desktop.session.recorder.versions
    told = (
        f"This computer has {size(physical_memory())}. Beyond what you allow, pixels that were used least recently"
        " go to disk and are read from there: nothing is lost, steps on them take longer.\n"
        f"The pixels of {several(len(versions), 'version')} take {size(versions.nbytes)} in memory and"
        f" {size(versions.spilled)} on the disk of {homely(desktop.session.folder)}."
    )
    return f"{told}\nBIMS_MEMORY is set and decides again at the next start." if told_budget() else told
