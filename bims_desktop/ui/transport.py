"""`Transport`: the buttons that play a macro."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton

from bims_desktop.ui.icons import icon
from bims_desktop.ui.theme import Palette, assign


class Transport:
    """Open, Stop, Step, Run to here, Run."""

    def __init__(self) -> None:
        self.open, self.stop = QPushButton("Open…"), QPushButton("Stop")
        self.step, self.here, self.run = QPushButton("Step"), QPushButton("Run to here"), QPushButton("Run")
        assign(self.run, "primary")
        self.open.setToolTip("Open a saved image, or a macro as text; dropping it works too.")
        self.stop.setToolTip("Stop at once. Esc")
        self._tips = {
            self.run: "Run all steps that are left. Enter",
            self.step: "Run the next step alone.",
            self.here: "Run up to the selected step.",
        }

    @property
    def buttons(self) -> tuple[QPushButton, ...]:
        """All of them, the main one last."""
        return self.open, self.stop, self.step, self.here, self.run

    def allow(self, problem: str, busy: bool) -> None:
        """Enable what can be pressed now; a `problem` says why nothing can be run."""
        for button, tip in self._tips.items():
            button.setEnabled(not problem)
            button.setToolTip(problem or tip)
        self.stop.setEnabled(busy)
        self.open.setEnabled(not busy)

    def restyle(self, palette: Palette) -> None:
        """Take the colours of another theme."""
        names = {self.run: "run", self.step: "step", self.here: "run_to", self.stop: "stop", self.open: "browse"}
        for button, name in names.items():
            button.setIcon(icon(name, palette.icon))
