"""`ActionTable`: the action log as a Qt model, quick with many thousands of rows."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Sequence
from operator import attrgetter
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, Qt
from PySide6.QtGui import QColor, QFont, QPixmap

from bims_desktop.provenance.action import Action
from bims_desktop.ui.bar_delegate import BAR_ROLE
from bims_desktop.ui.picture_delegate import PICTURE_ROLE
from bims_desktop.ui.row_model import Index, RowModel
from bims_desktop.ui.signs import STATUS
from bims_desktop.ui.theme import Palette
from bims_desktop.ui.thumbnails import Thumbnail
from bims_desktop.ui.words import exact, lasting, moment, tip

NUMBER, PICTURE, SENTENCE, STATUS_WORD, EFFECT, TIME = range(6)
HEADINGS = ("No.", "", "Action", "Status", "Effect", "Time")
_QUIET = ("display", "view")
_EFFECTS = {
    "pixels": "Changed pixels or measured them.",
    "calibration": "Changed pixel size, units or channel names.",
    "display": "Only changed how the image looks.",
    "view": "Only changed the view.",
    "session": "Changed no pixels: names, order, undo, save.",
}
_NEEDED = "The selected layer depends on it."

Pictures = Callable[[Action], Thumbnail | None]


class ActionTable(RowModel):
    """The actions that pass the filters; they are filtered here, since a proxy asks Python row by row.

    Parameters
    ----------
    palette : Palette
        Colours of signs and of what is greyed.
    pictures : callable
        Gives the picture of what an action made, or None.
    """

    headings = HEADINGS
    numbers = frozenset({NUMBER})

    def __init__(self, palette: Palette, pictures: Pictures = lambda action: None, parent: QObject | None = None):
        super().__init__(parent)
        self._palette = palette
        self._pictures = pictures
        self._actions: Sequence[Action] = ()
        self._shown: list[Action] = []
        self._undone: Collection[int] = frozenset()
        self._needed: Collection[int] = frozenset()
        self._words: tuple[str, ...] = ()
        self._quiet = False
        self._only: Collection[int] | None = None

    @property
    def total(self) -> int:
        """How many actions there are, shown or not."""
        return len(self._actions)

    @property
    def shown(self) -> Sequence[Action]:
        """The actions that pass the filters."""
        return tuple(self._shown)

    def action(self, row: int) -> Action:
        """The action that `row` shows."""
        return self._shown[row]

    def row_of(self, number: int) -> int:
        """The row of action `number`; -1 where it is not shown."""
        row = bisect_left(self._shown, number, key=attrgetter("number"))
        return row if row < len(self._shown) and self._shown[row].number == number else -1

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
        self._append(new)

    def filter(self, *, text: str, quiet: bool, only: Collection[int] | None) -> None:
        """Show actions that hold the words of `text`; display and view only if `quiet`; of `only` these numbers."""
        words = tuple(text.casefold().split())
        if (words, quiet, only) == (self._words, self._quiet, self._only):
            return
        self._words, self._quiet, self._only = words, quiet, only
        shown = [action for action in self._actions if self._passes(action)]
        if shown[: len(self._shown)] == self._shown:
            self._append(shown[len(self._shown) :])
            return
        self.beginResetModel()
        self._shown = shown
        self.endResetModel()

    def highlight(self, needed: Collection[int]) -> None:
        """Mark the actions of these numbers: the selected layer depends on them."""
        if needed != self._needed:
            self._needed = needed
            self.repaint()

    def repaint_picture(self, writer: int) -> None:
        """Draw the picture of action `writer` again."""
        row = self.row_of(writer)
        if row >= 0:
            cell = self.index(row, PICTURE)
            self.dataChanged.emit(cell, cell, [PICTURE_ROLE])

    def restyle(self, palette: Palette) -> None:
        """Take the colours of another theme."""
        self._palette = palette
        self.repaint()

    def count(self) -> int:
        return len(self._shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        action, column = self._shown[index.row()], index.column()
        if role == PICTURE_ROLE:
            return self._picture(action) if column == PICTURE else None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return _shown_text(action, column)
            case Qt.ItemDataRole.ToolTipRole:
                return tip(self._tip(action, column))
            case Qt.ItemDataRole.DecorationRole if column == SENTENCE:
                return STATUS[action.status].icon(self._palette)
            case _ if role == BAR_ROLE and column == NUMBER and action.number in self._needed:
                return QColor(self._palette.current)
            case Qt.ItemDataRole.ForegroundRole:
                return QColor(self._shade(action, column))
            case Qt.ItemDataRole.FontRole:
                return _font(
                    struck=column == SENTENCE and self.undone(action),
                    bold=column == NUMBER and action.number in self._needed,
                )
            case Qt.ItemDataRole.TextAlignmentRole if column == NUMBER:
                return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            case Qt.ItemDataRole.AccessibleTextRole:
                return self._spoken(action, column)
        return None

    def _append(self, new: Sequence[Action]) -> None:
        if new:
            first = len(self._shown)
            self.beginInsertRows(QModelIndex(), first, first + len(new) - 1)
            self._shown.extend(new)
            self.endInsertRows()

    def _passes(self, action: Action) -> bool:
        if self._only is not None and action.number not in self._only:
            return False
        if action.effect in _QUIET and not self._quiet:
            return False
        if not self._words:
            return True
        undone = " undone" if self.undone(action) else ""
        text = f"{action.sentence} {action.operation} {STATUS[action.status].word}{undone}".casefold()
        return all(word in text for word in self._words)

    def _picture(self, action: Action) -> QPixmap | None:
        picture = self._pictures(action)
        return None if picture is None else picture.row

    def _shade(self, action: Action, column: int) -> str:
        if self._greyed(action) or (column != SENTENCE and action.number not in self._needed):
            return self._palette.quiet
        return self._palette.text

    def _greyed(self, action: Action) -> bool:
        return action.effect in _QUIET or self.undone(action)

    def _spoken(self, action: Action, column: int) -> str:
        if column == PICTURE:
            return "picture of the result" if action.writes else ""
        undone = ", undone" if self.undone(action) else ""
        needed = f". {_NEEDED}" if action.number in self._needed else ""
        return f"{_shown_text(action, column)}, {STATUS[action.status].word}{undone}{needed}"

    def _tip(self, action: Action, column: int) -> str:
        if column == TIME:
            return f"{exact(action.started)}, took {lasting(action.duration)}"
        if column == EFFECT:
            return _EFFECTS[action.effect]
        sign = STATUS[action.status]
        if column == STATUS_WORD:
            return sign.meaning
        undone = "\nUndone." if self.undone(action) else ""
        needed = f"\n{_NEEDED}" if action.number in self._needed else ""
        return f"{action.sentence}{undone}{needed}\n{sign.glyph} {sign.word}: {sign.meaning}"


def _shown_text(action: Action, column: int) -> str:
    match column:
        case 0:
            return str(action.number)
        case 1:
            return ""
        case 2:
            return action.sentence
        case 3:
            return f"{STATUS[action.status].glyph} {STATUS[action.status].word}"
        case 4:
            return action.effect
    return moment(action.started)


def _font(*, struck: bool, bold: bool) -> QFont | None:
    if not struck and not bold:
        return None
    font = QFont()
    font.setStrikeOut(struck)
    font.setBold(bold)
    return font
