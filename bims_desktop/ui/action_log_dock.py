"""`ActionLogDock`: what was done, as sentences that a colleague would write in a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from bims_desktop.ui import action_table
from bims_desktop.ui.action_detail import ActionDetail
from bims_desktop.ui.action_table import ActionTable
from bims_desktop.ui.icons import icon
from bims_desktop.ui.pane import quiet
from bims_desktop.ui.rows import as_rows
from bims_desktop.ui.theme import GRID, dress
from bims_desktop.ui.words import several

if TYPE_CHECKING:
    from bims_desktop.ui import Desktop

_ALL, _LAYER = range(2)
_EMPTY = """Nothing was done yet.

Open an image (Ctrl+O) or drop one into the window, then choose an operation. \
Every step is written here as it happens."""
_NONE_FITS = "No action fits. Clear the search, or choose “all layers”."
_NO_LAYER = "Select a layer to see what it depends on."
_PAUSE_MS = 40
_LEAST = GRID * 14
# A narrow dock keeps the sentence readable and leaves the rest to the details below.
_ROOM = {action_table.TIME: 440, action_table.STATUS_WORD: 560, action_table.EFFECT: 640}


class ActionLogDock(QWidget):
    """The log as a table, filters above, the selected action below.

    Parameters
    ----------
    desktop : Desktop
        The window whose session is logged.
    """

    _recorded = Signal()

    def __init__(self, desktop: Desktop) -> None:
        super().__init__()
        self._desktop = desktop
        self._palette = dress(self, desktop.viewer)
        self.model = ActionTable(self._palette, self)
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self.refresh)
        self._build_filters()
        self._build_table()
        self.detail = ActionDetail(self._palette)
        self.empty = quiet(_EMPTY)
        self.empty.setMinimumHeight(_LEAST)
        self._lay_out()
        self._draw()
        self._connect()
        self.refresh()

    def refresh(self) -> None:
        """Read the session as it is now."""
        session = self._desktop.session
        number = self._selected()
        follow = self._at_end()
        self.model.update(session.actions, session.undone)
        self._filter()
        self._select(number)
        if follow:
            self.table.scrollToBottom()

    def _build_filters(self) -> None:
        self.scope = QComboBox()
        self.scope.addItem("all layers", _ALL)
        self.scope.addItem("this layer", _LAYER)
        self.scope.setToolTip("“This layer” shows only what the selected layer depends on: what a save keeps.")
        self.scope.setAccessibleName("Which actions")
        self.text = QLineEdit(placeholderText="Search", clearButtonEnabled=True)
        self.text.setToolTip("Show actions whose sentence holds these words.")
        self.text.setAccessibleName("Search the action log")
        self.quiet = QToolButton()
        self.quiet.setCheckable(True)
        self.quiet.setToolTip("Also show what only changed how things look: display and view.")
        self.quiet.setAccessibleName("Show display and view")

    def _build_table(self) -> None:
        self.table = QTableView()
        self.table.setModel(self.model)
        self.table.setMinimumHeight(_LEAST)
        as_rows(self.table, "Action log", stretch=action_table.SENTENCE, widths={0: 6, 2: 15, 3: 10, 4: 13})

    def _lay_out(self) -> None:
        above = QHBoxLayout()
        above.setSpacing(GRID)
        above.addWidget(self.scope)
        above.addWidget(self.text, 1)
        above.addWidget(self.quiet)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GRID, GRID, GRID, GRID)
        layout.setSpacing(GRID)
        layout.addLayout(above)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.empty, 1)
        layout.addWidget(self.detail)

    def _connect(self) -> None:
        viewer = self._desktop.viewer
        self.scope.currentIndexChanged.connect(self._filter)
        self.text.textChanged.connect(self._filter)
        self.quiet.toggled.connect(self._filter)
        self.table.selectionModel().selectionChanged.connect(self._show_selected)
        viewer.events.theme.connect(self._restyle)
        viewer.layers.selection.events.active.connect(self._filter_again)
        # The session speaks in whatever thread caused the change; a burst of changes is drawn once.
        self._recorded.connect(self._pause.start, Qt.ConnectionType.QueuedConnection)
        self.destroyed.connect(self._desktop.session.subscribe(lambda change: self._recorded.emit()))

    def _filter_again(self) -> None:
        if self.scope.currentData() == _LAYER:
            self._filter()

    def _filter(self) -> None:
        number = self._selected()
        self.model.filter(text=self.text.text(), quiet=self.quiet.isChecked(), only=self._kept())
        self._select(number)
        shown = self.model.rowCount()
        self.table.setVisible(shown > 0)
        self.empty.setVisible(shown == 0)
        self.empty.setText(self._why_empty())
        self.text.setPlaceholderText(f"Search {several(self.model.total, 'action')}")

    def _kept(self) -> frozenset[int] | None:
        """Numbers of the actions that the selected layer depends on; None where all count."""
        if self.scope.currentData() == _ALL:
            return None
        active = self._desktop.viewer.layers.selection.active
        data = None if active is None else self._desktop.data_of(active)
        if data is None:
            return frozenset()
        return frozenset(action.number for action, _ in self._desktop.session.explain(data).kept)

    def _why_empty(self) -> str:
        if not self.model.total:
            return _EMPTY
        no_layer = self.scope.currentData() == _LAYER and self._desktop.viewer.layers.selection.active is None
        return _NO_LAYER if no_layer else _NONE_FITS

    def _selected(self) -> int:
        rows = self.table.selectionModel().selectedRows()
        return self.model.action(rows[0].row()).number if rows else 0

    def _select(self, number: int) -> None:
        row = self.model.row_of(number) if number else -1
        if row >= 0 and number != self._selected():
            self.table.selectRow(row)
        elif row < 0:
            self._show_selected()

    def _show_selected(self) -> None:
        rows = self.table.selectionModel().selectedRows()
        action = self.model.action(rows[0].row()) if rows else None
        self.detail.show_action(action, action is not None and self.model.undone(action))

    def _at_end(self) -> bool:
        bar = self.table.verticalScrollBar()
        return bar.value() >= bar.maximum()

    def sizeHint(self) -> QSize:
        """Room for a sentence and a dozen of them."""
        return QSize(GRID * 42, GRID * 50)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many columns as leave room for the sentence."""
        super().resizeEvent(event)
        for column, room in _ROOM.items():
            self.table.setColumnHidden(column, self.width() < room)

    def _restyle(self) -> None:
        self._palette = dress(self, self._desktop.viewer)
        self.model.restyle(self._palette)
        self.detail.restyle(self._palette)
        self._draw()

    def _draw(self) -> None:
        self.quiet.setIcon(icon("view", self._palette.icon))
