"""`OperationChooser`: all operations in one box that is searched by typing."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QComboBox, QCompleter, QWidget

from bims_desktop.operations import registry
from bims_desktop.operations.spec import Operation
from bims_desktop.ui.theme import Palette

_ID = int(Qt.ItemDataRole.UserRole)
_SEARCHED = _ID + 1


class OperationChooser(QComboBox):
    """A combo box over the registry; typing finds by title, id and menu.

    Signals
    -------
    chosen : str
        Id of the operation that the person picked.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setMaxVisibleItems(24)
        self.setModel(_entries(self))
        self.setCompleter(_completer(self))
        line = self.lineEdit()
        assert line is not None
        line.setPlaceholderText("Search operations")
        self.setToolTip("Type a few letters, or open the list. Ctrl+Shift+F")
        self.setAccessibleName("Operation")
        self.setCurrentIndex(-1)
        self.activated.connect(self._pick)
        completer = self.completer()
        assert completer is not None
        completer.activated[QModelIndex].connect(self._complete)  # type: ignore[index]

    def show_operation(self, id: str) -> None:
        """Show the title of `id` without telling `chosen`."""
        self.setCurrentIndex(self.findData(id, _ID))

    def restyle(self, palette: Palette) -> None:
        """Take the colours of a theme; the list of finds is a window of its own, which inherits none."""
        completer = self.completer()
        popup = completer.popup() if completer is not None else None
        assert popup is not None
        finds = f"color: {palette.text}; background: {palette.surface}; selection-background-color: {palette.border};"
        popup.setStyleSheet(f"QListView {{ {finds} }} QListView::item {{ padding: 4px; }}")

    def search(self) -> None:
        """Put the cursor here, everything selected, so that typing begins a search."""
        self.setFocus()
        line = self.lineEdit()
        assert line is not None
        line.selectAll()

    def _pick(self, row: int) -> None:
        if (id := self.itemData(row, _ID)) is not None:
            self.chosen.emit(id)

    def _complete(self, index: QModelIndex) -> None:
        id = index.data(_ID)
        self.show_operation(id)
        self.chosen.emit(id)


class _Completer(QCompleter):
    """Looks through titles, ids and menus at once, and writes the title."""

    def pathFromIndex(self, index: QModelIndex | QPersistentModelIndex) -> str:
        return str(index.data(Qt.ItemDataRole.DisplayRole))


def _completer(box: QComboBox) -> QCompleter:
    completer = _Completer(box)
    completer.setModel(box.model())
    completer.setCompletionRole(_SEARCHED)
    completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
    completer.setFilterMode(Qt.MatchFlag.MatchContains)
    completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
    return completer


def _entries(box: QComboBox) -> QStandardItemModel:
    """Menus as headings that cannot be chosen, their operations below."""
    model = QStandardItemModel(box)
    menus: dict[str, list[Operation]] = {}
    for operation in registry.operations():
        if operation.menu:  # the others are run by other means: the brush, the layer list
            menus.setdefault(operation.menu, []).append(operation)
    for menu, operations in menus.items():
        heading = QStandardItem(menu.replace("/", " › "))
        heading.setFlags(Qt.ItemFlag.NoItemFlags)
        model.appendRow(heading)
        for operation in operations:
            model.appendRow(_entry(operation))
    return model


def _entry(operation: Operation) -> QStandardItem:
    item = QStandardItem(operation.title)
    item.setData(operation.id, _ID)
    item.setData(f"{operation.title} {operation.id} {operation.menu}", _SEARCHED)
    item.setToolTip(summary(operation))
    return item


def summary(operation: Operation) -> str:
    """The first line of the operation's own description."""
    return (operation.function.__doc__ or operation.title).strip().splitlines()[0]
