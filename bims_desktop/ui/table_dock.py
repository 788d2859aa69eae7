"""`TableDock`: measurements beside the image: sort them, see the object of a row, copy and save them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QHideEvent, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDockWidget,
    QHBoxLayout,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from bims_desktop.app.table_height import keep_height, kept_height
from bims_desktop.app.table_title import titles
from bims_desktop.errors import BimsError
from bims_desktop.files.csv_table import ENDING
from bims_desktop.ui.choices import Choice
from bims_desktop.ui.destination_form import folder_of, saved_in, suggested_table
from bims_desktop.ui.docks import add_dock
from bims_desktop.ui.file_dialog import ask_to_save
from bims_desktop.ui.icons import icon
from bims_desktop.ui.keys import press_focused
from bims_desktop.ui.notice import Notice
from bims_desktop.ui.object_mark import ObjectMark
from bims_desktop.ui.pane import quiet
from bims_desktop.ui.spot_link import SpotLink, image_of_points
from bims_desktop.ui.table_link import TableLink
from bims_desktop.ui.table_model import TableModel
from bims_desktop.ui.theme import GRID, assign, dress
from bims_desktop.ui.words import several

if TYPE_CHECKING:
    from bims_desktop.app.data import Data
    from bims_desktop.app.save import Report
    from bims_desktop.model.table import Table
    from bims_desktop.ui import Desktop

_EMPTY = """No table yet.

