"""`NoteDelegate`: the editor of a value in the tree, begun with what was filled in by hand, never with the file's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, QSize
from PySide6.QtWidgets import QLineEdit, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from bims_desktop.app.acquisition_notes import LONGEST
from bims_desktop.ui.theme import GRID

if TYPE_CHECKING:
    from bims_desktop.ui.acquisition.tree import EntryTree

Index = QModelIndex | QPersistentModelIndex


class NoteDelegate(QStyledItemDelegate):
    """Hands what was typed to the tree's signal; the tree shows it once it is kept."""

    def __init__(self, tree: EntryTree) -> None:
        super().__init__(tree)
        self._tree = tree

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        """A line with an example."""
        editor = QLineEdit(parent, frame=False, maxLength=LONGEST)
        editor.setStyleSheet("padding: 0px 3px;")
        if (entry := self._tree.entry_at(index)) is not None:
            editor.setPlaceholderText(f"such as {entry.item.example}")
            editor.setAccessibleName(f"{entry.item.title}, by hand")
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Begin with the person's own word."""
        entry = self._tree.entry_at(index)
        if isinstance(editor, QLineEdit) and entry is not None:
            said = entry.note.text if entry.note else ""
            editor.setText(self._tree.rejected.pop(entry.item.id, said))
            editor.selectAll()

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        """As wide as there is room in the row."""
        rect = option.rect
        rect.setRight(self._tree.viewport().width() - 1)
        editor.setGeometry(rect)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Room for an editor."""
        return QSize(super().sizeHint(option, index).width(), 3 * GRID)

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        """Tell what was typed, if it is anything new."""
        entry = self._tree.entry_at(index)
        if not isinstance(editor, QLineEdit) or entry is None:
            return
        text = editor.text().strip()
        if text != (entry.note.text if entry.note else ""):
            self._tree.filled.emit(entry.item.id, text)
