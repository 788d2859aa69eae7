"""`StepTable`: the steps of a macro with their tick, state and time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor

from bims_desktop.macro.plan import Step
from bims_desktop.ui.row_model import Index, RowModel
from bims_desktop.ui.signs import STEP
from bims_desktop.ui.theme import Palette
from bims_desktop.ui.words import lasting, tip

HEADINGS = ("Step", "State", "Time")
_LOST = ("left out", "no input")


class StepTable(RowModel):
    """One row a step.

    Signals
    -------
    ticked : str, bool
        The person put a step in or out.
    """

    headings = HEADINGS

    ticked = Signal(str, bool)

    def __init__(self, palette: Palette, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._palette = palette
        self.steps: Sequence[Step] = ()
        self.locked = False
        self._states: dict[str, str] = {}
        self._seconds: dict[str, float] = {}
        self._sentences: dict[str, str] = {}

    def show_steps(self, steps: Sequence[Step]) -> None:
        """Take the steps of another macro."""
        self.beginResetModel()
        self.steps = steps
        self._states, self._seconds, self._sentences = {}, {}, {}
        self.endResetModel()

    def restart(self, skips: Mapping[str, str]) -> None:
        """All steps wait again, but those in `skips`, which say why they do not run."""
        self._states, self._seconds, self._sentences = dict(skips), {}, {}
        self.repaint()

    def mark(self, name: str, state: str, seconds: float | None = None, sentence: str = "") -> None:
        """Set the state of one step (a key of `signs.STEP`), the time it took, and what it found."""
        self._states[name] = state
        if seconds is not None:
            self._seconds[name] = seconds
        if sentence:
            self._sentences[name] = sentence
        self.repaint()

    def state(self, name: str) -> str:
        """The state of a step."""
        return self._states.get(name, "waiting")

    def restyle(self, palette: Palette) -> None:
        """Take the colours of another theme."""
        self._palette = palette
        self.repaint()

    def count(self) -> int:
        return len(self.steps)

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        can_tick = not self.locked and index.column() == 0 and self.state(self.steps[index.row()].name) != "no input"
        return flags | Qt.ItemFlag.ItemIsUserCheckable if can_tick else flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        step, column = self.steps[index.row()], index.column()
        state = self.state(step.name)
        sentence = f"{index.row() + 1}. {self._sentences.get(step.name) or step.sentence}"
        match role:
            case Qt.ItemDataRole.DisplayRole:
                seconds = self._seconds.get(step.name)
                return (sentence, STEP[state].word, "" if seconds is None else lasting(seconds))[column]
            case Qt.ItemDataRole.ToolTipRole:
                return tip(sentence if column == 0 else STEP[state].meaning)
            case Qt.ItemDataRole.CheckStateRole if column == 0:
                return Qt.CheckState.Unchecked if state in _LOST else Qt.CheckState.Checked
            case Qt.ItemDataRole.DecorationRole if column == 1:
                return STEP[state].icon(self._palette)
            case Qt.ItemDataRole.ForegroundRole:
                return QColor(self._palette.quiet if state in _LOST or column else self._palette.text)
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole:
            return False
        self.ticked.emit(self.steps[index.row()].name, Qt.CheckState(value) == Qt.CheckState.Checked)
        return True
