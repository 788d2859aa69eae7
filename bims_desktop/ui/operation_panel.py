"""`OperationPanel`: the one place where an operation is chosen, adjusted and run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from bims_desktop.errors import BimsError, Cancelled
from bims_desktop.model.table import Table
from bims_desktop.operations import registry
from bims_desktop.operations.spec import Operation
from bims_desktop.ui.job_bar import JobBar
from bims_desktop.ui.notice import Notice
from bims_desktop.ui.operation_chooser import OperationChooser, summary
from bims_desktop.ui.operation_form import OperationForm
from bims_desktop.ui.pane import quiet
from bims_desktop.ui.parameter_form import ParameterForm
from bims_desktop.ui.preview import Preview
from bims_desktop.ui.table_window import open_table_window
from bims_desktop.ui.theme import GRID, assign, dress
from bims_desktop.ui.words import several

if TYPE_CHECKING:
    from bims_desktop.ui import Desktop

_EMPTY = """Choose an operation above, or from the Operations menu.

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
        self._table: Table | None = None
        self._build()
        self._lay_out()
        self._connect()
        self._draw()
        self._settle()

    @property
    def operation(self) -> Operation | None:
        """What is chosen."""
        return None if self.form is None else self.form.operation

    @property
    def parameters(self) -> ParameterForm | None:
        """The form of its parameters."""
        return None if self.form is None else self.form.parameters

    def choose(self, operation_id: str) -> None:
        """Show the form of an operation, the active layer going in."""
        operation = registry.get(operation_id)
        self.chooser.show_operation(operation_id)
        self._summary.setText(summary(operation))
        self._summary.show()
        self.notice.clear()
        self._results.clear()
        self.form = OperationForm(self._desktop, operation, self._palette)
        self._area.setWidget(self.form)
        self.form.align()
        self.form.changed.connect(self._settle)
        self._follow_active()
        self._settle()

    def run(self) -> None:
        """Run what is chosen, beside the window; its results become layers."""
        if self.form is None or not self.run_button.isEnabled():
            return
        operation, values = self.form.operation, self.form.parameters.values()
        self.notice.clear()
        try:
            images = self.form.arguments.images()
        except BimsError as error:
            self.notice.fail(error)
            return

        def work() -> Any:
            return self._desktop.session.run(operation.id, **images, **values)

        self.job.follow(self._desktop.jobs.start(operation.title, work, self._done, self._failed))
        self._settle()

    def search(self) -> None:
        """Put the cursor into the search box."""
        self.chooser.search()

    def sizeHint(self) -> QSize:
        """As wide as the log, and as high."""
        return QSize(GRID * 42, GRID * 50)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter runs, Escape leaves the preview."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not self.chooser.hasFocus():
            self.run()
        elif event.key() == Qt.Key.Key_Escape and self.preview_box.isChecked():
            self.preview_box.setChecked(False)
        else:
            super().keyPressEvent(event)

    def _build(self) -> None:
        self.chooser, self._summary = OperationChooser(), quiet("")
        self._summary.hide()
        self._area = QScrollArea(widgetResizable=True)
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
        layout.addWidget(self.chooser)
        layout.addWidget(self._summary)
        layout.addWidget(self._area, 1)
        for widget in (self.preview, self.notice, self.job):
            layout.addWidget(widget)
        layout.addLayout(row)

    def _connect(self) -> None:
        viewer = self._desktop.viewer
        self.chooser.chosen.connect(self.choose)
        self.run_button.clicked.connect(self.run)
        self.preview_box.toggled.connect(self._settle)
        self.notice.answer.clicked.connect(self._show_table)
        viewer.events.theme.connect(self._restyle)
        viewer.dims.events.point.connect(self.preview.again)
        viewer.layers.selection.events.active.connect(self._follow_active)
        # The session speaks in whatever thread caused the change; the signal carries it over to this one.
        self._recorded.connect(self._refresh, Qt.ConnectionType.QueuedConnection)
        self.destroyed.connect(self._desktop.session.subscribe(lambda change: self._recorded.emit()))

    def _settle(self) -> None:
        """Enable what can be done now, and say why the rest cannot."""
        problem = self.form.problem() if self.form is not None else "Choose an operation first."
        if not self.job.busy:
            asked = self.preview_box.isChecked() and not problem and self.form is not None
            self.preview.ask(self.form.request() if asked and self.form is not None else None)
        problem = "It runs now." if self.job.busy else problem
        self.run_button.setEnabled(not problem)
        self.run_button.setToolTip(problem or "Run with these settings. Ctrl+Return")

    def _refresh(self) -> None:
        if self.form is not None:
            self.form.arguments.refresh()

    def _follow_active(self) -> None:
        """Take the layer that the person works on, but not our own result: run again means on the same input."""
        active = self._desktop.viewer.layers.selection.active
        if active is None or self.form is None or self.job.busy:
            return
        data = self._desktop.data_of(active)
        if data is not None and data.version not in self._results:
            self.form.arguments.prefer(data)

    def _done(self, result: Any) -> None:
        for part in result if isinstance(result, tuple) else (result,):
            if isinstance(part, Table):
                self._table = part
                self.notice.ask(f"Measured {several(part.rows, 'object')}.", "Show table", "good")
            else:
                self._results.add(part.version)
        self._settle_soon()

    def _failed(self, error: BaseException) -> None:
        if isinstance(error, Cancelled):
            self.notice.say("Cancelled; nothing was changed.")
        elif isinstance(error, BimsError):
            self.notice.fail(error)
        else:
            self.notice.say(f"Something unexpected stopped it. {type(error).__name__}: {error}", "bad")
        self._settle_soon()

    def _settle_soon(self) -> None:
        """Once the job is over, which it is not while it delivers its result."""
        QTimer.singleShot(0, self._settle)

    def _show_table(self) -> None:
        if self._table is not None:
            open_table_window(self._desktop, self._table, self.notice.text.rstrip("."))

    def _restyle(self) -> None:
        self._palette = dress(self, self._desktop.viewer)
        self._draw()
        if self.form is not None:
            self.form.parameters.restyle(self._palette)

    def _draw(self) -> None:
        self.notice.follow(self._palette)
        self.chooser.restyle(self._palette)
