"""`OperationPanel`: the one place where an operation is chosen, adjusted and run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QShortcut
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from bims_desktop.app.data import Data
from bims_desktop.errors import BimsError, Cancelled
from bims_desktop.model.image import Kind
from bims_desktop.model.table import Table
from bims_desktop.operations import registry
from bims_desktop.operations.spec import Operation
from bims_desktop.ui.job_bar import JobBar
from bims_desktop.ui.keys import press_focused
from bims_desktop.ui.layers import recordable
from bims_desktop.ui.notice import Notice
from bims_desktop.ui.operation_chooser import OperationChooser
from bims_desktop.ui.operation_form import OperationForm
from bims_desktop.ui.operation_head import OperationHead
from bims_desktop.ui.outcome import measured, stopped
from bims_desktop.ui.pane import quiet
from bims_desktop.ui.parameter_form import ParameterForm
from bims_desktop.ui.preview import Preview
from bims_desktop.ui.series import Series
from bims_desktop.ui.table_dock import open_tables
from bims_desktop.ui.theme import GRID, assign, dress

if TYPE_CHECKING:
    from bims_desktop.ui import Desktop

_EMPTY = """Choose an operation above (Ctrl+Shift+F), from the Operations menu or in the command palette (Ctrl+Shift+P).

Its settings then stand here; the result becomes a new layer."""


class OperationPanel(QWidget):
    """Choose (search, menu, palette), adjust with a preview, run; the panel keeps its place.

    Parameters
    ----------
    desktop : Desktop
        The window; the session runs what is chosen, in one of its jobs.
    """

    _recorded = Signal()

    def __init__(self, desktop: Desktop) -> None:
        super().__init__()
        self._desktop = desktop
        self._palette = dress(self, desktop.viewer)
        self.form: OperationForm | None = None
        self._results: set[int] = set()
        self._tables: list[Table] = []
        self._measured: dict[str, Data] = {}
        self._problem = ""
        self._last: tuple[str, Mapping[str, Any]] | None = None
        self._before: tuple[str, Mapping[str, Any]] | None = None
        self._build()
        self._lay_out()
        self._connect()
        self._draw()
        self._settle()

    @property
    def chooser(self) -> OperationChooser:
        """Where operations are searched."""
        return self.head.chooser

    @property
    def operation(self) -> Operation | None:
        """What is chosen."""
        return None if self.form is None else self.form.operation

    @property
    def parameters(self) -> ParameterForm | None:
        """The form of its parameters."""
        return None if self.form is None else self.form.parameters

    def choose(self, operation_id: str) -> None:
        """Show the form of an operation, the active layer going in; one that stands there keeps its settings."""
        operation = registry.get(operation_id)
        self.head.show_operation(operation)
        self.notice.clear()
        self._results.clear()
        if self.form is None or self.form.operation is not operation:
            self._show_form(operation)
        self._follow()
        self._settle()

    def run(self) -> None:
        """Run what is chosen, beside the window, once a layer; its results become layers."""
        if self.form is None or not self.run_button.isEnabled():
            return
        operation, values = self.form.operation, self.form.parameters.values()
        self.notice.clear()
        try:
            batches = self.form.arguments.batches()
        except BimsError as error:
            self.notice.fail(error)
            return
        self.leave_preview()
        self._before, self._last = self._last, (operation.id, values)
        self.head.ran(operation.id)
        self._start(operation, [self._part(operation, images, values) for images in batches])

    def repeat(self) -> None:
        """Run the last operation again, with the same settings, on the layer that is selected now."""
        if self._last is None:
            self.notice.say("No operation was run yet. Choose one above.")
            return
        if self.job.busy:
            return
        self.chooser.restore()
        id, values = self._last
        if self.form is None or self.form.operation.id != id:
            self.choose(id)
        if self.form is None:
            return
        self.form.parameters.set_values(values)
        self._results.clear()
        self._follow()
        if problem := self.form.problem():
            self.notice.say(problem, "bad")
        self.run()

    def leave_preview(self) -> None:
        """Take the preview away: what is seen then is what is there."""
        self.preview_box.setChecked(False)

    def search(self) -> None:
        """Put the cursor into the search box."""
        self.chooser.search()

    def sizeHint(self) -> QSize:
        """As wide as the log, and as high."""
        return QSize(GRID * 42, GRID * 50)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button that has the focus, or runs; Escape leaves the preview."""
        if press_focused(self, event):
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not self.chooser.hasFocus():
            self.run()
        elif event.key() == Qt.Key.Key_Escape and self.preview_box.isChecked():
            self.leave_preview()
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """A preview that cannot be switched off must not stay."""
        self.leave_preview()
        super().hideEvent(event)

    def _build(self) -> None:
        self.head = OperationHead(self._desktop.session.home.folder, self._palette, self._selected_kind)
        self._area = QScrollArea(widgetResizable=True)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidget(quiet(_EMPTY))
        self.preview, self.notice, self.job = Preview(self._desktop), Notice(), JobBar()
        self.preview_box, self.run_button = QCheckBox("preview"), QPushButton("Run")
        self.preview_box.setToolTip("Show what it would give on the plane that is shown; nothing is recorded. Esc")
        assign(self.run_button, "primary")

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.addWidget(self.preview_box)
        row.addStretch(1)
        row.addWidget(self.run_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GRID, GRID, GRID, GRID)
        layout.setSpacing(GRID)
        layout.addWidget(self.head)
        layout.addWidget(self._area, 1)
        for widget in (self.preview, self.notice, self.job):
            layout.addWidget(widget)
        layout.addLayout(row)

    def _connect(self) -> None:
        viewer = self._desktop.viewer
        self.head.chosen.connect(self._pick)
        self.head.failed.connect(self.notice.say)
        self.chooser.searched.connect(self._settle)
        self.run_button.clicked.connect(self.run)
        self.preview_box.toggled.connect(self._settle)
        self.notice.answer.clicked.connect(self._show_tables)
        viewer.events.theme.connect(self._restyle)
        self._connect_view()
        viewer.layers.selection.events.active.connect(self._follow_active)
        viewer.layers.selection.events.changed.connect(self._follow_selection)
        # The session speaks in whatever thread caused the change; the signal carries it over to this one.
        self._recorded.connect(self._refresh, Qt.ConnectionType.QueuedConnection)
        self.destroyed.connect(self._desktop.session.subscribe(lambda change: self._recorded.emit()))

    def _connect_view(self) -> None:
        viewer = self._desktop.viewer
        for event in (viewer.dims.events.point, viewer.dims.events.ndisplay, viewer.dims.events.order):
            event.connect(self._look_again)
        viewer.scene.camera.events.center.connect(self._pan)
        leave = QShortcut(Qt.Key.Key_Escape, self._desktop.main_window, enabled=False)
        leave.activated.connect(self.leave_preview)
        # At other times the key is napari's own.
        self.preview_box.toggled.connect(leave.setEnabled)

    def _pick(self, operation_id: str) -> None:
        """Show the form of what was searched, and go on in it; not before the Enter that chose has passed."""
        self.choose(operation_id)
        QTimer.singleShot(0, self, self._enter)

    def _enter(self) -> None:
        if self.form is not None and self.chooser.hasFocus():
            fields = self.form.stops()
            (fields[0] if fields else self.run_button).setFocus(Qt.FocusReason.TabFocusReason)

    def _show_form(self, operation: Operation) -> None:
        self.form = OperationForm(self._desktop, operation, self._palette, self.head.preferences.physical)
        self._area.setWidget(self.form)
        self.form.align()
        self._string()
        self.form.changed.connect(self._settle)
        self.form.arguments.changed.connect(self._mind_news)
        self.form.parameters.measured.connect(self.head.measure)

    def _string(self) -> None:
        """Let Tab go through the form, which is younger than what stands below it."""
        if self.form is not None:
            stops = [self.head.star, self.head.help.more, *self.form.stops(), self.preview_box, self.run_button]
            for one, next_ in pairwise(stops):
                QWidget.setTabOrder(one, next_)

    def _part(self, operation: Operation, images: Mapping[str, Data], values: Mapping[str, Any]) -> Callable[[], Any]:
        return partial(self._desktop.session.run, operation.id, **images, **values)

    def _start(self, operation: Operation, parts: list[Callable[[], Any]]) -> None:
        series = Series(operation.title, parts, self._desktop.jobs)
        series.late.connect(self._came_late)
        self.job.follow(series)
        self._desktop.jobs.follow(series, self._done, partial(self._failed, series))
        self._settle()

    def _settle(self) -> None:
        """Enable what can be done now, and say why the rest cannot."""
        problem = self.form.problem() if self.form is not None else "Choose an operation first."
        if problem and not self._problem:
            QTimer.singleShot(0, self, self._show_reason)  # once it takes its room
        self._problem = problem
        if not self.job.busy:
            asked = self.preview_box.isChecked() and not problem and self.form is not None
            self.preview.ask(*self.form.glimpsed() if asked and self.form is not None else (None, None))
        if self.form is not None and self.chooser.searching:  # what runs is always what the box above names
            problem = f"Choose an operation first; Esc goes back to {self.form.operation.title}."
        self.preview_box.setEnabled(self.form is not None)
        problem = "It runs now." if self.job.busy else problem
        self.run_button.setEnabled(not problem)
        self.run_button.setToolTip(problem or "Run with these settings. Ctrl+Return")

    def _show_reason(self) -> None:
        """Bring into view why these settings cannot run; what the last run gave is no longer the news."""
        if self.form is not None and (reason := self.form.parameters.reason()) is not None:
            self.notice.clear()
            self._area.ensureWidgetVisible(reason, 0, GRID)

    def _mind_news(self) -> None:
        """What was measured in other images than those that are chosen now is no longer the news."""
        if self._tables and self.form is not None and self.form.arguments.known() != self._measured:
            self._tables = []
            self.notice.clear()

    def _refresh(self) -> None:
        if self.form is not None:
            self.form.arguments.refresh()

    def _pan(self) -> None:
        self.preview.again()

    def _look_again(self) -> None:
        self.preview.again()
        if self.form is not None:
            self.form.look_again()

    def _follow_active(self) -> None:
        if not self.job.busy:
            self._take_active()

    def _follow_selection(self) -> None:
        if self.form is not None and not self.job.busy:
            self.form.arguments.follow_selection()

    def _selected_kind(self) -> Kind | None:
        active = self._desktop.viewer.layers.selection.active
        data = None if active is None else self._desktop.known_of(active)
        return None if data is None or data.table is not None else data.image.kind

    def _follow(self) -> None:
        """Take what is selected, even while something runs: what arrives meanwhile is not followed."""
        if self.form is not None:
            self.form.arguments.follow_selection()
            self._take_active()

    def _take_active(self) -> None:
        """Take the layer that the person works on, but no result as it appears: run again means on the same input."""
        active = self._desktop.viewer.layers.selection.active
        if active is None or self.form is None:
            return
        if self._desktop.arriving(active):
            self.form.arguments.prefer(active)
            self._desktop.then(self._follow_active)
            return
        data = self._desktop.data_of(active)
        if data is None and recordable(active):  # it is about to be bound
            return
        if data is None or data.version not in self._results or not self._desktop.showing:
            self.form.arguments.prefer(active)

    def _done(self, results: list[Any]) -> None:
        parts = [part for result in results for part in (result if isinstance(result, tuple) else (result,))]
        self._tables = [part for part in parts if isinstance(part, Table)]
        self._results.update(part.version for part in parts if not isinstance(part, Table))
        if self._tables and self.form is not None:
            self._measured = self.form.arguments.known()
            self.notice.ask(measured(self._tables), "Show table" if len(self._tables) == 1 else "Show tables", "good")
        self._settle_soon()

    def _failed(self, series: Series, error: BaseException) -> None:
        done = list(series.done)
        self._done(done)
        if isinstance(error, Cancelled) and not done:
            # Nobody wants again what was just refused.
            self._last = self._before
        said, state = stopped(error, len(done), series.count)
        self.notice.say(said, state)

    def _came_late(self) -> None:
        self.notice.say("It was through before it could be stopped. Its result stays; Undo takes it back.")

    def _settle_soon(self) -> None:
        """Once the job is over, which it is not while it delivers its result."""
        QTimer.singleShot(0, self, self._settle)

    def _show_tables(self) -> None:
        for table in self._tables:
            open_tables(self._desktop, table)

    def _restyle(self) -> None:
        self._palette = dress(self, self._desktop.viewer)
        self._draw()
        if self.form is not None:
            self.form.restyle(self._palette)

    def _draw(self) -> None:
        self.notice.follow(self._palette)
        self.head.restyle(self._palette)
