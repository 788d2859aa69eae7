"""`OperationChooser`: all operations in one box that is searched by typing."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QComboBox, QCompleter, QLineEdit, QWidget

from bims_desktop.app.preferences import Preferences
from bims_desktop.model.image import Kind
from bims_desktop.operations.search import find, offered, summary
from bims_desktop.operations.spec import Operation
from bims_desktop.ui.menu_order import place_of
from bims_desktop.ui.theme import Palette
from bims_desktop.ui.whole_line import WholeLine
from bims_desktop.ui.words import tip

_ID = int(Qt.ItemDataRole.UserRole)
_TITLE = _ID + 1
_MOST = 12


class OperationChooser(QComboBox):
    """A combo box over the registry; favourites and what was last used stand on top, typing searches.

    What takes an image of the kind that `selected` tells, if any, is found before what does not.

    Words that chose nothing give way to the title of the chosen operation when the box is left, and at Escape.

    Signals
    -------
    chosen : str
        Id of the operation that the person picked.
    searched : str, int
        What the person typed, and how many operations fit; no text where the search was left.
    """

    chosen = Signal(str)
    searched = Signal(str, int)

    def __init__(
        self, preferences: Preferences, selected: Callable[[], Kind | None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._selected = selected
        self._shown: str | None = None
        # A click into the title of the chosen operation begins a search, it does not mend the title.
        self.setLineEdit(WholeLine(always=lambda: not self.searching))
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setMaxVisibleItems(24)
        self.setModel(QStandardItemModel(self))
        self.finds = QStandardItemModel(self)
        self.setCompleter(_completer(self, self.finds))
        self.line.setPlaceholderText("Search operations")
        self.setToolTip("Type a few letters, or open the list. Ctrl+Shift+F")
        self.setAccessibleName("Operation")
        self.setAccessibleDescription("Type to search by title, description, parameter or unit.")
        self.offer(preferences)
        self.setCurrentIndex(-1)
        self.activated.connect(self._pick)
        self.line.textEdited.connect(self._search)
        self.line.returnPressed.connect(self._take_first)
        completer = self.completer()
        assert completer is not None
        completer.activated[QModelIndex].connect(self._complete)  # type: ignore[index]

    @property
    def line(self) -> QLineEdit:
        """Where one types."""
        line = self.lineEdit()
        assert line is not None
        return line

    def offer(self, preferences: Preferences) -> None:
        """Fill the list anew; what is chosen stays chosen."""
        model = self.model()
        assert isinstance(model, QStandardItemModel)
        self.blockSignals(True)
        model.clear()
        known = {operation.id: operation for operation in offered()}
        menus: dict[str, list[Operation]] = {}
        for operation in known.values():
            menus.setdefault(operation.menu, []).append(operation)
        _append(model, "★ Favourites", [known[id] for id in preferences.favourites if id in known])
        _append(model, "Last used", [known[id] for id in preferences.recent if id in known])
        for menu in sorted(menus, key=lambda menu: (place_of(menu), menu)):
            _append(model, menu.replace("/", " › "), menus[menu])
        self.setCurrentIndex(self._place())
        self.blockSignals(False)

    @property
    def searching(self) -> bool:
        """Whether anything but the title of the chosen operation stands here."""
        return self.line.text() != self.itemText(self._place())

    def show_operation(self, id: str) -> None:
        """Show the title of `id` without telling `chosen`."""
        self._shown = id
        self.setCurrentIndex(self._place())

    def restore(self) -> None:
        """Leave a search: the title of the chosen operation stands here again."""
        if not self.searching:
            return
        self.finds.clear()
        self._popup().hide()
        self.setCurrentIndex(self._place())
        self.searched.emit("", 0)

    def restyle(self, palette: Palette) -> None:
        """Take the colours of a theme; the list of finds is a window of its own, which inherits none."""
        popup = self._popup()
        popup.setAccessibleName("Operations found")
        finds = f"color: {palette.text}; background: {palette.surface}; selection-background-color: {palette.border};"
        popup.setStyleSheet(f"QListView {{ {finds} }} QListView::item {{ padding: 4px; }}")

    def search(self) -> None:
        """Put the cursor here, everything selected, so that typing begins a search."""
        self.setFocus()
        self.line.selectAll()

    def event(self, event: QEvent) -> bool:
        """Claim Escape from other shortcuts while there is a search to leave; let Tab leave the list of finds."""
        if event.type() == QEvent.Type.ShortcutOverride and self._leaves(event):
            event.accept()
            return True
        if isinstance(event, QKeyEvent) and event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            # While it is open Qt keeps to itself that the focus is lost.
            self._popup().hide()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves a search."""
        if self._leaves(event):
            self.restore()
            event.accept()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Leave a search with the box, though not for a menu such as that which pastes."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.restore()

    def _place(self) -> int:
        return self.findData(self._shown, _ID) if self._shown else -1

    def _leaves(self, event: QEvent) -> bool:
        return isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape and self.searching

    def _popup(self) -> QAbstractItemView:
        completer = self.completer()
        popup = completer.popup() if completer is not None else None
        assert popup is not None
        return popup

    def _search(self, text: str) -> None:
        found = find(text, offered(), self._selected())
        self.finds.clear()
        for operation in found[:_MOST]:
            self.finds.appendRow(_entry(operation, f"{operation.title}   ({operation.menu.split('/')[-1]})"))
        self.searched.emit(text.strip(), len(found))

    def _take_first(self) -> None:
        """Enter in the midst of a search takes the best find, or says that there is none."""
        if self.finds.rowCount() and self.searching:
            self._complete(self.finds.index(0, 0))
        elif self.searching:
            self._search(self.line.text())

    def _pick(self, row: int) -> None:
        if (id := self.itemData(row, _ID)) is not None:
            self.chosen.emit(id)
        else:
            self.restore()

    def _complete(self, index: QModelIndex) -> None:
        id = index.data(_ID)
        self.finds.clear()
        # Qt leaves it open, and empty, where Enter chose.
        self._popup().hide()
        self.show_operation(id)
        self.chosen.emit(id)


class _Completer(QCompleter):
    """Shows what was found, as it is, and writes the title."""

    def pathFromIndex(self, index: QModelIndex | QPersistentModelIndex) -> str:
        return str(index.data(_TITLE) or "")


def _completer(box: QComboBox, finds: QStandardItemModel) -> QCompleter:
    completer = _Completer(box)
    completer.setModel(finds)
    completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
    completer.setMaxVisibleItems(_MOST)
    return completer


def _append(model: QStandardItemModel, title: str, operations: Iterable[Operation]) -> None:
    """A heading that cannot be chosen, its operations below."""
    entries = [_entry(operation, operation.title) for operation in operations]
    if entries:
        heading = QStandardItem(title)
        heading.setFlags(Qt.ItemFlag.NoItemFlags)
        model.appendRow(heading)
    for entry in entries:
        model.appendRow(entry)


def _entry(operation: Operation, text: str) -> QStandardItem:
    item = QStandardItem(text)
    item.setData(operation.id, _ID)
    item.setData(operation.title, _TITLE)
    item.setToolTip(tip(summary(operation)))
    return item
