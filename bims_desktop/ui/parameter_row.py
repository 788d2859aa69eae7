"""`ParameterRow`: one parameter in a form: name, editor, unit, and the reason in words where a value does not fit."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QToolButton

from bims_desktop.errors import BadParameter
from bims_desktop.model.image import Image
from bims_desktop.operations.spec import Argument, Parameter
from bims_desktop.ui.alike import number
from bims_desktop.ui.choices import Checklist
from bims_desktop.ui.field import Field
from bims_desktop.ui.icons import icon
from bims_desktop.ui.measures import measure_of, own_unit
from bims_desktop.ui.number_box import NumberBox
from bims_desktop.ui.theme import GRID, Palette, assign
from bims_desktop.ui.unit_button import UnitButton
from bims_desktop.ui.words import wanted

LINES = 4
"""Of the grid, for each parameter: its row, the unit, the reason, and what a form puts below it."""


_SPOKEN = {
    "ar": "objects",
    "cval": "border value",
    "h": "filter strength",
    "order": "spline order",
    "psf": "PSF",
    "truncate": "kernel end",
}


def spoken(name: str) -> str:
    """The name of a parameter or argument as the form shows it."""
    if place := number(name):
        return f"image {place}"
    return _SPOKEN.get(name, name.replace("_", " "))


def explained(part: Parameter | Argument) -> str:
    """What its author says of a parameter or argument, without the marks of the documentation."""
    return part.help.replace("`", "") or spoken(part.name)


class ParameterRow:
    """Label, field, unit, reset arrow and reason of one parameter.

    Parameters
    ----------
    parameter : Parameter
        As the operation declares it.
    value : object
        Shown at first; what the arrow goes back to.
    palette : Palette
        Colours of the arrow.
    resettable : bool
        Whether a changed row turns bold and offers its first value again.
    """

    def __init__(self, parameter: Parameter, value: Any, palette: Palette, resettable: bool) -> None:
        self.parameter, self._first, self._resettable = parameter, value, resettable
        self.field = Field(parameter, value)
        self.label = QLabel(spoken(parameter.name))
        self.label.setBuddy(self.field.editor)
        if isinstance(self.field.editor, NumberBox):
            # The same number can stand there in other words, of which `changed` does not tell.
            self.field.editor.lineEdit().textEdited.connect(self._say_unit)
            self.field.editor.editingFinished.connect(self._say_unit)
        self.unit, self.reason = UnitButton(self.label.text()), QLabel(wordWrap=True)
        assign(self.reason, "bad")
        self.reset = QToolButton()
        self.restyle(palette)
        self.reset.clicked.connect(lambda: self.field.set_value(self._first))
        self.left_out, self.refusal = False, ""
        self._unit_name = parameter.bounds.unit
        self._explain()

    def place(self, grid: QGridLayout, index: int) -> None:
        """Lay it into `grid` as the parameter number `index`."""
        high = isinstance(self.field.editor, Checklist)
        place = Qt.AlignmentFlag.AlignTop if high else Qt.AlignmentFlag.AlignVCenter
        grid.addWidget(self.label, LINES * index, 0, place)
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self.field, 1)
        grid.addLayout(row, LINES * index, 1)
        row.addWidget(self.unit)
        below = QHBoxLayout()
        grid.addLayout(below, LINES * index + 1, 1)
        grid.addWidget(self.reason, LINES * index + 2, 1)
        if self._resettable:
            row.addWidget(self.reset)
        self._beside, self._below = row, below

    def restyle(self, palette: Palette) -> None:
        """Take the colours of another theme."""
        self.reset.setIcon(icon("reset", palette.icon))

    def value(self) -> Any:
        """What runs: the default where the parameter is left out."""
        return self.parameter.default if self.left_out else self.field.value()

    def differs(self) -> bool:
        """Whether the value is not the first one."""
        value = self.value()
        return bool((tuple(value) if isinstance(value, list) else value) != self._first)

    def problem(self) -> str:
        """Why the value cannot be used; empty where it can."""
        value = self.value()
        if self.left_out or self.refusal:
            return self.refusal
        if isinstance(self.field.editor, NumberBox) and value is not None and self.field.editor.complaint:
            return self.field.editor.complaint
        if value == () and isinstance(self.field.editor, Checklist):
            return f"Tick at least one of the {spoken(self.parameter.name)}."
        if value == () and self.parameter.required:
            return "It needs at least one value."
        try:
            self.parameter.check(value)
        except BadParameter:
            return f"It must be {wanted(self.parameter)}."
        return ""

    def refresh(self, image: Image | None, values: Mapping[str, Any], physical: Collection[str] = ()) -> None:
        """Show what the value is on `image`, and whether it fits; nothing where there is nothing to choose.

        Where `image` is calibrated the quantities `physical` are shown in its units.
        """
        shown = not self.left_out and not self._obvious
        self.label.setVisible(shown)
        self.field.setVisible(shown and not self.refusal)
        self._measure(image, values, physical)
        problem = self.problem()
        self.reason.setText(problem)
        self.reason.setVisible(bool(problem))
        changed = self._resettable and self.differs()
        assign(self.label, "changed" if changed else "")
        self.reset.setVisible(changed)

    @property
    def _obvious(self) -> bool:
        """Whether there is nothing to choose; to look along another axis than is usual is told all the same."""
        usual = self.parameter.name != "axis" or self.field.value() == self.parameter.default
        return self.field.settled and usual

    @property
    def quantity(self) -> str:
        """What the number measures on the image, such as a length; empty where that is not known."""
        box = self.field.editor
        return box.measure.quantity if isinstance(box, NumberBox) and box.measure is not None else ""

    def _measure(self, image: Image | None, values: Mapping[str, Any], physical: Collection[str]) -> None:
        box = self.field.editor
        if not isinstance(box, NumberBox) or self.left_out:
            self.unit.hide()
            return
        box.calibrate(measure_of(self.parameter, image, values))
        box.show_physical(self.quantity in physical)
        # Beside a box that may stay open, or for several sizes of a step, there is no room.
        long = self.parameter.optional or (box.measure is not None and bool(box.measure.obstacle))
        self._move_unit(self._below if long else self._beside)
        self._unit_name = self.parameter.bounds.unit or own_unit(self.parameter, image, values)
        self._say_unit()

    def _say_unit(self) -> None:
        box, value, unit = self.field.editor, self.field.value(), self._unit_name
        assert isinstance(box, NumberBox)
        if value is not None and (box.refused or self.problem()):
            own = box.measure.sign if box.measure is not None and box.physical else unit
            self.unit.show_unit("" if box.typed_unit else own, value, None, False)
        elif value is None and self.field.foreseen is not None:
            self.unit.show_unit(unit, self.field.foreseen, None, False)
        elif value is not None and box.typed_unit:
            self.unit.show_typed(unit, value, box.measure, box.typed_unit)
        else:
            self.unit.show_unit(unit, value, box.measure, box.physical)

    def _move_unit(self, line: QHBoxLayout) -> None:
        if line.indexOf(self.unit) < 0:
            for other in (self._beside, self._below):
                other.removeWidget(self.unit)
            line.insertWidget(min(1, line.count()), self.unit)

    def _explain(self) -> None:
        help = explained(self.parameter)
        for widget in (self.label, self.field.editor):
            widget.setToolTip(help)
        unit = f", {self.parameter.bounds.unit}" if self.parameter.bounds.unit else ""
        self.field.editor.setAccessibleName(spoken(self.parameter.name) + unit)
        self.field.editor.setAccessibleDescription(help)
        again = f"Back to {self.parameter.none if self._first is None else self._first}"
        self.reset.setToolTip(again)
        self.reset.setAccessibleName(f"{again} for {spoken(self.parameter.name)}")
