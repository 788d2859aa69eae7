"""`Field`: the editor of one parameter, whatever its type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from bims_desktop.operations.spec import Parameter
from bims_desktop.ui.choices import Checklist, OneOf, WordBox
from bims_desktop.ui.number_box import NumberBox
from bims_desktop.ui.theme import GRID

Editor: TypeAlias = QCheckBox | OneOf | WordBox | Checklist | NumberBox | QLineEdit


class Field(QWidget):
    """The editor that `parameter` asks for, with a box that says what it comes to where it may stay open.

    Signals
    -------
    changed : no value
        The value is another now, or what stands in the editor became one or is none any more.
    """

    changed = Signal()

    def __init__(self, parameter: Parameter, value: Any, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.parameter = parameter
        self.editor = self._build()
        self.automatic = QCheckBox(parameter.none) if parameter.optional else None
        self._next: Any = None
        self._foreseen: Any = None
        layout = QVBoxLayout(self) if isinstance(self.editor, Checklist) else QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(self.editor, 1)
        if self.automatic is not None:
            self.automatic.setToolTip(parameter.help.replace("`", ""))
            self.automatic.setAccessibleName(f"{parameter.name.replace('_', ' ')}: {parameter.none}")
            self.automatic.toggled.connect(self._turn)
            self.automatic.toggled.connect(self._compare)
            layout.addWidget(self.automatic)
        self.setFocusProxy(self.editor)
        self._suggested = value
        self._told = self._state()
        self.set_value(value)
        self._next = value

    @property
    def settled(self) -> bool:
        """Whether only one of the parameter's choices is offered."""
        return isinstance(self.editor, OneOf) and self.editor.count() == 1 < len(self.parameter.choices)

    @property
    def foreseen(self) -> Any:
        """What it will come to while it is left open; None where that is not known."""
        return self._foreseen

    def value(self) -> Any:
        """What is set now, in the parameter's own type as far as it can be read."""
        if self.automatic is not None and self.automatic.isChecked():
            return None
        return self._shown()

    def set_value(self, value: Any) -> None:
        """Show `value`; None leaves it open, or the editor empty."""
        if self.automatic is not None:
            self.automatic.setChecked(value is None)
        if value is not None:
            self._show(value)

    def suggest(self, value: Any) -> None:
        """Begin with `value` on this image, unless the person chose another; where it is open, only once not."""
        if self.automatic is not None and self.automatic.isChecked():
            self._next = value
        elif self.value() == self._suggested and not (isinstance(self.editor, NumberBox) and self.editor.refused):
            self._suggested = value
            self._show(value)

    def foresee(self, value: Any) -> None:
        """Show `value`, greyed, as long as it is left open: what it will come to; None where that is not known."""
        self._foreseen = value
        if self.automatic is not None and self.automatic.isChecked():
            self._show_foreseen()

    def offer(self, choices: Sequence[Any], why: str = "") -> None:
        """Offer no more than `choices` out of the parameter's own; a list says beside the others `why`."""
        match self.editor:
            case OneOf():
                self.editor.offer(choices)
            case Checklist():
                self.editor.offer(choices, why)

    def _state(self) -> tuple[Any, str]:
        value = self.value()
        return value, self.editor.complaint if isinstance(self.editor, NumberBox) and value is not None else ""

    def _compare(self) -> None:
        """Say what changed; a box that loses the focus or is disabled says that it was edited, whatever was done."""
        state = self._state()
        if state != self._told:
            self._told = state
            self.changed.emit()

    def _turn(self, left_open: bool) -> None:
        if left_open:
            self._next = self._shown()
        self._leave_open(left_open)

    def _leave_open(self, left_open: bool) -> None:
        """Show what it comes to; or again what was chosen or suggested, or else what it would have come to."""
        self.editor.setDisabled(left_open)
        if left_open:
            self._show_foreseen()
        else:
            begins = (self._next, self._foreseen, _nothing(self.parameter))
            self._show(next(value for value in begins if value is not None))

    def _show_foreseen(self) -> None:
        if self._foreseen is not None:
            self._show(self._foreseen)
        else:
            self._clear()

    def _clear(self) -> None:
        """Show no value: which it will be is not known before it runs."""
        match self.editor:
            case NumberBox():
                self.editor.leave_open(True)
            case QCheckBox():
                self.editor.setCheckState(Qt.CheckState.PartiallyChecked)
            case Checklist():
                self.editor.check(())
            case OneOf():
                self.editor.take(None)

    def _shown(self) -> Any:
        match self.editor:
            case QCheckBox():
                return self.editor.isChecked()
            case WordBox():
                return _read(self.editor.currentText(), self.parameter)
            case OneOf():
                return self.editor.currentData()
            case Checklist():
                return self.editor.checked()
            case NumberBox():
                return self.editor.number()
        return _read(self.editor.text(), self.parameter)

    def _show(self, value: Any) -> None:
        match self.editor:
            case QCheckBox():
                self.editor.setTristate(False)
                self.editor.setChecked(bool(value))
            case WordBox():
                self.editor.setEditText(_write(value))
            case OneOf():
                self.editor.take(value)
            case Checklist():
                self.editor.check(value)
            case NumberBox():
                self.editor.leave_open(False)
                self.editor.setValue(value)
            case QLineEdit():
                self.editor.setText(_write(value))

    def _build(self) -> Editor:
        parameter = self.parameter
        if parameter.words:
            return self._words()
        if parameter.choices:
            return self._checklist() if parameter.type is tuple else self._choice()
        if parameter.type is bool:
            box = QCheckBox()
            box.toggled.connect(self._compare)
            return box
        if parameter.type in (int, float):
            number = NumberBox(parameter.bounds.low, parameter.bounds.high, parameter.type is int)
            number.valueChanged.connect(self._compare)
            line = number.lineEdit()
            assert line is not None
            # What is half typed is no value yet, and must not run.
            line.textEdited.connect(self._compare)
            number.editingFinished.connect(self._compare)
            return number
        return self._line()

    def _words(self) -> WordBox:
        box = WordBox(self.parameter.words)
        box.editTextChanged.connect(self._compare)
        return box

    def _choice(self) -> OneOf:
        choice = OneOf(self.parameter.choices)
        choice.currentIndexChanged.connect(self._compare)
        return choice

    def _checklist(self) -> Checklist:
        checklist = Checklist(self.parameter.choices)
        checklist.itemChanged.connect(self._compare)
        return checklist

    def _line(self) -> QLineEdit:
        line = QLineEdit()
        # What a digest names was drawn by hand; it is shown, not typed.
        line.setReadOnly(self.parameter.blob)
        line.setPlaceholderText("values, parted by commas" if self.parameter.type is tuple else "text")
        line.textChanged.connect(self._compare)
        return line


def _nothing(parameter: Parameter) -> Any:
    """What stands in an editor in which nobody chose anything."""
    return parameter.choices[0] if parameter.choices and parameter.type is not tuple else parameter.type()


def _write(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, (tuple, list)) else str(value)


def _read(text: str, parameter: Parameter) -> Any:
    """What was typed; where an item is not of its type the text stays, and the parameter's own check refuses it."""
    if parameter.type is not tuple or text.strip() in parameter.words:
        return text.strip()
    parts = [part.strip() for part in text.split(",") if part.strip()]
    return tuple(_item(part, parameter.item or float) for part in parts)


def _item(text: str, kind: type) -> Any:
    if kind is bool:
        return {"true": True, "false": False}.get(text.lower(), text)
    try:
        return kind(text)
    except ValueError:
        return text
