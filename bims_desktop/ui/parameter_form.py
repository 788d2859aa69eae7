"""`ParameterForm`: the parameters of one operation as a form, checked while one types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QToolButton, QWidget

from bims_desktop.errors import BadParameter
from bims_desktop.model.image import Image
from bims_desktop.operations.spec import Parameter
from bims_desktop.ui.choices import Checklist
from bims_desktop.ui.field import Field
from bims_desktop.ui.icons import icon
from bims_desktop.ui.theme import GRID, Palette, assign
from bims_desktop.ui.words import physical, wanted

# Of the grid, for each parameter: its row, the note, the reason, and what a form puts below it.
_LINES = 4


def spoken(name: str) -> str:
    """The name of a parameter or argument as the form shows it."""
    return name.replace("_", " ")


class ParameterForm(QWidget):
    """One row a parameter: name, editor, unit, and the reason in words where a value does not fit.

    Parameters
    ----------
    parameters : sequence of Parameter
        As the operation declares them.
    values : mapping, optional
        What to show at first; also what `changed` rows go back to. Defaults where absent.
    palette : Palette
        Colours for the reset arrows.
    resettable : bool
        Whether a changed row turns bold and offers its first value again (MacroPlayer).
    """

    changed = Signal()

    def __init__(
        self,
        parameters: Sequence[Parameter],
        values: Mapping[str, Any] | None = None,
        *,
        palette: Palette,
        resettable: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._image: Image | None = None
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(GRID)
        self._grid.setColumnStretch(1, 1)
        given = values or {}
        self._rows: dict[str, _Row] = {}
        for index, parameter in enumerate(parameters):
            first = given.get(parameter.name, parameter.default)
            self._rows[parameter.name] = _Row(self, index, parameter, first, palette, resettable)
        for row in self._rows.values():
            row.field.changed.connect(self._settle)
        self._settle()

    @property
    def labels(self) -> list[QLabel]:
        """The names' labels, for a form above to align its own with."""
        return [row.label for row in self._rows.values()]

    def field(self, name: str) -> Field:
        """The editor of the parameter `name`."""
        return self._rows[name].field

    def values(self) -> dict[str, Any]:
        """What is set now, by name."""
        return {name: row.field.value() for name, row in self._rows.items()}

    def changes(self) -> dict[str, Any]:
        """What differs from the first values."""
        return {name: row.field.value() for name, row in self._rows.items() if row.differs()}

    def problem(self) -> str:
        """Why these values cannot be used; empty where they can."""
        return next((problem for row in self._rows.values() if (problem := row.problem())), "")

    def set_values(self, values: Mapping[str, Any]) -> None:
        """Show `values`, by name."""
        for name, value in values.items():
            self._rows[name].field.set_value(value)

    def suggest(self, values: Mapping[str, Any]) -> None:
        """Begin with `values` wherever the person chose nothing; names that this form lacks are passed over."""
        for name in values.keys() & self._rows.keys():
            self._rows[name].field.suggest(values[name])

    def put_below(self, name: str, widget: QWidget) -> None:
        """Show `widget` below the row of the parameter `name`."""
        index = list(self._rows).index(name)
        self._grid.addWidget(widget, _LINES * index + _LINES - 1, 1)

    def calibrate(self, image: Image | None) -> None:
        """Show lengths in the units of `image` too."""
        self._image = image
        self._settle()

    def restyle(self, palette: Palette) -> None:
        """Take the colours of another theme."""
        for row in self._rows.values():
            row.restyle(palette)

    def _settle(self) -> None:
        for row in self._rows.values():
            row.refresh(self._image)
        self.changed.emit()


class _Row:
    """Label, field, note, reset arrow and reason of one parameter, laid into the form's grid."""

    def __init__(
        self, form: ParameterForm, index: int, parameter: Parameter, value: Any, palette: Palette, resettable: bool
    ) -> None:
        self.parameter, self._first, self._resettable = parameter, value, resettable
        self.field = Field(parameter, value)
        self.label = QLabel(spoken(parameter.name))
        self.label.setBuddy(self.field.editor)
        self.note, self.reason = QLabel(), QLabel(wordWrap=True)
        self.note.setToolTip("On the specimen, by the calibration of the image.")
        assign(self.note, "quiet")
        assign(self.reason, "bad")
        self.reset = QToolButton()
        self.restyle(palette)
        self.reset.clicked.connect(lambda: self.field.set_value(self._first))
        self._explain()
        grid = form.layout()
        assert isinstance(grid, QGridLayout)
        high = isinstance(self.field.editor, Checklist)
        place = Qt.AlignmentFlag.AlignTop if high else Qt.AlignmentFlag.AlignVCenter
        grid.addWidget(self.label, _LINES * index, 0, place)
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self.field, 1)
        grid.addLayout(row, _LINES * index, 1)
        grid.addWidget(self.reason, _LINES * index + 2, 1)
        if parameter.optional:  # beside its box there is no room for it
            grid.addWidget(self.note, _LINES * index + 1, 1)
        else:
            row.addWidget(self.note)
        if resettable:
            row.addWidget(self.reset)

    def _explain(self) -> None:
        help = self.parameter.help or spoken(self.parameter.name)
        for widget in (self.label, self.field.editor):
            widget.setToolTip(help)
        unit = f", {self.parameter.bounds.unit}" if self.parameter.bounds.unit else ""
        self.field.editor.setAccessibleName(spoken(self.parameter.name) + unit)
        self.field.editor.setAccessibleDescription(help)
        again = f"Back to {self._first}" if self._first is not None else "Back to automatic"
        self.reset.setToolTip(again)
        self.reset.setAccessibleName(f"{again} for {spoken(self.parameter.name)}")

    def restyle(self, palette: Palette) -> None:
        self.reset.setIcon(icon("reset", palette.icon))

    def differs(self) -> bool:
        value = self.field.value()
        return bool((tuple(value) if isinstance(value, list) else value) != self._first)

    def problem(self) -> str:
        value = self.field.value()
        if value == () and self.parameter.required:
            return "It needs at least one value."
        try:
            self.parameter.check(value)
        except BadParameter:
            return f"It must be {wanted(self.parameter)}."
        return ""

    def refresh(self, image: Image | None) -> None:
        value, unit = self.field.value(), self.parameter.bounds.unit
        measured = physical(value, unit, image) if isinstance(value, (int, float)) else ""
        self.note.setText(f"{unit} {measured}".strip())
        self.note.setVisible(bool(unit) and value is not None)
        problem = self.problem()
        self.reason.setText(problem)
        self.reason.setVisible(bool(problem))
        changed = self._resettable and self.differs()
        assign(self.label, "changed" if changed else "")
        self.reset.setVisible(changed)
