"""`ActionTable`: the action log as a Qt model, quick with many thousands of rows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, Qt
from PySide6.QtGui import QColor, QFont

from bims_desktop.provenance.action import Action
from bims_desktop.ui.row_model import Index, RowModel
from bims_desktop.ui.signs import STATUS
from bims_desktop.ui.theme import Palette
from bims_desktop.ui.words import exact, lasting, moment, tip

NUMBER, SENTENCE, STATUS_WORD, EFFECT, TIME = range(5)
HEADINGS = ("No.", "Action", "Status", "Effect", "Time")
_QUIET = ("display", "view")
_EFFECTS = {
    "pixels": "Changed pixels or measured them.",
    "calibration": "Changed pixel size, units or channel names.",
    "display": "Only changed how the image looks.",
    "view": "Only changed the view.",
    "session": "Changed no pixels: names, order, undo, save.",
}


class ActionTable(RowModel):
    """The actions that pass the filters; they are filtered here, since a proxy asks Python row by row.

    Parameters
    ----------
    palette : Palette
        Colours of signs and of what is greyed.
    """

    headings = HEADINGS

    def __init__(self, palette: Palette, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._palette = palette
        self._actions: Sequence[Action] = ()
        self._shown: list[Action] = []
        self._undone: Collection[int] = frozenset()
        self._text = ""
        self._quiet = False
        self._only: Collection[int] | None = None

    @property
    def total(self) -> int:
        """How many actions there are, shown or not."""
        return len(self._actions)

    def action(self, row: int) -> Action:
        """The action that `row` shows."""
        return self._shown[row]

    def row_of(self, number: int) -> int:
        """The row of action `number`; -1 where it is not shown."""
        return next((row for row, action in enumerate(self._shown) if action.number == number), -1)

    def undone(self, action: Action) -> bool:
        """Whether `action` was taken back."""
        return action.number in self._undone

    def update(self, actions: Sequence[Action], undone: Collection[int]) -> None:
        """Take the log as it is now; rows that were there stay there."""
        new = [action for action in actions[len(self._actions) :] if self._passes(action)]
        self._actions = actions
        if undone != self._undone:
            self._undone = undone
            self.repaint()
        if new:
            first = len(self._shown)
            self.beginInsertRows(QModelIndex(), first, first + len(new) - 1)
            self._shown.extend(new)
            self.endInsertRows()

    def filter(self, *, text: str, quiet: bool, only: Collection[int] | None) -> None:
        """Show actions whose sentence holds `text`; display and view only if `quiet`; of `only` these numbers."""
        if (text.casefold(), quiet, only) == (self._text, self._quiet, self._only):
            return
        self.beginResetModel()
        self._text, self._quiet, self._only = text.casefold(), quiet, only
        self._shown = [action for action in self._actions if self._passes(action)]
        self.endResetModel()

    def restyle(self, palette: Palette) -> None:
        """Take the colours of another theme."""
        self._palette = palette
        self.repaint()

    def count(self) -> int:
        return len(self._shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        action, column = self._shown[index.row()], index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return _shown_text(action, column)
            case Qt.ItemDataRole.ToolTipRole:
                return tip(self._tip(action, column))
            case Qt.ItemDataRole.DecorationRole if column == SENTENCE:
                return STATUS[action.status].icon(self._palette)
            case Qt.ItemDataRole.ForegroundRole:
                return QColor(self._palette.quiet if column != SENTENCE or self._greyed(action) else self._palette.text)
            case Qt.ItemDataRole.FontRole if column == SENTENCE and self.undone(action):
                return _struck()
            case Qt.ItemDataRole.TextAlignmentRole if column == NUMBER:
                return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{_shown_text(action, column)}, {STATUS[action.status].word}"
        return None

    def _passes(self, action: Action) -> bool:
        if self._only is not None and action.number not in self._only:
            return False
        if action.effect in _QUIET and not self._quiet:
            return False
        return not self._text or self._text in action.sentence.casefold()

    def _greyed(self, action: Action) -> bool:
        return action.effect in _QUIET or self.undone(action)

    def _tip(self, action: Action, column: int) -> str:
        if column == TIME:
            return f"{exact(action.started)}, took {lasting(action.duration)}"
        if column == EFFECT:
            return _EFFECTS[action.effect]
        sign = STATUS[action.status]
        if column == STATUS_WORD:
            return sign.meaning
        undone = "\nUndone." if self.undone(action) else ""
        return f"{action.sentence}{undone}\n{sign.glyph} {sign.word}: {sign.meaning}"


def _shown_text(action: Action, column: int) -> str:
    match column:
        case 0:
            return str(action.number)
        case 1:
            return action.sentence
        case 2:
            return f"{STATUS[action.status].glyph} {STATUS[action.status].word}"
        case 3:
            return action.effect
    return moment(action.started)


def _struck() -> QFont:
    font = QFont()
    font.setStrikeOut(True)
    return font
