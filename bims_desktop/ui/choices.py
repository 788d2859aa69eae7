"""Boxes for values out of a list: one of them (`OneOf`), a word or numbers (`WordBox`), several (`Checklist`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QStyle,
    QStyleOptionComboBox,
    QWidget,
)

from bims_desktop.ui.theme import GRID

_VISIBLE = 6


class Choice(QComboBox):
    """A combo box that the mouse wheel leaves alone unless it has the focus."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(GRID * 12)

    def initStyleOption(self, option: QStyleOptionComboBox) -> None:
        """Show that a text goes on: a styled box would cut it off."""
        super().initStyleOption(option)
        room = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
        )
        text = self.fontMetrics().elidedText(self.currentText(), Qt.TextElideMode.ElideRight, room.width())
        option.currentText = text

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Let the form scroll."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class OneOf(Choice):
    """One of `values`; where it is not offered for now the first stands in, and it waits."""

    def __init__(self, values: Sequence[Any], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values, self._wished = values, values[0]
        self.activated.connect(lambda: self.take(self.currentData()))
        self.offer(values)

    def offer(self, values: Sequence[Any]) -> None:
        """Offer no more than `values`."""
        if [self.itemData(row) for row in range(self.count())] != list(values):
            self.blockSignals(True)
            self.clear()
            for value in values:
                self.addItem(str(value), value)
            self.take(self._wished)
            self.blockSignals(False)

    def take(self, value: Any) -> None:
        """Choose `value`; nothing is chosen where it was never one of them."""
        self._wished = value
        found = self.findData(value)
        self.setCurrentIndex(0 if found < 0 and value in self._values else found)


class WordBox(Choice):
    """One of a few words, or anything typed in their place."""

    def __init__(self, words: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.addItems(list(words))
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)


class Checklist(QListWidget):
    """Several out of a list, in the list's order."""

    def __init__(self, choices: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        for choice in choices:
            item = QListWidgetItem(choice, self)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsSelectable)
            item.setCheckState(Qt.CheckState.Unchecked)
        self._waiting: set[str] = set()
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedHeight(_VISIBLE * 3 * GRID)

    def checked(self) -> tuple[str, ...]:
        """What is ticked."""
        items = (self.item(row) for row in range(self.count()))
        return tuple(item.text() for item in items if item.checkState() == Qt.CheckState.Checked)

    def check(self, chosen: Sequence[str]) -> None:
        """Tick `chosen` and nothing else; those that are not offered for now wait."""
        items = [self.item(row) for row in range(self.count())]
        self._waiting = {item.text() for item in items if item.text() in chosen and not _is_offered(item)}
        for item in items:
            ticked = item.text() in chosen and _is_offered(item)
            item.setCheckState(Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)

    def offer(self, choices: Sequence[str], why: str = "") -> None:
        """Let no more than `choices` be ticked; beside the others stands `why`, and what was ticked of them waits."""
        chosen = {*self.checked(), *self._waiting}
        for item in (self.item(row) for row in range(self.count())):
            offered = item.text() in choices
            enabled = Qt.ItemFlag.ItemIsEnabled
            item.setFlags(item.flags() | enabled if offered else item.flags() & ~enabled)
            item.setToolTip("" if offered else why)
        self.check(tuple(chosen))


def _is_offered(item: QListWidgetItem) -> bool:
    return bool(item.flags() & Qt.ItemFlag.ItemIsEnabled)