Label a mask, then run Measure objects from the Operations menu. Its table then stands here."""
_HIGH = GRID * 28


class TableDock(QWidget):
    """The tables of a session, one at a time.

    Parameters
    ----------
    desktop : Desktop
        The window.
    """

    _recorded = Signal()

    def __init__(self, desktop: Desktop) -> None:
        super().__init__()
        self._desktop = desktop
        self._link: TableLink | SpotLink | None = None
        self.model: TableModel | None = None
        self._data: Data | None = None
        self.dock: QDockWidget | None = None
        self.mark = ObjectMark(desktop)
        self.opened = kept_height(desktop.session.home.folder) or _HIGH
        self._build()
        self._lay_out()
        self._restyle()
        self._connect()
        self._refresh()

    @property
    def data(self) -> Data | None:
        """The table that is shown."""
        return self._data

    def show_table(self, table: Table | None = None) -> None:
        """Show `table`, or the last one."""
        tables = self._desktop.session.tables
        found = [place for place, data in enumerate(tables) if table is None or data.table is table]
        self._refresh()
        if found:
            self.chooser.setCurrentIndex(found[-1])

    def copy(self) -> None:
        """Put the whole table on the clipboard."""
        if self.model is not None:
            QGuiApplication.clipboard().setText(self.model.text())
            self.notice.say(f"Copied {several(self.model.count(), 'row')} with their headings.", "good")
            self._settle()

    def save(self, path: Path, then: Callable[[], None] = lambda: None) -> None:
        """Write the table and its record, beside the window; `then` is called where that ended well."""
        if (data := self._data) is None:
            return
        session = self._desktop.session

        def saved(report: Report) -> None:
            self._saved(report)
            then()

        self._desktop.jobs.start(f"Saving {path.name}", lambda: session.save_table(data, path), saved, self._failed)

    def ask_where(self, then: Callable[[], None] = lambda: None) -> None:
        """Ask for a file, and save there; `then` as in `save`."""
        if self._data is None:
            return
        self._forget()
        path = suggested_table(folder_of(self._desktop.session, self._data), self._data)
        chosen = ask_to_save(self, "Save table with provenance", path, "Table (*.csv)")
        if chosen:
            self.save(Path(chosen if chosen.lower().endswith(ENDING) else chosen + ENDING), then)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button that has the focus."""
        if not press_focused(self, event):
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        """A heading and half a dozen rows."""
        return QSize(GRID * 70, _HIGH)

    def hideEvent(self, event: QHideEvent) -> None:
        """Keep the height that the person gave it below the image."""
        super().hideEvent(event)
        dock, below = self.dock, Qt.DockWidgetArea.BottomDockWidgetArea
        if dock is None or dock.isFloating() or self._desktop.main_window.dockWidgetArea(dock) != below:
            return
        if dock.height() != self.opened:
            self.opened = dock.height()
            with suppress(OSError):  # the next session begins with another height, nothing else
                keep_height(self._desktop.session.home.folder, self.opened)

    def _build(self) -> None:
        self.chooser, self.hint, self.notice, self.empty = Choice(), quiet(""), Notice(), quiet(_EMPTY)
        self.chooser.setAccessibleName("Table")
        self.chooser.setToolTip("Which table is shown.")
        self.view = QTableView()
        self.view.setAccessibleName("Measurements")
        self.view.setShowGrid(False)
        self.view.setTabKeyNavigation(False)
        self.view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.view.verticalHeader().hide()
        self.view.verticalHeader().setDefaultSectionSize(5 * GRID // 2)
        self.view.setMinimumHeight(9 * GRID)
        self.view.horizontalHeader().setHighlightSections(False)
        self.view.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.copy_button, self.save_button = QPushButton("Copy table"), QPushButton("Save table…")
        self.copy_button.setToolTip("Copy all rows with their headings, to paste into a spreadsheet.")
        self.save_button.setToolTip("Save as CSV; the record of how it was made lies beside it.")

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.addWidget(self.chooser, 1)
        row.addWidget(self.copy_button)
        row.addWidget(self.save_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GRID, GRID // 2, GRID, GRID // 2)
        layout.setSpacing(GRID // 2)
        layout.addLayout(row)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.empty, 1)
        layout.addWidget(self.hint)
        layout.addWidget(self.notice)

    def _connect(self) -> None:
        self.chooser.currentIndexChanged.connect(self._show)
        self.copy_button.clicked.connect(self.copy)
        self.save_button.clicked.connect(lambda: self.ask_where())
        # A click on the row that is selected already leads back to it.
        self.view.clicked.connect(self._see)
        self.view.horizontalHeader().sectionClicked.connect(self._forget)
        self.notice.answer.clicked.connect(self._forget)
        self._desktop.viewer.events.theme.connect(self._restyle)
        # The session speaks in whatever thread caused the change; the signal carries it over to this one.
        self._recorded.connect(self._refresh, Qt.ConnectionType.QueuedConnection)
        self.destroyed.connect(self._desktop.session.subscribe(lambda change: self._recorded.emit()))

    def _refresh(self) -> None:
        told = list(titles(self._desktop.session).values())
        for place, title in enumerate(told[: self.chooser.count()]):
            self.chooser.setItemText(place, title)
        if more := told[self.chooser.count() :]:
            self.notice.clear()
            self.chooser.addItems(more)
            self.chooser.setCurrentIndex(self.chooser.count() - 1)
        if self._link is not None:
            self._link.refresh()
        self._settle()

    def _show(self, place: int) -> None:
        if self._link is not None:
            self._link.release()
        self._data = self._desktop.session.tables[place]
        assert self._data.table is not None
        self.notice.clear()
        old, self.model = self.model, TableModel(self._data.table, self)
        self.view.setModel(self.model)
        self.view.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.view.setSortingEnabled(True)
        self.view.resizeColumnsToContents()
        self._link = self._linked(self._data, self.model)
        self.view.selectionModel().selectionChanged.connect(self._see)
        if old is not None:
            old.deleteLater()
        self._settle()

    def _linked(self, data: Data, model: TableModel) -> TableLink | SpotLink:
        if (image := image_of_points(data)) is not None:
            return SpotLink(self._desktop, image, model, self.mark)
        link = TableLink(self._desktop, data, model, self.mark)
        link.picked.connect(self._pick)
        return link

    def _settle(self) -> None:
        shown = self.model is not None
        for widget in (self.view, self.hint, self.copy_button, self.save_button, self.chooser):
            widget.setVisible(shown)
        self.empty.setVisible(not shown)
        self.hint.setText(self._link.hint if self._link is not None else "")
        assign(self.hint, "unknown" if self._link is not None and self._link.outdated else "quiet")
        self.hint.setVisible(bool(self.hint.text()) and not self.notice.text)

    def _pick(self, row: int) -> None:
        assert self.model is not None
        selection = self.view.selectionModel()
        selection.blockSignals(True)
        self.view.selectRow(row)
        selection.blockSignals(False)
        self.view.viewport().update()
        self.view.scrollTo(self.model.index(row, 0))

    def _see(self) -> None:
        self._forget()
        rows = self.view.selectionModel().selectedRows()
        if self._link is None or self._link.layer is None or not rows:
            return
        if not self._link.show(rows[0].row()):
            self.notice.say(self._link.gone)
        self._settle()

    def _forget(self) -> None:
        """What was said of an earlier action is over."""
        self.notice.clear()
        self._settle()

    def _saved(self, report: Report) -> None:
        from bims_desktop.ui.proving import announce_proof

        self.notice.say(f"Saved {report.path.name} and its record {report.number} beside it.", "good")
        self._settle()
        saved_in(self._desktop.session, report.path.parent)
        self._desktop.consortium.expect(report)
        announce_proof(self._desktop, report)

    def _failed(self, error: BaseException) -> None:
        if not isinstance(error, BimsError):
            raise error
        self.notice.fail(error, "Close")
        self._settle()

    def _restyle(self) -> None:
        palette = dress(self, self._desktop.viewer)
        self.notice.follow(palette)
        self.copy_button.setIcon(icon("copy", palette.icon))
        self.save_button.setIcon(icon("export", palette.icon))


def open_tables(desktop: Desktop, table: Table | None = None) -> TableDock:
    """Show `table`, or the last one, in the dock, which is made when it is first needed."""
    widget = desktop.main_window.findChild(TableDock)
    if widget is None:
        widget = TableDock(desktop)
        _put_below(desktop, widget)
    widget.show_table(table)
    if widget.dock is not None:
        widget.dock.show()
        widget.dock.raise_()
    return widget


def _put_below(desktop: Desktop, widget: TableDock) -> None:
    """Under the image alone: the columns beside it keep their height, and the window its own."""
    main = desktop.main_window
    main.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.LeftDockWidgetArea)
    main.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea)
    widget.dock = add_dock(desktop.viewer, widget, "Measurements", "bottom")
    main.resizeDocks([widget.dock], [widget.opened], Qt.Orientation.Vertical)
