"""`Facts`: names and values in two columns, any depth, to read and to copy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from bims_desktop.operations.spec import plain
from bims_desktop.ui.words import tip

_LONGEST = 300
_WHOLE = int(Qt.ItemDataRole.UserRole)


class Facts(QTreeWidget):
    """A tree of facts; Ctrl+C copies the selected values."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setHeaderHidden(True)
        self.setColumnCount(2)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)

    def show_facts(self, facts: Mapping[str, Any]) -> None:
        """Show `facts`; mappings and lists of mappings become branches."""
        items = list(_branches(facts))
        self.clear()
        self.addTopLevelItems(items)
        self.expandToDepth(1)
        self.setRootIsDecorated(any(item.childCount() for item in items))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy whole values, not what fits into the column."""
        if event.matches(QKeySequence.StandardKey.Copy):
            text = "\n".join(item.data(1, _WHOLE) or item.text(0) for item in self.selectedItems())
            QGuiApplication.clipboard().setText(text)
        else:
            super().keyPressEvent(event)


def _branches(facts: Mapping[str, Any]) -> Iterator[QTreeWidgetItem]:
    for name, value in facts.items():
        shown = name.replace("_", " ") if name.isidentifier() else name  # a file is called what it is called
        if isinstance(value, Mapping):
            yield _branch(shown, value)
        elif isinstance(value, Sequence) and not isinstance(value, str) and any(isinstance(v, Mapping) for v in value):
            yield _branch(shown, {str(number): entry for number, entry in enumerate(value, 1)})
        else:
            text = plain(value)
            item = QTreeWidgetItem([shown, text[:_LONGEST]])
            item.setToolTip(1, tip(text))
            item.setData(1, _WHOLE, text)
            yield item


def _branch(name: str, facts: Mapping[str, Any]) -> QTreeWidgetItem:
    item = QTreeWidgetItem([name])
    item.addChildren(list(_branches(facts)))
    return item
