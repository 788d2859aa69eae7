"""`AcquisitionDock`: how the raw images behind the selected layer were taken, and what nobody said yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QDockWidget, QTabWidget, QVBoxLayout, QWidget

from bims_desktop.app.acquisition import Description, Entry, Source, describe_source, fill_in_all, sources_of
from bims_desktop.errors import BimsError
from bims_desktop.ui.acquisition import words
from bims_desktop.ui.acquisition.detail import EntryDetail
from bims_desktop.ui.acquisition.head import AcquisitionHead
from bims_desktop.ui.acquisition.raw_table import RawTable
from bims_desktop.ui.acquisition.tree import EntryTree
from bims_desktop.ui.docks import add_dock
from bims_desktop.ui.keys import press_focused
from bims_desktop.ui.notice import Notice
from bims_desktop.ui.pane import quiet
from bims_desktop.ui.theme import GRID, dress
from bims_desktop.ui.words import short

if TYPE_CHECKING:
    from bims_desktop.ui import Desktop

_PAUSE_MS = 40
_DESCRIPTION, _RAW = range(2)
_TITLES = ("Description", "Microscope's text")


class AcquisitionDock(QWidget):
    """The description, filled in where it stands, and the microscope's own text; a search goes through both.

    Parameters
    ----------
    desktop : Desktop
        The window.
    """

    _recorded = Signal()

    def __init__(self, desktop: Desktop) -> None:
        super().__init__()
        self._desktop = desktop
        self._sources: tuple[Source, ...] = ()
        self._layer = ""
        self.found: Description | None = None
        palette = dress(self, desktop.viewer)
        self.head, self.tree, self.detail = AcquisitionHead(palette), EntryTree(palette), EntryDetail(palette)
        self.raw, self.no_text, self.none_fits = RawTable(), quiet(words.NO_TEXT), quiet(words.NONE_FITS)
        self.line = quiet("")
        self.line.setTextFormat(Qt.TextFormat.PlainText)
        self.line.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.notice, self.empty = Notice(), quiet(words.NO_LAYER)
        self.notice.follow(palette)
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._lay_out()
        self._connect()
        self.refresh()

    def refresh(self) -> None:
        """Show what the selected layer comes from."""
        layer = self._desktop.viewer.layers.selection.active
        data = None if layer is None else self._desktop.known_of(layer)
        self._layer = "" if layer is None else str(layer.name)
        sources = () if data is None else sources_of(self._desktop.session, data)
        if [each.raw.digest for each in sources] != [each.raw.digest for each in self._sources]:
            self._sources = sources
            self.head.show_sources(sources)
            self.notice.clear()
        self.empty.setText(self._why_empty())
        for widget in (self.head, self.tabs):
            widget.setVisible(bool(sources))
        self.empty.setVisible(not sources)
        self._describe()

    def fill_in(self, item: str, text: str) -> None:
        """Keep what a person says of an item, of all raw images if that is ticked; an empty text takes it back."""
        if self.found is None:
            return
        several = self.head.for_all.isChecked()
        raws = [source.raw for source in self._sources] if several else [self.found.source]
        try:
            replaced = fill_in_all(self._desktop.session, raws, item, text)
            self.notice.clear()
            if several:
                self.notice.say(words.told_for_all(len(raws), replaced, bool(text.strip())), "good")
        except BimsError as error:
            self.tree.rejected[item] = text
            self.notice.fail(error)
        self._describe()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button that has the focus."""
        if not press_focused(self, event):
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        """Room for a value beside its title, and a dozen of them."""
        return QSize(GRID * 44, GRID * 50)

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened while it was hidden."""
        super().showEvent(event)
        self.refresh()

    def _lay_out(self) -> None:
        self.tabs = QTabWidget()
        pages = ((self.tree, self.none_fits, self.detail), (self.raw, self.no_text, self.line))
        for title, parts in zip(_TITLES, pages, strict=True):
            page = QWidget()
            column = QVBoxLayout(page)
            column.setContentsMargins(0, GRID, 0, 0)
            column.setSpacing(GRID)
            parts[1].setContentsMargins(GRID, 0, GRID, 0)
            for part in parts:
                column.addWidget(part, 0 if part in (self.detail, self.line) else 1)
            self.tabs.addTab(page, title)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GRID, GRID, GRID, GRID)
        layout.setSpacing(GRID)
        layout.addWidget(self.head)
        layout.addWidget(self.notice)
        layout.addWidget(self.tabs, 1)
        layout.addWidget(self.empty, 1)

    def _connect(self) -> None:
        viewer = self._desktop.viewer
        self.head.picked.connect(self.notice.clear)
        self.head.picked.connect(self._describe)
        self.head.changed.connect(self._filter)
        self.tree.filled.connect(self.fill_in)
        self.tree.currentItemChanged.connect(self._move_on)
        self.raw.selectionModel().currentChanged.connect(self._show_line)
        self.detail.fill.clicked.connect(self.tree.edit_current)
        self.detail.remove.clicked.connect(self.tree.remove_current)
        self._pause.timeout.connect(self._catch_up)
        viewer.events.theme.connect(self._restyle)
        viewer.layers.selection.events.active.connect(self._wait)
        viewer.layers.selection.events.changed.connect(self._wait)
        # The session speaks in whatever thread caused the change; a burst of changes is drawn once.
        self._recorded.connect(self._wait, Qt.ConnectionType.QueuedConnection)
        self.destroyed.connect(self._desktop.session.subscribe(lambda change: self._recorded.emit()))

    def _wait(self) -> None:
        self._pause.start()

    def _catch_up(self) -> None:
        if self.isVisible():
            self.refresh()

    def _describe(self) -> None:
        place = self.head.files.currentIndex()
        if not 0 <= place < len(self._sources):
            self.found = None
            return
        try:
            self.found = describe_source(self._desktop.session, self._sources[place])
        except BimsError as error:
            self.notice.fail(error)
            return
        self.head.show_description(self.found, self._layer)
        self.tree.show_entries(self.found.entries)
        self._filter()

    def _filter(self) -> None:
        if self.found is None:
            return
        text, scope = self.head.text.text().strip(), self.head.scope.currentData()
        shown = self.tree.filter(lambda entry: _fits(entry, text.casefold(), scope))
        lines = self.found.search(text) if text else self.found.lines
        self.raw.show_lines(lines, text)
        self.raw.setVisible(bool(lines))
        self._show_line()
        self.no_text.setVisible(not lines)
        self.no_text.setText(self._why_no_text())
        self.tree.setVisible(shown > 0)
        self.none_fits.setVisible(shown == 0)
        self._show_current()
        for tab, count in ((_DESCRIPTION, shown), (_RAW, len(lines))):
            self.tabs.setTabText(tab, f"{_TITLES[tab]} ({count:,})" if text else _TITLES[tab])

    def _why_empty(self) -> str:
        selection = self._desktop.viewer.layers.selection
        if selection.active is not None:
            return words.NO_FILE
        return words.SEVERAL_LAYERS if len(selection) > 1 else words.NO_LAYER

    def _why_no_text(self) -> str:
        assert self.found is not None
        if self.found.raw:
            return words.NONE_FITS
        if self.found.source.left_out:
            return words.LEFT_OUT.format(digest=short(self.found.source.left_out))
        return words.NO_TEXT_HERE if self.found.source.via else words.NO_TEXT

    def _move_on(self) -> None:
        """Show another item; what was said of the one before is over."""
        self.notice.clear()
        self._show_current()

    def _show_current(self) -> None:
        self.detail.show_entry(None if self.tree.isHidden() else self.tree.entry)
        # Once the card took its room, which may be that of the current row.
        QTimer.singleShot(0, self.tree, lambda: self.tree.scrollTo(self.tree.currentIndex()))

    def _show_line(self) -> None:
        self.line.setText(self.raw.line())
        self.line.setVisible(bool(self.line.text()))

    def _restyle(self) -> None:
        palette = dress(self, self._desktop.viewer)
        self.notice.follow(palette)
        self.head.restyle(palette)
        self.tree.restyle(palette)
        self.detail.restyle(palette)


def _fits(entry: Entry, text: str, scope: str) -> bool:
    return words.SCOPES[scope](entry) and text in words.searched(entry)


def open_acquisition(desktop: Desktop) -> AcquisitionDock:
    """Show the dock, which is made when it is first needed; it shares the place of the action log."""
    widget = desktop.main_window.findChild(AcquisitionDock)
    if widget is None:
        widget = AcquisitionDock(desktop)
        _put_behind_log(desktop, widget)
    dock = _dock_of(desktop, widget)
    dock.show()
    dock.raise_()
    return widget


def _put_behind_log(desktop: Desktop, widget: AcquisitionDock) -> None:
    """In the place of the action log, which tabs then share; a list needs more of the height than a form."""
    main, docks = desktop.main_window, [_dock_of(desktop, desktop.panel), _dock_of(desktop, desktop.log)]
    height = sum(dock.height() for dock in docks)
    heights = [round(height * 0.4), round(height * 0.6)]
    dock = add_dock(desktop.viewer, widget, "Acquisition", "right")
    main.tabifyDockWidget(docks[1], dock)
    # Once the new dock is laid out; before, it would not hold.
    QTimer.singleShot(0, widget, lambda: main.resizeDocks([docks[0], dock], heights, Qt.Orientation.Vertical))


def _dock_of(desktop: Desktop, widget: QWidget) -> QDockWidget:
    return next(dock for dock in desktop.main_window.findChildren(QDockWidget) if dock.isAncestorOf(widget))
