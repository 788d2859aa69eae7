"""`EntryTree`: the items of the checklist by group, what is known of each, filled in where it stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QFont, QGuiApplication, QKeyEvent, QKeySequence, QPainter, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem

from bims_desktop.app.acquisition import Entry
from bims_desktop.app.acquisition_notes import Note
from bims_desktop.ui.acquisition.delegate import NoteDelegate
from bims_desktop.ui.acquisition.words import ANSWER, BY_HAND, GROUPS, IN_FILE, sign_of
from bims_desktop.ui.signs import Sign
from bims_desktop.ui.theme import GRID, Palette
from bims_desktop.ui.words import tip

TITLE, VALUE, WHENCE = range(3)
_ENTRY = int(Qt.ItemDataRole.UserRole)
_WIDE = 60 * GRID
_FEW, _ROW = 4, 3 * GRID


class EntryTree(QTreeWidget):
    """One row an item; where a file and a person both speak, the person's word stands below.

    Attributes
    ----------
    rows : dict
        The row of each item, by its id.
    rejected : dict
        By item, what was typed and could not be kept; the next editor begins with it.

    Signals
    -------
    filled : str, str
        Id of an item, and the text that a person gives it; empty to take it back.
    """

    filled = Signal(str, str)

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._palette = palette
        self.rows: dict[str, QTreeWidgetItem] = {}
        self._groups: dict[str, QTreeWidgetItem] = {}
        self.rejected: dict[str, str] = {}
        self.setAccessibleName("Description of the acquisition")
        self.setColumnCount(3)
        self.setHeaderLabels(["Item", "Value", "From"])
        self.setIndentation(GRID)
        self.setItemsExpandable(False)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(triggers.DoubleClicked | triggers.EditKeyPressed | triggers.SelectedClicked)
        self.setItemDelegateForColumn(VALUE, NoteDelegate(self))
        self.header().setSectionResizeMode(VALUE, QHeaderView.ResizeMode.Stretch)
        self.header().setStretchLastSection(False)
        self.header().setMinimumSectionSize(4 * GRID)
        self.setColumnWidth(TITLE, 22 * GRID)
        self.setColumnWidth(WHENCE, 9 * GRID)

    @property
    def entry(self) -> Entry | None:
        """The one of the current row; None where a search hides it."""
        item = self.currentItem()
        entry: Entry | None = None if item is None else item.data(TITLE, _ENTRY)
        return None if entry is None or self.rows[entry.item.id].isHidden() else entry

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """Show `entries`; rows that are there already stay where they are, with the editor in one of them."""
        if list(self.rows) != [entry.item.id for entry in entries]:
            self._build(entries)
        for entry in entries:
            self._paint(self.rows[entry.item.id], entry)

    def filter(self, fits: Callable[[Entry], bool]) -> int:
        """Show the rows that fit; gives their number."""
        shown = 0
        for row in self.rows.values():
            good = fits(row.data(TITLE, _ENTRY))
            row.setHidden(not good)
            shown += good
        for group in self._groups.values():
            group.setHidden(all(row.isHidden() for row in self.rows.values() if row.parent() is group))
        return shown

    def edit_current(self) -> None:
        """Put the cursor into the value of the current item."""
        if (entry := self.entry) is not None:
            row = self.rows[entry.item.id]
            self.editItem(row.child(0) or row, VALUE)

    def edit(self, index: QModelIndex | QPersistentModelIndex, *how: Any) -> bool:  # type: ignore[override]
        """Edit the value, wherever in its row that began: nothing else in it is the person's."""
        return bool(super().edit(index.sibling(index.row(), VALUE), *how))

    def sizeHint(self) -> QSize:
        """A few rows below the heading; it takes what room there is, once all words of the card below have theirs."""
        return QSize(super().sizeHint().width(), self.header().sizeHint().height() + _FEW * _ROW)

    def remove_current(self) -> None:
        """Take back what was filled in."""
        if (entry := self.entry) is not None and entry.note is not None:
            self.filled.emit(entry.item.id, "")

    def entry_at(self, index: QModelIndex | QPersistentModelIndex) -> Entry | None:
        """The entry of the row at `index`; None for a group."""
        found: Entry | None = index.model().index(index.row(), TITLE, index.parent()).data(_ENTRY)
        return found

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter fills in, Delete takes back, Ctrl+C copies the value."""
        editing = self.state() == QAbstractItemView.State.EditingState
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not editing:
            self.edit_current()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and not editing:
            self.remove_current()
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)

    def copy(self) -> None:
        """Put the current item and its value on the clipboard."""
        if (entry := self.entry) is not None:
            said = [part.text for part in (entry.fact, entry.note) if part]
            QGuiApplication.clipboard().setText(f"{entry.item.title}: {'; '.join(said)}" if said else entry.item.title)

    def restyle(self, palette: Palette) -> None:
        """Take the colours of another theme."""
        self._palette = palette
        for row in self.rows.values():
            self._paint(row, row.data(TITLE, _ENTRY))

    def drawBranches(self, painter: QPainter, rect: QRect, index: QModelIndex | QPersistentModelIndex) -> None:
        """Draw none: nothing folds, so nothing shall look as if it did."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say in a column of its own where a value is from; where there is no room for it, before the value."""
        wide = event.size().width() >= _WIDE
        if self.isColumnHidden(WHENCE) == wide:
            self.setColumnHidden(WHENCE, not wide)
            self.setColumnWidth(TITLE, (28 if wide else 22) * GRID)
            self.restyle(self._palette)
        super().resizeEvent(event)

    def _build(self, entries: Sequence[Entry]) -> None:
        self.clear()
        self.rows, self._groups = {}, {}
        for entry in entries:
            row = QTreeWidgetItem(self._group(entry.item.group))
            row.setFlags(row.flags() | Qt.ItemFlag.ItemIsEditable)
            self.rows[entry.item.id] = row
        self.expandAll()

    def _group(self, name: str) -> QTreeWidgetItem:
        if name not in self._groups:
            group = QTreeWidgetItem(self, [GROUPS.get(name, name)])
            bold = QFont(group.font(TITLE))
            bold.setBold(True)
            group.setFont(TITLE, bold)
            group.setFlags(Qt.ItemFlag.ItemIsEnabled)
            group.setFirstColumnSpanned(True)
            self._groups[name] = group
        return self._groups[name]

    def _paint(self, row: QTreeWidgetItem, entry: Entry) -> None:
        row.setData(TITLE, _ENTRY, entry)
        sign, fact, note = sign_of(entry), entry.fact, entry.note
        if fact is not None:
            self._write(row, entry.item.title, fact.text, sign, f"{fact.text}\n{fact.where}")
        elif note is not None:
            self._write_note(row, entry.item.title, note)
        else:
            more = f"{entry.item.title}. {entry.item.why}\nFor example: {entry.item.example}"
            self._write(row, entry.item.title, "", sign, more)
        self._paint_child(row, entry)

    def _paint_child(self, row: QTreeWidgetItem, entry: Entry) -> None:
        """The person's word below the file's."""
        both = entry.fact is not None and entry.note is not None
        if not both:
            row.takeChildren()
            return
        child = row.child(0) or QTreeWidgetItem(row)
        child.setFlags(child.flags() | Qt.ItemFlag.ItemIsEditable)
        child.setData(TITLE, _ENTRY, entry)
        assert entry.note is not None
        self._write_note(child, "", entry.note)
        row.setExpanded(True)

    def _write_note(self, row: QTreeWidgetItem, title: str, note: Note) -> None:
        self._write(row, title, note.text, ANSWER[BY_HAND], f"{note.text}\n{ANSWER[BY_HAND].meaning}")

    def _write(self, row: QTreeWidgetItem, title: str, value: str, sign: Sign, more: str) -> None:
        if self.isColumnHidden(WHENCE) and sign.word != IN_FILE:
            value = f"{sign.word}: {value}" if value else sign.word
        for column, text in enumerate((title, value, sign.word)):
            row.setText(column, text)
            row.setToolTip(column, tip(more))
        row.setIcon(TITLE, sign.icon(self._palette))
        said = sign.role in ("good", "icon")
        role = getattr(self._palette, sign.role)
        row.setForeground(VALUE, _brush(self._palette.text if said else role))
        row.setForeground(WHENCE, _brush(self._palette.quiet if said else role))


def _brush(color: str) -> QBrush:
    return QBrush(QColor(color))
