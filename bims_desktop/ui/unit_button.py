"""`UnitButton`: the unit of a number and what it is in the other one; pressing it exchanges the two."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QToolButton

from bims_desktop.ui.measures import Measure, is_step
from bims_desktop.ui.theme import GRID, assign


class UnitButton(QToolButton):
    """``px (0.26 µm)``, or the other way round; where nothing is known of the image only the unit.

    Where a step has several sizes all are said, and there is nothing to exchange: ``px (0.17 µm, 6 µm along Z)``.
    Behind a typed unit stands only what it comes to: ``(3.85 px)``.

    Signals
    -------
    switched : bool
        Whether the number is to stand in physical units from now on.
    """

    switched = Signal(bool)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self._physical = False
        assign(self, "unit")
        self.clicked.connect(lambda: self.switched.emit(not self._physical))

    def minimumSizeHint(self) -> QSize:
        """Room for the unit alone, where a form is narrow."""
        return QSize(6 * GRID, super().minimumSizeHint().height())

    def show_typed(self, unit: str, steps: float, measure: Measure | None, typed: str) -> None:
        """Show what `steps` of `unit` are in other words than the unit that was `typed`."""
        other = f"{steps:.4g} {unit}" if not is_step(typed) else measure.said(steps) if measure is not None else ""
        self.setText(f"({other})" if other else "")
        self.setVisible(bool(other))
        self.setEnabled(False)

    def show_unit(self, unit: str, steps: float | None, measure: Measure | None, physical: bool) -> None:
        """Show `unit`, and what `steps` of it are by `measure`."""
        self._physical = physical
        self.setVisible(bool(unit) and steps is not None)
        if measure is None or steps is None:
            self.setText(unit)
            self.setToolTip("Set the pixel size of the image to see lengths here." if unit == "px" else "Unit.")
        elif physical:
            self.setText(f"{measure.sign} ({steps:.4g} {unit})")
            self.setToolTip(f"The record keeps {unit}. Press to type {unit} again.")
        else:
            self.setText(f"{unit} ({measure.said(steps)})")
            typed = measure.obstacle or f"Press to type {measure.sign}; the record keeps {unit}."
            self.setToolTip(f"By the image's calibration. {typed}")
        self.setEnabled(measure is not None and not measure.obstacle)
        self.setAccessibleName(f"Unit of {self._name}: {self.text()}")
