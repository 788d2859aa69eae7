"""`ArgumentForm`: which layer goes into which argument of an operation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLabel, QWidget

from bims_desktop.operations.spec import Argument
from bims_desktop.ui.choices import Choice
from bims_desktop.ui.parameter_row import spoken
from bims_desktop.ui.theme import GRID, assign

if TYPE_CHECKING:
    from bims_desktop.app.data import Data
    from bims_desktop.ui import Desktop

_KINDS = {"intensity": "an intensity image", "labels": "labels", "mask": "a mask", "rgb": "an RGB image"}
_HOW = {
    "intensity": "Open one, or drop it into the window.",
    "rgb": "Open one, or drop it into the window.",
    "mask": "Run a threshold first.",
    "labels": "Run Label on a mask first.",
}


class ArgumentForm(QWidget):
    """One combo box an argument, holding the layers of the kinds that it takes."""

    changed = Signal()

    def __init__(self, desktop: Desktop, arguments: Sequence[Argument], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desktop = desktop
        self._arguments = arguments
        self.labels: list[QLabel] = []
        self._boxes: dict[str, Choice] = {}
        self._reasons: dict[str, QLabel] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(GRID)
        grid.setColumnStretch(1, 1)
        self.every = QCheckBox()
        self.every.setToolTip("Run once for each layer that is selected in the layer list; each run is a step.")
        self.every.toggled.connect(self._explain)
        for row, argument in enumerate(arguments):
            self._add(grid, 3 * row, argument)
        if arguments:
            grid.addWidget(self.every, 2, 1)
        self.refresh()

    def put_below(self, widget: QWidget) -> None:
        """Show `widget` below the last argument."""
        grid = self.layout()
        assert isinstance(grid, QGridLayout)
        grid.addWidget(widget, 3 * len(self._arguments), 1)

    def box(self, name: str) -> Choice:
        """The combo box of the argument `name`."""
        return self._boxes[name]

    def refresh(self) -> None:
        """Offer the layers as they are now; what was chosen stays chosen."""
        taken: set[int] = set()
        for argument in self._arguments:
            self._fill(argument, taken)
            if (chosen := self._boxes[argument.name].currentData()) is not None:
                taken.add(chosen)
        self.follow_selection()

    def follow_selection(self) -> None:
        """Offer to run on all selected layers where there are several that fit."""
        count = len(self._selected())
        self.every.setText(f"all {count} selected layers")
        self.every.setVisible(count > 1)
        if count < 2:
            self.every.setChecked(False)
        self._explain()

    def prefer(self, data: Data) -> None:
        """Choose the layer that shows `data` for the first argument, if it fits."""
        if not self._arguments:
            return
        ids = {layer.version: layer.id for layer in self._desktop.session.layers}
        box = self._boxes[self._arguments[0].name]
        if (index := box.findData(ids.get(data.version))) >= 0:
            box.setCurrentIndex(index)

    def images(self) -> dict[str, Data]:
        """What is chosen, by argument; what a layer shows is settled first."""
        return {name: self._settled(data) for name, data in self.known().items()}

    def batches(self) -> list[dict[str, Data]]:
        """What goes into each run: one, or one a selected layer."""
        images = self.images()
        if not self.every.isChecked():
            return [images]
        first = self._arguments[0].name
        return [{**images, first: self._settled(data)} for data in self._selected()]

    def known(self) -> dict[str, Data]:
        """What is chosen, by argument, as it was last recorded."""
        session = self._desktop.session
        versions = {layer.id: layer.version for layer in session.layers}
        chosen = ((name, versions.get(box.currentData())) for name, box in self._boxes.items())
        return {name: session.data(version) for name, version in chosen if version is not None}

    def problem(self) -> str:
        """Why these layers cannot be used; empty where they can."""
        return next((reason.text() for reason in self._reasons.values() if reason.text()), "")

    def _add(self, grid: QGridLayout, row: int, argument: Argument) -> None:
        label, box, reason = QLabel(spoken(argument.name)), Choice(), QLabel(wordWrap=True)
        assign(reason, "bad")
        help = argument.help or spoken(argument.name)
        for widget in (label, box):
            widget.setToolTip(help)
        box.setAccessibleName(spoken(argument.name))
        box.setAccessibleDescription(help)
        label.setBuddy(box)
        box.currentIndexChanged.connect(self._explain)
        grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(box, row, 1)
        grid.addWidget(reason, row + 1, 1)
        self.labels.append(label)
        self._boxes[argument.name], self._reasons[argument.name] = box, reason

    def _fill(self, argument: Argument, taken: set[int]) -> None:
        box = self._boxes[argument.name]
        before = box.currentData()
        box.blockSignals(True)
        box.clear()
        if argument.optional:
            box.addItem("none", None)
        fitting = self._fitting(argument)
        for id, name in fitting:
            box.addItem(name, id)
        if before is None and not argument.optional:
            before = next((id for id, _ in fitting if id not in taken), None)
        box.setCurrentIndex(max(box.findData(before), 0))
        box.setEnabled(bool(fitting))
        box.blockSignals(False)

    def _fitting(self, argument: Argument) -> list[tuple[int, str]]:
        """Layers of a kind that the argument takes, the topmost first."""
        session = self._desktop.session
        layers = ((layer, session.data(layer.version)) for layer in reversed(session.layers))
        kinds = argument.kinds
        return [
            (layer.id, layer.name)
            for layer, data in layers
            if data.table is None and (not kinds or data.image.kind in kinds)
        ]

    def _explain(self) -> None:
        for argument in self._arguments:
            missing = not argument.optional and self._boxes[argument.name].currentData() is None
            self._reasons[argument.name].setText(_missing(argument) if missing else "")
            self._reasons[argument.name].setVisible(missing)
        if self._arguments:
            first = self._boxes[self._arguments[0].name]
            first.setEnabled(first.count() > 0 and not self.every.isChecked())
        self.changed.emit()

    def _selected(self) -> list[Data]:
        """Of the layers that are selected those that the first argument takes, in the order of the list."""
        if not self._arguments:
            return []
        fitting = {id for id, _ in self._fitting(self._arguments[0])}
        session, selection = self._desktop.session, self._desktop.viewer.layers.selection
        found = (session.data(layer.version) for layer in session.layers if layer.id in fitting)
        return [data for data in found if self._desktop.layer_of(data) in selection]

    def _settled(self, data: Data) -> Data:
        layer = self._desktop.layer_of(data)
        shown: Data | None = None if layer is None else self._desktop.data_of(layer)
        return data if shown is None else shown


def _missing(argument: Argument) -> str:
    wanted = " or ".join(_KINDS[kind] for kind in argument.kinds) or "an image"
    return f"It needs {wanted}. {_HOW[argument.kinds[0] if argument.kinds else 'intensity']}"
