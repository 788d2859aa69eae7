"""`OperationForm`: images and parameters of one operation, in one column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from bims_desktop.operations.spec import Operation
from bims_desktop.ui.argument_form import ArgumentForm
from bims_desktop.ui.levels import Levels
from bims_desktop.ui.parameter_form import ParameterForm, spoken
from bims_desktop.ui.plane_histogram import PlaneHistogram
from bims_desktop.ui.preview import Request
from bims_desktop.ui.suggestions import by_extent, by_levels, intensities
from bims_desktop.ui.theme import GRID, Palette

if TYPE_CHECKING:
    from bims_desktop.ui import Desktop


class OperationForm(QWidget):
    """The form that `operation` asks for.

    Signals
    -------
    changed : no value
        An image or a value is another now.
    """

    changed = Signal()

    def __init__(self, desktop: Desktop, operation: Operation, palette: Palette) -> None:
        super().__init__()
        self.operation = operation
        self.arguments = ArgumentForm(desktop, operation.arguments)
        self.parameters = ParameterForm(operation.parameters, palette=palette)
        self._levelled = intensities(operation.parameters)
        self.histogram = PlaneHistogram(desktop, palette) if self._levelled else None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, GRID, GRID, 0)
        layout.setSpacing(GRID)
        layout.addWidget(self.arguments)
        layout.addWidget(self.parameters)
        layout.addStretch(1)
        self._place_histogram()
        self.arguments.changed.connect(self.calibrate)
        self.parameters.changed.connect(self._follow)
        self.calibrate()

    def align(self) -> None:
        """Give all names one width, measured in the style that they are drawn in: call it once placed."""
        labels: list[QLabel] = self.arguments.labels + self.parameters.labels
        for label in labels:
            label.ensurePolished()
        width = max((label.sizeHint().width() for label in labels), default=0)
        for label in labels:
            label.setMinimumWidth(width)

    def calibrate(self) -> None:
        """Show lengths in the units of the first image, and begin with what fits it."""
        first = next(iter(self.arguments.known().values()), None)
        if self.histogram is not None:
            self.histogram.ask(first)
        if first is not None:
            self.parameters.suggest(by_extent(self.operation, first.image))
        self.parameters.calibrate(None if first is None else first.image)

    def problem(self) -> str:
        """Why it cannot run; empty where it can."""
        return self.arguments.problem() or self.parameters.problem()

    def look_again(self) -> None:
        """The viewer shows another plane."""
        if self.histogram is not None:
            self.histogram.again()

    def restyle(self, palette: Palette) -> None:
        """Take the colours of another theme."""
        self.parameters.restyle(palette)
        if self.histogram is not None:
            self.histogram.restyle(palette)

    def request(self) -> Request:
        """What a preview computes."""
        images = {name: data.image for name, data in self.arguments.known().items()}
        return Request(self.operation, images, self.parameters.values())

    def _place_histogram(self) -> None:
        if self.histogram is not None:
            self.parameters.put_below(self._levelled[-1], self.histogram)
            self.histogram.arrived.connect(self._suggest)
            self.histogram.moved.connect(self._move)

    def _suggest(self, levels: Levels) -> None:
        self.parameters.suggest(by_levels(levels))

    def _move(self, name: str, value: float) -> None:
        self.parameters.field(name.replace(" ", "_")).set_value(value)

    def _follow(self) -> None:
        if self.histogram is not None:
            values = self.parameters.values()
            set_ = {spoken(name): values[name] for name in self._levelled if isinstance(values[name], float)}
            self.histogram.mark(set_)
        self.changed.emit()
