"""`OperationForm`: images and parameters of one operation, in one column."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from bims_desktop.app.optics import OPTICAL, optics_of
from bims_desktop.operations.spec import Operation
from bims_desktop.ui.argument_form import ArgumentForm
from bims_desktop.ui.foreseen import foreseen
from bims_desktop.ui.glimpse import Request, shown_point
from bims_desktop.ui.levels import Levels
from bims_desktop.ui.pane import quiet
from bims_desktop.ui.parameter_form import ParameterForm
from bims_desktop.ui.parameter_row import spoken
from bims_desktop.ui.plane_histogram import PlaneHistogram
from bims_desktop.ui.suggestions import (
    by_axes,
    by_extent,
    by_images,
    by_levels,
    intensities,
    lacking_axes,
    needless,
    without_axis,
)
from bims_desktop.ui.theme import GRID, Palette, assign
from bims_desktop.ui.threshold_finder import ThresholdFinder, finds_threshold

if TYPE_CHECKING:
    from napari.layers import Layer

    from bims_desktop.app.data import Data
    from bims_desktop.ui import Desktop


_NEEDS_INTENSITY = "Choose an intensity image above to measure it."
_WIDEST = 18 * GRID
"""Of the column of names; longer ones go on in a second line, so that no form is wider than its dock."""


class OperationForm(QWidget):
    """The form that `operation` asks for; quantities among `physical` are shown in the units of the image.

    Signals
    -------
    changed : no value
        An image or a value is another now.
    """

    changed = Signal()

    def __init__(
        self, desktop: Desktop, operation: Operation, palette: Palette, physical: Collection[str] = ()
    ) -> None:
        super().__init__()
        self._desktop, self.operation = desktop, operation
        self.arguments = ArgumentForm(desktop, operation.arguments)
        self.parameters = ParameterForm(operation.parameters, palette=palette, physical=physical)
        self._levelled = intensities(operation.parameters)
        self._finder = ThresholdFinder(desktop, self) if finds_threshold(operation) else None
        self.histogram = PlaneHistogram(desktop, palette) if self._levelled or self._finder else None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, GRID, GRID, 0)
        layout.setSpacing(GRID)
        layout.addWidget(self.arguments)
        layout.addWidget(self.parameters)
        self.needless = QLabel(wordWrap=True)
        assign(self.needless, "bad")
        self.needless.hide()
        layout.addWidget(self.needless)
        self.told = quiet("")
        self.told.hide()
        layout.addWidget(self.told)
        layout.addStretch(1)
        self._place_histogram()
        self.arguments.changed.connect(self.calibrate)
        self.parameters.changed.connect(self._follow)
        self.calibrate()

    def align(self) -> None:
        """Give all names one width, measured in the style that they are drawn in: call it once placed."""
        labels: list[QLabel] = self.arguments.labels + self.parameters.labels
        for label in labels:
            label.setIndent(0)  # they begin where the operation above does
            label.ensurePolished()
            label.setWordWrap(label.sizeHint().width() > _WIDEST)
        width = max((label.sizeHint().width() for label in labels), default=0)
        for label in labels:
            label.setFixedWidth(min(width, _WIDEST))

    def calibrate(self) -> None:
        """Show lengths in the units of the first image, and begin with what fits it."""
        first = next(iter(self.arguments.known().values()), None)
        if self.histogram is not None:
            self.histogram.ask(first)
            self.histogram.setVisible(first is not None)
        image = None if first is None else first.image
        if first is not None:
            self.parameters.suggest(by_extent(self.operation, first.image))
            self._suggest_optics(first)
        self.parameters.offer(by_axes(self.operation, image))
        self.parameters.offer(by_images(self.operation, self.arguments.known()), _NEEDS_INTENSITY)
        self.parameters.leave_out(without_axis(self.operation, image))
        self.parameters.refuse(lacking_axes(self.operation, image))
        self.parameters.calibrate(image)

    def stops(self) -> list[QWidget]:
        """Where Tab stops, from top to bottom."""
        inside = (*self.arguments.findChildren(QWidget), *self.parameters.findChildren(QWidget))
        # The list that a combo box opens is a window of its own.
        return [
            widget
            for widget in inside
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
            and widget.focusProxy() is None
            and widget.window() is self.window()
        ]

    def problem(self) -> str:
        """Why it cannot run; empty where it can."""
        return self.arguments.problem() or self.parameters.problem() or self.needless.text()

    def look_again(self) -> None:
        """The viewer shows another plane."""
        if self.histogram is not None:
            self.histogram.again()
        if self._finder is not None:
            self._finder.again()

    def restyle(self, palette: Palette) -> None:
        """Take the colours of another theme."""
        self.parameters.restyle(palette)
        if self.histogram is not None:
            self.histogram.restyle(palette)

    def glimpsed(self) -> tuple[Request, Layer | None]:
        """What a preview computes, and the layer that it lies over."""
        known = self.arguments.known()
        first = next(iter(known.values()), None)
        images = {name: data.image for name, data in known.items()}
        layer = None if first is None else self._desktop.layer_of(first)
        return Request(self.operation, images, self.parameters.values()), layer

    def _place_histogram(self) -> None:
        if self.histogram is None:
            return
        self.histogram.arrived.connect(self._suggest)
        self.histogram.moved.connect(self._move)
        if self._finder is not None:
            self._finder.found.connect(self.histogram.mark_found)
            self.arguments.put_below(self.histogram)
        else:
            self.parameters.put_below(self._levelled[-1], self.histogram)

    def _suggest_optics(self, data: Data) -> None:
        asked = {parameter.name for parameter in self.operation.parameters} & OPTICAL
        if not asked:
            return
        optics = optics_of(data, self._channel(data.image.axes))
        self.parameters.suggest(optics.values)
        said = [f"{spoken(name)} {optics.said[name]}" for name in sorted(asked & optics.said.keys())]
        missing = [spoken(name) for name in sorted(asked - optics.said.keys())]
        known = f"From the image: {'; '.join(said)}. " if said else ""
        self.told.setText(known + (f"Not told by the image: {', '.join(missing)}." if missing else ""))
        self.told.show()

    def _channel(self, axes: str) -> int:
        return max(0, round(shown_point(self._desktop.viewer, axes).get("C", 0.0)))

    def _suggest(self, levels: Levels) -> None:
        self.parameters.suggest(by_levels(levels))

    def _move(self, name: str, value: float) -> None:
        self.parameters.field(name.replace(" ", "_")).set_value(value)

    def _follow(self) -> None:
        images = {name: data.image for name, data in self.arguments.known().items()}
        self.parameters.foresee(foreseen(self.operation, images, self.parameters.values()))
        image = images.get(self.operation.arguments[0].name) if self.operation.arguments else None
        self.needless.setText(needless(self.operation, image, self.parameters.values()))
        self.needless.setVisible(bool(self.needless.text()))
        if self.histogram is not None:
            values = self.parameters.values()
            set_ = {spoken(name): values[name] for name in self._levelled if isinstance(values[name], float)}
            self.histogram.mark(set_)
        if self._finder is not None:
            self._finder.ask(None if self.problem() else self.glimpsed()[0])
        self.changed.emit()
