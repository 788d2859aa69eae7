"""`NumberBox`: a spin box that lets one type any number, also with a unit, and leaves the judgement to the form."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QValidator, QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QDoubleSpinBox, QLineEdit, QWidget

from bims_desktop.ui.measures import Measure, begins_unit, is_step, read_amount
from bims_desktop.ui.theme import GRID

_LARGEST = 1e300
_NARROWEST = 10 * GRID


class NumberBox(QDoubleSpinBox):
    """A float or, where `whole`, an integer; arrows stay within `low` and `high`, typing does not.

    A box that silently clips what was typed hides why; here the form says the reason in words, and what is no number
    stays until it is changed: an older one in its place would run without having been typed.
    Its value counts in steps such as pixels, whatever unit is shown and typed.
    """

    def __init__(self, low: float, high: float, whole: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._low, self._high, self._whole = low, high, whole
        self._measure: Measure | None = None
        self._physical = self._open = False
        self._refused: str | None = None
        self.setDecimals(0 if whole else 30)
        self.setRange(-_LARGEST, _LARGEST)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setMinimumWidth(_NARROWEST)
        if not whole:
            self.setStepType(QAbstractSpinBox.StepType.AdaptiveDecimalStepType)
        self._line.textEdited.connect(self._note)

    @property
    def measure(self) -> Measure | None:
        """What one step is on the specimen, where that is known."""
        return self._measure

    @property
    def physical(self) -> bool:
        """Whether the number stands in the unit of `measure`."""
        return self._physical and self._measure is not None and not self._measure.obstacle

    @property
    def complaint(self) -> str:
        """Why what stands in the box is no number yet; empty where it is one."""
        text = self.text()
        if self._number(text) is not None:
            return ""
        amount = read_amount(text)
        if amount is None or not amount.unit:
            return "Type a whole number." if self._whole and amount is not None else "Type a number."
        if self._measure is None:
            why = "The image has no pixel size: type" if begins_unit(amount.unit) else "Type"
            return f"{why} a number alone."
        return self._measure.obstacle or f"Type a number alone, or one in {self._measure.sign}."

    @property
    def typed_unit(self) -> str:
        """The unit that was typed behind the number and still stands there."""
        amount = read_amount(self.text())
        return "" if amount is None else amount.unit

    @property
    def refused(self) -> bool:
        """Whether something was typed that is no number."""
        return self._refused is not None

    def setValue(self, value: float) -> None:
        """Show `value`, in place of anything that was typed."""
        refused, self._refused = self.refused, None
        super().setValue(value)
        if refused:
            self.valueChanged.emit(self.value())

    def number(self) -> int | float:
        """The value in its own type."""
        return round(self.value()) if self._whole else self.value()

    def calibrate(self, measure: Measure | None) -> None:
        """Take typed lengths by `measure`; None: numbers alone."""
        if measure != self._measure:
            self._measure = measure
            self._rewrite()

    def leave_open(self, left_open: bool) -> None:
        """Show no number, or one again: what an operation will choose is not known before it runs."""
        if left_open != self._open:
            self._open, self._refused = left_open, None
            self._rewrite()

    def show_physical(self, physical: bool) -> None:
        """Show the number in the unit of `measure`, or in steps."""
        if physical != self._physical:
            self._physical = physical
            self._rewrite()

    def stepBy(self, steps: int) -> None:
        """Move by `steps`, kept within the bounds."""
        size = self._measure.size if self._measure is not None and self.physical else 1.0
        width = 1.0 if self._whole else _stride(self.value() * size) / size
        self.setValue(min(max(round(self.value() + steps * width, 12), self._low), self._high))

    def textFromValue(self, value: float) -> str:
        """Plain digits, as many as the value has; of lengths as many as a person would type; none while left open.

        Qt asks for it when the box is left, and puts it in place of what is no number.
        """
        if self._refused is not None:
            return self._refused
        if self._open:
            return ""
        if self._measure is not None and self.physical:
            return f"{value * self._measure.size:.6g}"
        return f"{value:.0f}" if self._whole else f"{value:.12g}"

    def valueFromText(self, text: str) -> float:
        """The number of steps that `text` is; a decimal comma counts as a point."""
        number = None if text == self.textFromValue(self.value()) else self._number(text)
        return self.value() if number is None else number

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Accept what reads as a number of this box's type; anything else can be typed, and the form says why not."""
        readable = self._number(text) is not None
        return QValidator.State.Acceptable if readable else QValidator.State.Intermediate, text, position

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter must not put an older number back and run with it."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.complaint:
            event.accept()
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Let the form scroll unless this box has the focus."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def _number(self, text: str) -> float | None:
        """How many steps `text` is, whole where they must be: a length falls between pixels, a count must not."""
        amount = read_amount(text)
        if amount is None:
            return None
        if is_step(amount.unit) or (not amount.unit and not self.physical):
            fits = not self._whole or amount.number == math.floor(amount.number)
            return amount.number if fits else None
        if self._measure is None:
            return None
        steps = self._measure.steps(amount if amount.unit else amount._replace(unit=self._measure.sign))
        return float(round(steps)) if steps is not None and self._whole else steps

    def _rewrite(self) -> None:
        """Show the value anew; Qt itself writes only values that are other than before."""
        if self._refused is not None:
            # On another image the same text may be a length.
            if (number := self._number(self._refused)) is not None:
                self.setValue(number)
        elif not self._line.hasFocus() or not self._line.isModified():
            self._line.setText(self.textFromValue(self.value()))

    def _note(self, text: str) -> None:
        self._refused = text if self._number(text) is None else None

    @property
    def _line(self) -> QLineEdit:
        line = self.lineEdit()
        assert line is not None
        return line


def _stride(value: float) -> float:
    """A tenth of the value's decade, so that an arrow is a sensible step for 0.01 and for 4000."""
    return 0.1 if value == 0 else 10.0 ** (math.floor(math.log10(abs(value))) - 1)
