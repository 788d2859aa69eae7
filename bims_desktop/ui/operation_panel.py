"""`OperationPanel`: the one place where an operation is chosen, adjusted and run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from bims_desktop.errors import BimsError, Cancelled
from bims_desktop.operations import registry
from bims_desktop.operations.spec import Operation
from bims_desktop.ui.argument_form import ArgumentForm
from bims_desktop.ui.job_bar import JobBar
from bims_desktop.ui.notice import Notice
from bims_desktop.ui.operation_chooser import OperationChooser, summary
from bims_desktop.ui.parameter_form import ParameterForm
from bims_desktop.ui.theme import GRID, Palette, assign, dress

if TYPE_CHECKING:
    from bims_desktop.ui import Desktop

_EMPTY = """Choose an operation above, or from the Operations menu.

Its settings then stand here; the result becomes a new layer."""


class OperationPanel(QWidget):
    """Choose (search, menu, palette), adjust, run; the panel keeps its place.

    Parameters
    ----------
    desktop : Desktop
        The window; the session runs what is chosen, in one of its jobs.
    """

    _recorded = Signal()

    def __init__(self, desktop: Desktop) -> None:
        super().__init__()
        self._desktop = desktop
        self._palette: Palette = dress(self, desktop.viewer)
        self.operation: Operation | None = None
        self.arguments: ArgumentForm | None = None
        self.parameters: ParameterForm | None = None
        self._results: set[int] = set()
        self.chooser = OperationChooser()
        self.chooser.chosen.connect(self.choose)
        self._build()
        self._connect()
        self._show_empty()

    def choose(self, operation_id: str) -> None:
        """Show the form of an operation, the active layer going in."""
        self.operation = registry.get(operation_id)
        self.chooser.show_operation(operation_id)
        self._summary.setText(summary(self.operation))
        self.notice.clear()
        self._results.clear()
        self._show_form(self.operation)
        self._follow_active()
        self._settle()

    def run(self) -> None:
        """Run what is chosen, beside the window; its results become layers."""
        if self.operation is None or self.arguments is None or self.parameters is None:
            return
        if not self.run_button.isEnabled():
            return
        operation, values = self.operation, self.parameters.values()
        self.notice.clear()
        try:
            images = self.arguments.images()
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
        """Enter runs."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not self.chooser.hasFocus():
            self.run()
        else:
            super().keyPressEvent(event)

    def _build(self) -> None:
        self._summary = QLabel(wordWrap=True)
        assign(self._summary, "quiet")
        self._area = QScrollArea(widgetResizable=True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.notice, self.job = Notice(), JobBar()
        self._draw()
        self.run_button = QPushButton("Run")
        assign(self.run_button, "primary")
        self.run_button.clicked.connect(self.run)
        self.job.cancel.clicked.connect(self._settle)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.run_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GRID, GRID, GRID, GRID)
        layout.setSpacing(GRID)
        for widget in (self.chooser, self._summary):
            layout.addWidget(widget)
        layout.addWidget(self._area, 1)
        layout.addWidget(self.notice)
        layout.addWidget(self.job)
        layout.addLayout(row)

    def _connect(self) -> None:
        viewer = self._desktop.viewer
        viewer.events.theme.connect(self._restyle)
        viewer.layers.selection.events.active.connect(self._follow_active)
        # The session speaks in whatever thread caused the change; the signal carries it over to this one.
        self._recorded.connect(self._refresh, Qt.ConnectionType.QueuedConnection)
        self.destroyed.connect(self._desktop.session.subscribe(lambda change: self._recorded.emit()))

    def _show_empty(self) -> None:
        self._summary.hide()
        empty = QLabel(_EMPTY, wordWrap=True)
        empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        assign(empty, "quiet")
        self._area.setWidget(empty)
        self._settle()

    def _show_form(self, operation: Operation) -> None:
        self._summary.show()
        self.arguments = ArgumentForm(self._desktop, operation.arguments)
        self.parameters = ParameterForm(operation.parameters, palette=self._palette)
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, GRID, GRID, 0)
        layout.setSpacing(GRID)
        layout.addWidget(self.arguments)
        layout.addWidget(self.parameters)
        layout.addStretch(1)
        self._area.setWidget(page)
        _align(self.arguments.labels + self.parameters.labels)
        self.arguments.changed.connect(self._calibrate)
        self.parameters.changed.connect(self._settle)

    def _calibrate(self) -> None:
        if self.arguments is not None and self.parameters is not None:
            first = self.arguments.first()
            self.parameters.calibrate(first.image if first is not None else None)

    def _settle(self) -> None:
        """Enable what can be done now, and say why the rest cannot."""
        problem = "Choose an operation first."
        if self.arguments is not None and self.parameters is not None:
            problem = self.arguments.problem() or self.parameters.problem()
        if self.job.busy:
            problem = "It runs now."
        self.run_button.setEnabled(not problem)
        self.run_button.setToolTip(problem or "Run with these settings. Ctrl+Return")

    def _refresh(self) -> None:
        if self.arguments is not None:
            self.arguments.refresh()

    def _follow_active(self) -> None:
        """Take the layer that the person works on, but not our own result: run again means on the same input."""
        active = self._desktop.viewer.layers.selection.active
        if active is None or self.arguments is None:
            return
        data = self._desktop.data_of(active)
        if data is not None and data.version not in self._results:
            self.arguments.prefer(data)
            self._calibrate()

    def _done(self, result: Any) -> None:
        results = result if isinstance(result, tuple) else (result,)
        self._results.update(data.version for data in results)
        QTimer.singleShot(0, self._settle)

    def _failed(self, error: BaseException) -> None:
        if isinstance(error, Cancelled):
            self.notice.say("Cancelled; nothing was changed.")
        elif isinstance(error, BimsError):
            self.notice.fail(error)
        else:
            self.notice.say(f"{type(error).__name__}: {error}", "bad")
        QTimer.singleShot(0, self._settle)

    def _restyle(self) -> None:
        self._palette = dress(self, self._desktop.viewer)
        self._draw()
        if self.parameters is not None:
            self.parameters.restyle(self._palette)

    def _draw(self) -> None:
        self.notice.follow(self._palette)
        self.chooser.restyle(self._palette)


def _align(labels: list[QLabel]) -> None:
    """Give all labels the width of the widest, measured in the style that they are drawn in."""
    for label in labels:
        label.ensurePolished()
    width = max((label.sizeHint().width() for label in labels), default=0)
    for label in labels:
        label.setMinimumWidth(width)
