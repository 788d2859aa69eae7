"""`MemoryStatus`: what the pixels of all steps take, in memory and on disk; a click sets how much they may."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bims_desktop.ui.status_button import StatusButton
from bims_desktop.ui.words import several, size

if TYPE_CHECKING:
    from bims_desktop.ui.window import Desktop

_MORE = (
    "A version is what a step left behind, its pixels or its table; each is kept, so that undo can go back to it.\n"
    "This is what they take in memory, and how much they may.\n"
    "What is beyond lies on disk, and is read from there.\nClick to allow more or less."
)


class MemoryStatus(StatusButton):
    """How many versions the session holds, and where.

    Parameters
    ----------
    desktop : Desktop
        The window.
    """

    def __init__(self, desktop: Desktop) -> None:
        super().__init__(desktop.viewer)
        self._desktop = desktop
        self.clicked.connect(self._open)

    def refresh(self) -> None:
        """Look at the versions as they are now."""
        versions = self._desktop.session.recorder.versions
        spilled = f", {size(versions.spilled)} on disk" if versions.spilled else ""
        held = f"{several(len(versions), 'version')}, {size(versions.nbytes)} of {size(versions.budget)}"
        self.say(held + spilled, _MORE, short=f"{several(len(versions), 'version')}, {size(versions.nbytes)}")

    def _open(self) -> None:
        from bims_desktop.ui.memory_question import MemoryQuestion

        MemoryQuestion(self._desktop).open()
