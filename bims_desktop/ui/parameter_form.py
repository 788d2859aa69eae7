"""`ParameterForm`: the parameters of one operation as a form, checked while one types."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from bims_desktop.model.image import Image
from bims_desktop.operations.spec import Parameter
from bims_desktop.ui.field import Field
from bims_desktop.ui.parameter_row import LINES, ParameterRow
from bims_desktop.ui.theme import GRID, Palette


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
    physical : collection of str
        Quantities, such as length, that are shown in the units of the image at first.

    Signals
    -------
    changed : no value
        A value is another now.
    measured : str, bool
        The quantity that the person wants in physical units from now on, or no longer.
    """

    changed = Signal()
    measured = Signal(str, bool)

    def __init__(
        self,
        parameters: Sequence[Parameter],
        values: Mapping[str, Any] | None = None,
        *,
        palette: Palette,
        resettable: bool = False,
        physical: Collection[str] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._image: Image | None = None
        self._physical = frozenset(physical)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(GRID)
        self._grid.setColumnStretch(1, 1)
        given = values or {}
        self._rows: dict[str, ParameterRow] = {}
        for index, parameter in enumerate(parameters):
            first = given.get(parameter.name, parameter.default)
            self._rows[parameter.name] = row = ParameterRow(parameter, first, palette, resettable)
            row.place(self._grid, index)
        for row in self._rows.values():
            row.field.changed.connect(self._settle)
            row.unit.switched.connect(partial(self._switch, row))
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
        return {name: row.value() for name, row in self._rows.items()}

    def changes(self) -> dict[str, Any]:
        """What differs from the first values."""
        return {name: row.value() for name, row in self._rows.items() if row.differs()}

    def problem(self) -> str:
        """Why these values cannot be used; empty where they can."""
        return next((problem for row in self._rows.values() if (problem := row.problem())), "")

    def reason(self) -> QLabel | None:
        """Where it is said; None where nothing is."""
        return next((row.reason for row in self._rows.values() if row.problem()), None)

    def set_values(self, values: Mapping[str, Any]) -> None:
        """Show `values`, by name."""
        for name, value in values.items():
            self._rows[name].field.set_value(value)

    def suggest(self, values: Mapping[str, Any]) -> None:
        """Begin with `values` wherever the person chose nothing; names that this form lacks are passed over."""
        for name in values.keys() & self._rows.keys():
            self._rows[name].field.suggest(values[name])

    def foresee(self, values: Mapping[str, Any]) -> None:
        """Show, greyed, what those come to that are left open, as far as `values` tell."""
        for name, row in self._rows.items():
            row.field.foresee(values.get(name))

    def offer(self, choices: Mapping[str, Sequence[Any]], why: str = "") -> None:
        """Offer no more than `choices`, by name, and say `why`; a parameter that has only one left is not shown."""
        for name, offered in choices.items():
            self._rows[name].field.offer(offered, why)

    def leave_out(self, names: Collection[str]) -> None:
        """Hide the parameters `names` and no others; they run with their defaults, and what was set waits."""
        for name, row in self._rows.items():
            row.left_out = name in names

    def refuse(self, reasons: Mapping[str, str]) -> None:
        """Say why nothing at all can be chosen for the parameters that `reasons` names, and for no others."""
        for name, row in self._rows.items():
            row.refusal = reasons.get(name, "")

    def put_below(self, name: str, widget: QWidget) -> None:
        """Show `widget` below the row of the parameter `name`."""
        index = list(self._rows).index(name)
        self._grid.addWidget(widget, LINES * index + LINES - 1, 1)

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
            row.refresh(self._image, self.values(), self._physical)
        self.changed.emit()

    def _switch(self, row: ParameterRow, physical: bool) -> None:
        """Show all numbers of the same kind in the same unit."""
        self._physical = self._physical | {row.quantity} if physical else self._physical - {row.quantity}
        self.measured.emit(row.quantity, physical)
        self._settle()
