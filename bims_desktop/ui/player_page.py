"""`PlayerPage`: the three panes of the MacroPlayer: steps, parameters, inputs and result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QLabel, QScrollArea, QSplitter, QTableView, QVBoxLayout, QWidget

from bims_desktop.macro.plan import Step
from bims_desktop.operations import registry
from bims_desktop.provenance.symbols import DATA_VERBS
from bims_desktop.ui.comparison import Comparison, Pictures
from bims_desktop.ui.facts import Facts
from bims_desktop.ui.focus_order import lead_through
from bims_desktop.ui.input_binder import InputBinder
from bims_desktop.ui.pane import pane, quiet, scrolled
from bims_desktop.ui.parameter_form import ParameterForm
from bims_desktop.ui.rows import as_rows, take_lines
from bims_desktop.ui.step_table import StepTable
from bims_desktop.ui.theme import GRID, Palette, assign
from bims_desktop.ui.words import breakable, shortened, tip

if TYPE_CHECKING:
    from bims_desktop.ui import Desktop
    from bims_desktop.ui.rehearsal import Rehearsal

_RIGHT = GRID * 42
"""The width of the right pane, also at least: of its buttons, and of the headings of three pictures."""
_EMPTY = """Open a saved image, or a macro as text, or drop it here.

Its steps stand here; run them all, or one by one."""
_NO_STEP = "Select a step to see its parameters."
_NO_INPUTS = "The files that the macro begins with stand here: the recorded ones, or others in their place."


class PlayerPage(QSplitter):
    """What the player shows; it changes the rehearsal and says so, and runs nothing.

    Signals
    -------
    changed : no value
        Steps, parameters or permissions are others now.
    selected : no value
        Another step is selected.
    """

    changed = Signal()
    selected = Signal()

    def __init__(self, desktop: Desktop, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._palette = palette
        self._rehearsal: Rehearsal | None = None
        self._form: ParameterForm | None = None
        self.steps = StepTable(palette, self)
        self.inputs = InputBinder(desktop)
        self.verdict, self.comparison = QLabel(wordWrap=True, indent=0), Comparison()
        self.verdict.setTextFormat(Qt.TextFormat.PlainText)
        self.allow_edits = QCheckBox("Put manual edits on other data too")
        self.allow_edits.setToolTip("Brush strokes belong to the image that they were painted on.")
        self.allow_edits.toggled.connect(self._allow)
        self.steps.ticked.connect(self._tick)
        self._build()

    @property
    def row(self) -> int:
        """The selected step's row; -1 where none is."""
        index = self.table.currentIndex()
        return index.row() if index.isValid() else -1

    @property
    def form(self) -> ParameterForm | None:
        """The form of the selected step, where it has parameters that can be set."""
        return self._form

    def show_macro(self, rehearsal: Rehearsal) -> None:
        """Show the steps and inputs of another macro."""
        self._rehearsal = rehearsal
        self.steps.show_steps(rehearsal.plan.steps)
        self.inputs.show_inputs(list(rehearsal.plan.inputs.values()), rehearsal.source.absolute().parent, self._palette)
        self.allow_edits.setVisible(rehearsal.manual)
        self.allow_edits.setChecked(False)
        self.empty.hide()
        self.no_inputs.hide()
        self.table.show()
        self.table.selectRow(next((row for row, step in enumerate(rehearsal.plan) if _settable(step)), 0))

    def restart(self) -> None:
        """All steps wait again; an earlier result is gone."""
        self.steps.restart(self._rehearsal.skips() if self._rehearsal else {})
        self.result.hide()
        self.comparison.hide()

    def fail_running(self) -> None:
        """The step that ran could not."""
        for step in self.steps.steps:
            if self.steps.state(step.name) == "running":
                self.steps.mark(step.name, "failed")

    def show_verdict(self, text: str, role: str, drawn: Pictures | None) -> None:
        """Say, large, what came of it."""
        self.verdict.setText(breakable(shortened(text)))
        self.verdict.setToolTip(tip(text))
        assign(self.verdict, f"verdict-{role}")
        self.result.show()
        if drawn is not None:
            self.comparison.show_pictures(drawn)

    def calibrate(self) -> None:
        """Show lengths in the units of the inputs."""
        if self._form is not None and self._rehearsal is not None:
            first = next(iter(self._rehearsal.bound.values()), None)
            self._form.calibrate(first.image if first else None)

    def problem(self) -> str:
        """Why the selected step's parameters cannot be used; empty where they can."""
        return self._form.problem() if self._form is not None else ""

    def set_busy(self, busy: bool) -> None:
        """Nothing can be changed while it runs."""
        self.parameters.setEnabled(not busy)
        self.inputs.setEnabled(not busy)
        self.allow_edits.setEnabled(not busy)
        self.steps.locked = busy

    def restyle(self, palette: Palette) -> None:
        """Take the colours of another theme."""
        self._palette = palette
        self.steps.restyle(palette)
        self.inputs.restyle(palette)
        if self._form is not None:
            self._form.restyle(palette)

    def _build(self) -> None:
        self.table = QTableView()
        self.table.setModel(self.steps)
        as_rows(self.table, "Steps", stretch=0, widths={1: 12, 2: 9})
        take_lines(self.table)
        self.table.selectionModel().currentRowChanged.connect(self._show_step)
        self.table.hide()
        self.empty = quiet(_EMPTY)
        self.parameters = QScrollArea(widgetResizable=True)
        self.parameters.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.parameters.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.parameters.setMinimumWidth(GRID * 44)
        self.parameters.setWidget(quiet(_NO_STEP))
        self.allow_edits.hide()
        self.no_inputs = quiet(_NO_INPUTS)
        self.addWidget(pane("Steps", self.table, self.empty))
        self.addWidget(pane("Parameters", self.parameters))
        self.result = pane("Result", self.verdict, self.comparison, end=True)
        self.result.hide()
        self.right = scrolled(pane("Inputs", self.no_inputs, self.inputs, self.allow_edits, self.result, end=True))
        self.right.setMinimumWidth(_RIGHT)
        self.addWidget(self.right)
        self.setChildrenCollapsible(False)
        self.setHandleWidth(GRID)
        self.setSizes([GRID * 58, GRID * 44, _RIGHT])

    def _show_step(self) -> None:
        self._form = None
        if self._rehearsal is None or self.row < 0:
            return
        step = self._rehearsal.plan.steps[self.row]
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, GRID, 0)
        layout.setSpacing(GRID)
        title = QLabel(breakable(shortened(_title(step))), wordWrap=True, indent=0)
        title.setToolTip(tip(_title(step)))
        title.setTextFormat(Qt.TextFormat.PlainText)
        assign(title, "heading")
        layout.addWidget(title)
        layout.addWidget(self._editor(step), 0 if _settable(step) else 1)
        if _settable(step):
            layout.addStretch(1)
        self.parameters.setWidget(page)
        lead_through(self.table, self.parameters, self.inputs, self.allow_edits)
        self.selected.emit()

    def _editor(self, step: Step) -> QWidget:
        if not _settable(step):
            facts = Facts("Parameters of this step")
            facts.show_facts({**step.arguments, **step.parameters})
            return facts
        assert self._rehearsal is not None
        operation = registry.get(step.operation)
        form = ParameterForm(operation.parameters, step.parameters, palette=self._palette, resettable=True)
        for name, value in self._rehearsal.edits.get(step.name, {}).items():
            form.field(name).set_value(value)
        self._form = form
        self.calibrate()
        form.changed.connect(lambda: self._edit(step, form))
        return form

    def _edit(self, step: Step, form: ParameterForm) -> None:
        if self._rehearsal is not None and not form.problem():
            self._rehearsal.edit(step, form.changes())
        self.changed.emit()

    def _tick(self, name: str, kept: bool) -> None:
        if self._rehearsal is not None:
            (self._rehearsal.left_out.discard if kept else self._rehearsal.left_out.add)(name)
            self.changed.emit()

    def _allow(self, allowed: bool) -> None:
        if self._rehearsal is not None:
            self._rehearsal.allow_edits = allowed
            self.changed.emit()


def _settable(step: Step) -> bool:
    """Whether the step has parameters that a person may change."""
    return step.operation not in DATA_VERBS and any(not p.blob for p in registry.get(step.operation).parameters)


def _title(step: Step) -> str:
    return step.sentence if step.operation in DATA_VERBS else registry.get(step.operation).title
