"""`NumberBox`: a spin box that lets one type any number, and leaves the judgement to the form."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt
from PySide6.QtGui import QValidator, QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QDoubleSpinBox, QWidget

_PARTIAL = {"", "-", "+", ".", "-."}
_LARGEST = 1e300


class NumberBox(QDoubleSpinBox):
    """A float or, where `whole`, an integer; arrows stay within `low` and `high`, typing does not.

    A box that silently clips what was typed hides why; here the form says the reason in words.
    """

    def __init__(self, low: float, high: float, whole: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._low, self._high, self._whole = low, high, whole
        self.setDecimals(0 if whole else 30)
        self.setRange(-_LARGEST, _LARGEST)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        if not whole:
            self.setStepType(QAbstractSpinBox.StepType.AdaptiveDecimalStepType)

    def number(self) -> int | float:
        """The value in its own type."""
        return round(self.value()) if self._whole else self.value()

    def stepBy(self, steps: int) -> None:
        """Move by `steps`, kept within the bounds."""
        width = 1.0 if self._whole else _stride(self.value())
        self.setValue(min(max(round(self.value() + steps * width, 12), self._low), self._high))

    def textFromValue(self, value: float) -> str:
        """Plain digits, as many as the value has."""
        return f"{value:.0f}" if self._whole else f"{value:.12g}"

    def valueFromText(self, text: str) -> float:
        """The number that `text` is; a decimal comma counts as a point."""
        number = _read(text)
        return self.value() if number is None else number

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Accept what reads as a number of this box's type."""
        number = _read(text)
        if number is None:
            partial = text.strip() in _PARTIAL or text.rstrip("+-").lower().endswith("e")
            state = QValidator.State.Intermediate if partial else QValidator.State.Invalid
        else:
            fits = not self._whole or number == math.floor(number)
            state = QValidator.State.Acceptable if fits else QValidator.State.Invalid
        return state, text, position

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Let the form scroll unless this box has the focus."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


def _read(text: str) -> float | None:
    try:
        number = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _stride(value: float) -> float:
    """A tenth of the value's decade, so that an arrow is a sensible step for 0.01 and for 4000."""
    return 0.1 if value == 0 else 10.0 ** (math.floor(math.log10(abs(value))) - 1)
