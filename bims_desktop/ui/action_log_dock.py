"""`ActionLogDock`: what was done, as sentences that a colleague would write in a notebook."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from napari.layers import Layer
from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QPushButton, QTableView, QVBoxLayout, QWidget

from bims_desktop.app.log_export import as_text, export_log
from bims_desktop.provenance.action import Action
from bims_desktop.provenance.lineage import Slice
from bims_desktop.ui import action_table
from bims_desktop.ui.action_detail import ActionDetail
from bims_desktop.ui.action_table import ActionTable
from bims_desktop.ui.bar_delegate import BarDelegate
from bims_desktop.ui.file_dialog import ask_to_save
from bims_desktop.ui.keys import press_focused
from bims_desktop.ui.log_filters import LogFilters
from bims_desktop.ui.pane import quiet
from bims_desktop.ui.picture_delegate import PictureDelegate
from bims_desktop.ui.rows import as_rows, take_lines
from bims_desktop.ui.theme import GRID, dress
from bims_desktop.ui.thumbnails import Thumbnails
from bims_desktop.ui.words import homely, several

if TYPE_CHECKING:
    from bims_desktop.ui import Desktop

_EMPTY = """Nothing was done yet.

Open an image (Ctrl+O) or drop one into the window, then choose an operation. \
Every step is written here as it happens."""
_NONE_FITS = "No action fits. Clear the search, or choose “all layers”."
_NO_LAYER = "Select a layer to see what it depends on."
_PAUSE_MS = 40
_LEAST = GRID * 12
_SHORT = GRID * 45
# A narrow dock keeps the sentence readable and leaves the rest to the details below.
_ROOM = {action_table.TIME: 480, action_table.STATUS_WORD: 600, action_table.EFFECT: 680}
_WIDTHS = {
    action_table.NUMBER: 5,
    action_table.PICTURE: 5,
    action_table.STATUS_WORD: 15,
    action_table.EFFECT: 10,
    action_table.TIME: 13,
}


class ActionLogDock(QWidget):
    """The log as a table, filters above, the selected actions below.

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
        self.thumbnails = Thumbnails(desktop, self)
        self.model = ActionTable(self._palette, self.thumbnails.of, self)
        self.filters = LogFilters(self._palette)
        self._slice: Slice | None = None
        self._end, self._unseen = 0, 0
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self.refresh)
        self._build_table()
        self.detail = ActionDetail(self._palette)
        self.below = QPushButton()
        self.below.setToolTip("Show the last step, and follow what is done next.")
        self.empty = quiet(_EMPTY)
        self.empty.setMinimumHeight(_LEAST)
        self._lay_out()
        self._connect()
        self._tell_unseen()
        self.refresh()

    @property
    def selected(self) -> list[Action]:
        """The selected actions, in their order."""
        rows = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        return [self.model.action(row) for row in rows]

    def refresh(self) -> None:
        """Read the session as it is now."""
        session = self._desktop.session
        numbers = [action.number for action in self.selected]
        follow, before = self._at_end(), self.model.rowCount()
        self.model.update(session.actions, session.undone)
        self._filter()
        self._select(numbers)
        if follow:
            self.table.scrollToBottom()
        elif (came := self.model.rowCount() - before) > 0:
            self._unseen += came
            self._tell_unseen()

    def copy_code(self) -> None:
        """Put the code of the selected actions on the clipboard."""
        QGuiApplication.clipboard().setText("\n".join(action.code for action in self.selected if action.code))

    def copy_text(self) -> None:
        """Put the sentences of the selected actions on the clipboard."""
        undone = [action.number for action in self.selected if self.model.undone(action)]
        QGuiApplication.clipboard().setText(as_text(self.selected, undone))

    def jump(self) -> None:
        """Select the layer that shows the result of the selected action."""
        chosen = self.selected
        layer = self._layer_of(chosen[-1]) if chosen else None
        if layer is None:
            self._desktop.notifier.show_info("No layer shows the result of this step.")
        else:
            self._desktop.viewer.layers.selection.active = layer

    def export(self, path: Path) -> None:
        """Write the actions that are shown to `path`, beside the window."""
        shown, undone = self.model.shown, self._desktop.session.undone

        def tell(written: Path) -> None:
            self._desktop.notifier.show_info(f"Wrote {several(len(shown), 'action')} to {homely(written)}.")

        self._desktop.jobs.start(f"Writing {path.name}", lambda: export_log(path, shown, undone), tell)

    def _build_table(self) -> None:
        self.table = QTableView()
        self.table.setModel(self.model)
        self.table.setMinimumHeight(_LEAST)
        as_rows(self.table, "Action log", stretch=action_table.SENTENCE, widths=_WIDTHS)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.table.setItemDelegateForColumn(action_table.PICTURE, PictureDelegate(self.table))
        self.table.setItemDelegateForColumn(action_table.NUMBER, BarDelegate(self.table))
        take_lines(self.table)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        copy = QKeySequence(QKeySequence.StandardKey.Copy)
        for title, keys, run in (
            ("Jump to the layer", [QKeySequence("Return"), QKeySequence("Enter")], self.jump),
            ("Copy as text", [copy], self.copy_text),
            ("Copy as code", [], self.copy_code),
        ):
            action = QAction(title, self.table)
            action.setShortcuts(keys)
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(run)
            self.table.addAction(action)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GRID, GRID, GRID, GRID)
        layout.setSpacing(GRID)
        layout.addWidget(self.filters)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.below)
        layout.addWidget(self.empty, 1)
        layout.addWidget(self.detail)

    def _connect(self) -> None:
        viewer = self._desktop.viewer
        self.filters.changed.connect(self._filter)
        self.filters.export.connect(self._ask_where)
        self.table.selectionModel().selectionChanged.connect(self._select_other)
        self.table.doubleClicked.connect(self.jump)
        self.table.verticalScrollBar().rangeChanged.connect(self._keep_end)
        self.table.verticalScrollBar().valueChanged.connect(self._tell_unseen)
        self.below.clicked.connect(self.table.scrollToBottom)
        self.detail.jump.clicked.connect(self.jump)
        self.detail.copy.clicked.connect(self.copy_code)
        self.detail.copy_text.clicked.connect(self.copy_text)
        self.thumbnails.arrived.connect(self._show_picture)
        viewer.events.theme.connect(self._restyle)
        viewer.layers.selection.events.active.connect(self._filter)
        # The session speaks in whatever thread caused the change; a burst of changes is drawn once.
        self._recorded.connect(self._pause.start, Qt.ConnectionType.QueuedConnection)
        self.destroyed.connect(self._desktop.session.subscribe(lambda change: self._recorded.emit()))

    def _filter(self) -> None:
        numbers = [action.number for action in self.selected]
        needed = self._needed()
        only = needed if self.filters.this_layer else None
        self.model.filter(text=self.filters.text.text(), quiet=self.filters.quiet.isChecked(), only=only)
        self.model.highlight(frozenset() if self.filters.this_layer else needed)
        self._select(numbers)
        shown = self.model.rowCount()
        self.table.setVisible(shown > 0)
        self.empty.setVisible(shown == 0)
        self.empty.setText(self._why_empty())
        self.filters.count(shown, self.model.total)

    def _needed(self) -> frozenset[int]:
        """Numbers of the actions that the selected layer depends on."""
        active = self._desktop.viewer.layers.selection.active
        data = None if active is None else self._desktop.known_of(active)
        self._slice = None if data is None else self._desktop.session.explain(data)
        return frozenset() if self._slice is None else frozenset(a.number for a in self._slice.kept.actions)

    def _why_empty(self) -> str:
        if not self.model.total:
            return _EMPTY
        no_layer = self.filters.this_layer and self._desktop.viewer.layers.selection.active is None
        return _NO_LAYER if no_layer else _NONE_FITS

    def _select(self, numbers: Sequence[int]) -> None:
        """Select the actions of these numbers again, as far as they are shown."""
        rows = [row for row in map(self.model.row_of, numbers) if row >= 0]
        if len(rows) == len(self.selected):
            self._show_selected()
            return
        model = self.table.selectionModel()
        flags = model.SelectionFlag.Select | model.SelectionFlag.Rows
        for row in rows:
            model.select(self.model.index(row, 0), flags)

    def _select_other(self) -> None:
        self._show_selected()
        # Once the details took their room, which may be that of the selected row.
        QTimer.singleShot(0, self.table, lambda: self.table.scrollTo(self.table.currentIndex()))

    def _show_selected(self) -> None:
        actions = self.selected
        one = actions[0] if len(actions) == 1 else None
        self.detail.show_actions(actions, [self.model.undone(action) for action in actions], self._why(one))
        self.detail.show_picture(None if one is None else self.thumbnails.of(one))
        self.detail.show_way(bool(actions) and self._layer_of(actions[-1]) is not None)

    def _why(self, action: Action | None) -> str:
        """Why the selected layer depends on `action`; empty where it does not."""
        if action is None or self._slice is None or action.number > len(self._slice.readers):
            return ""
        kept = self._slice.readers[action.number - 1]
        return f"kept: {self._slice.reason(action)}" if kept else ""

    def _layer_of(self, action: Action) -> Layer | None:
        """The layer that shows what `action` made, or what was made of it on the same layer since."""
        session = self._desktop.session
        homes = (session.recorder.home_of(version) for version in action.writes or action.reads)
        shown = (self._desktop.layer_of(session.data(home.version)) for home in homes if home is not None)
        return next((layer for layer in shown if layer is not None), None)

    def _show_picture(self, version: int) -> None:
        writer = self._desktop.session.recorder.writers.get(version, 0)
        self.model.repaint_picture(writer)
        chosen = self.selected
        if len(chosen) == 1 and chosen[0].number == writer:
            self.detail.show_picture(self.thumbnails.of(chosen[0]))

    def _ask_where(self, suffix: str) -> None:
        named = ask_to_save(self, "Export the action log", f"action-log{suffix}", f"*{suffix}")
        if named:
            path = Path(named)
            self.export(path if path.suffix else path.with_suffix(suffix))

    def _keep_end(self, low: int, high: int) -> None:
        """Who sees the last action sees it still when the room for the list changes."""
        if self.table.verticalScrollBar().value() >= self._end:
            self.table.scrollToBottom()
        self._end = high

    def _tell_unseen(self) -> None:
        """Who looks at earlier steps is not taken away from them, and is told of new ones."""
        if self._at_end():
            self._unseen = 0
        self.below.setText(f"↓ {several(self._unseen, 'new step')} below")
        self.below.setVisible(self._unseen > 0)

    def _at_end(self) -> bool:
        bar = self.table.verticalScrollBar()
        return bar.value() >= bar.maximum()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button that has the focus."""
        if not press_focused(self, event):
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        """Room for a sentence and a dozen of them."""
        return QSize(GRID * 42, GRID * 50)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many columns as leave room for the sentence, and the code where the list keeps room."""
        super().resizeEvent(event)
        for column, room in _ROOM.items():
            self.table.setColumnHidden(column, self.width() < room)
        self.detail.spare(self.height() < _SHORT)

    def _restyle(self) -> None:
        self._palette = dress(self, self._desktop.viewer)
        self.model.restyle(self._palette)
        self.detail.restyle(self._palette)
        self.filters.restyle(self._palette)
