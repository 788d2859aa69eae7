"""`ArgumentForm`: which layer goes into which argument of an operation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLabel, QVBoxLayout, QWidget

from bims_desktop.operations.spec import Argument
from bims_desktop.ui.alike import is_row, made_together
from bims_desktop.ui.choices import Choice
from bims_desktop.ui.fitting import fits, kind_of, missing
from bims_desktop.ui.pane import quiet
from bims_desktop.ui.parameter_row import explained, spoken
from bims_desktop.ui.theme import GRID, assign
from bims_desktop.ui.words import breakable, unbroken

if TYPE_CHECKING:
    from napari.layers import Layer

    from bims_desktop.app.data import Data
    from bims_desktop.ui import Desktop

_GONE = "The layer that was chosen is gone, or fits no longer."


class ArgumentForm(QWidget):
    """One combo box an argument, holding the layers of the kinds that it takes.

    The first follows the layer list. No other layer ever takes the place of what is selected there, nor of one that was
    chosen and is gone: then none is chosen, and a line says why and what to do. Images that go in as a row stand in the
    order of the layer list, the lowest first, or of the step that made them, in as many boxes as can be used.
    """

    changed = Signal()

    def __init__(self, desktop: Desktop, arguments: Sequence[Argument], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desktop = desktop
        self._arguments = arguments
        self._row, self._begun = is_row(arguments), False
        self.labels: list[QLabel] = []
        self._boxes: dict[str, Choice] = {}
        self._reasons: dict[str, QLabel] = {}
        self._refused: dict[str, tuple[str, Data | None]] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(GRID)
        grid.setColumnStretch(1, 1)
        self.every = QCheckBox()
        self.every.setToolTip("Run once for each layer that is selected in the layer list; each run is a step.")
        self.every.toggled.connect(self._explain)
        for row, argument in enumerate(arguments):
            self._add(grid, 3 * row, argument)
        self.left_out = quiet("")
        if arguments:
            below = QVBoxLayout()
            below.addWidget(self.every)
            below.addWidget(self.left_out)
            grid.addLayout(below, 2, 1)
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
        self._offer()

    def follow_selection(self) -> None:
        """Where several layers are selected take those that fit, and no others."""
        selected, taken = self._selected(), set[int | None]()
        if self._row and len(selected) > 1:
            ids = (self._id(layer) for layer in self._fitting_selection())
            self._put_in_row([id for id in ids if id is not None], "Fewer than two of the selected layers fit.")
            return
        for argument in self._arguments if len(selected) > 1 else ():
            fitting = [self._id(layer) for layer in reversed(selected) if fits(argument, self._known(layer))]
            free = [id for id in fitting if id not in taken]
            box = self._boxes[argument.name]
            if not argument.optional and box.currentData() not in free and (free or argument is self._arguments[0]):
                self._take(argument, free[0] if free else None, ("None of the selected layers fits.", None))
            taken.add(box.currentData())
        self._offer()

    def prefer(self, layer: Layer) -> None:
        """Choose `layer` for the first argument; where it does not fit none is chosen, and it is said why."""
        if self._arguments:
            first, data = self._arguments[0], self._known(layer)
            id = self._id(layer) if fits(first, data) else None
            if self._row and id is not None:
                self._put_in_row(self._beside(id))
                return
            what = "still being read" if self._desktop.arriving(layer) else kind_of(data)
            self._take(first, id, (f"{layer.name} is {what}.", data))

    def images(self) -> dict[str, Data]:
        """What is chosen, by argument; what a layer shows is settled first."""
        return {name: self._settled(data) for name, data in self.known().items()}

    def batches(self) -> list[dict[str, Data]]:
        """What goes into each run: one, or one a selected layer."""
        images = self.images()
        if not self.every.isChecked():
            return [images]
        first = self._arguments[0].name
        chosen = (self._known(layer) for layer in self._fitting_selection())
        return [{**images, first: self._settled(data)} for data in chosen if data is not None]

    def known(self) -> dict[str, Data]:
        """What is chosen, by argument, as it was last recorded."""
        session = self._desktop.session
        versions = {layer.id: layer.version for layer in session.layers}
        chosen = ((name, versions.get(box.currentData())) for name, box in self._boxes.items())
        return {name: session.data(version) for name, version in chosen if version is not None}

    def problem(self) -> str:
        """Why these layers cannot be used; empty where they can."""
        return next((unbroken(reason.text()) for reason in self._reasons.values() if reason.text()), "")

    def _add(self, grid: QGridLayout, row: int, argument: Argument) -> None:
        label, box, reason = QLabel(spoken(argument.name)), Choice(), QLabel(wordWrap=True)
        assign(reason, "bad")
        help = explained(argument)
        for widget in (label, box):
            widget.setToolTip(help)
        box.setAccessibleName(spoken(argument.name))
        box.setAccessibleDescription(help)
        label.setBuddy(box)
        box.currentIndexChanged.connect(self._offer)
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
        if before is None and not argument.optional and argument.name not in self._refused:
            before = next((id for id, _ in fitting if id not in taken), None)
        index = box.findData(before)
        if index < 0 and before is not None and fitting:
            self._refused[argument.name] = (_GONE, None)
        box.setCurrentIndex(0 if index < 0 and argument.optional else index)
        box.setEnabled(bool(fitting))
        box.blockSignals(False)

    def _fitting(self, argument: Argument) -> list[tuple[int, str]]:
        """Layers of a kind that the argument takes, the topmost first."""
        known = ((layer, self._desktop.session.data(layer.version)) for layer in reversed(self._desktop.session.layers))
        return [(layer.id, self._name(data, layer.name)) for layer, data in known if fits(argument, data)]

    def _name(self, data: Data, name: str) -> str:
        """The name in the layer list, which tells two layers of one `name` apart."""
        shown = self._desktop.layer_of(data)
        return name if shown is None else str(shown.name)

    def _take(self, argument: Argument, id: int | None, refused: tuple[str, Data | None]) -> None:
        """Choose the layer `id`, which may be younger than the list; where there is none keep why it is `refused`."""
        self._fill(argument, set())
        box = self._boxes[argument.name]
        if id is None:
            self._refused[argument.name] = refused
        open_ = 0 if argument.optional else -1
        box.setCurrentIndex(open_ if id is None else box.findData(id))
        self._offer()

    def _beside(self, id: int) -> list[int]:
        """The layer `id` with those that it was made with, or with one other, in their order."""
        if self._begun and id in self._chosen():
            return self._chosen()
        fitting = [other for other, _ in self._fitting(self._arguments[0])]
        together = [other for other in made_together(self._desktop.session, id) if other in fitting]
        if len(together) > 1:
            return together
        return sorted({id, *[other for other in fitting if other != id][:1]}, key=fitting.index, reverse=True)

    def _chosen(self) -> list[int]:
        return [id for box in self._boxes.values() if (id := box.currentData()) is not None]

    def _put_in_row(self, ids: Sequence[int], why: str = "") -> None:
        """Choose the layers `ids` in turn, unless just these are chosen: their order may be the person's own."""
        if not self._begun or set(ids) != set(self._chosen()):
            self._begun = True
            for place, argument in enumerate(self._arguments):
                self._take(argument, ids[place] if place < len(ids) else None, (why, None))
        self._offer()

    def _offer(self) -> None:
        """Offer to run on all selected layers where several fit, and name those that are left out."""
        fitting = self._fitting_selection()
        used = {box.currentData() for box in self._boxes.values()}
        each = [] if self._row else fitting
        rest = [layer for layer in self._selected() if layer not in each and self._id(layer) not in used]
        self.left_out.setText("Left out: " + ", ".join(f"{layer.name} ({self._why(layer)})" for layer in rest) + ".")
        # One alone that is not taken is a result, with which nobody asked to go on.
        self.left_out.setVisible(bool(fitting and rest and len(self._selected()) > 1))
        many = "both" if len(each) == 2 else f"all {len(each)}"
        self.every.setText(f"{many} selected layers" + (" that fit" if rest else ""))
        self.every.setVisible(len(each) > 1)
        if len(each) < 2:
            self.every.setChecked(False)
        self._explain()

    def _why(self, layer: Layer) -> str:
        """What keeps a selected layer out."""
        data = self._known(layer)
        if not fits(self._arguments[0], data):
            return kind_of(data)
        return f"only {len(self._boxes)} go in" if len(self._chosen()) == len(self._boxes) else "not chosen above"

    def _explain(self) -> None:
        for argument in self._arguments:
            box, reason = self._boxes[argument.name], self._reasons[argument.name]
            lacks = not argument.optional and box.currentData() is None
            if not lacks:
                self._refused.pop(argument.name, None)
            why, data = self._refused.get(argument.name, ("", None))
            reason.setText(breakable(missing(argument, box.count() > 0, why, data)) if lacks else "")
            reason.setVisible(lacks)
        self._show_used()
        if self._arguments:
            first = self._boxes[self._arguments[0].name]
            first.setEnabled(first.count() > 0 and not self.every.isChecked())
        self.changed.emit()

    def _show_used(self) -> None:
        """Of a row the boxes that are used, and one more."""
        used = [place for place, box in enumerate(self._boxes.values()) if box.currentData() is not None]
        for place, (label, box) in enumerate(zip(self.labels, self._boxes.values(), strict=True)):
            shown = not self._row or place < 2 or place <= max(used, default=0) + 1
            label.setVisible(shown)
            box.setVisible(shown)

    def _selected(self) -> list[Layer]:
        """The layers that are selected, in the order of the list, but those that are still on their way."""
        layers = self._desktop.viewer.layers
        return [layer for layer in layers if layer in layers.selection and not self._desktop.arriving(layer)]

    def _fitting_selection(self) -> list[Layer]:
        """Of these the ones that the first argument takes."""
        return [layer for layer in self._selected() for first in self._arguments[:1] if fits(first, self._known(layer))]

    def _known(self, layer: Layer) -> Data | None:
        return self._desktop.known_of(layer)

    def _id(self, layer: Layer) -> int | None:
        data = self._known(layer)
        return next(
            (known.id for known in self._desktop.session.layers if data and known.version == data.version), None
        )

    def _settled(self, data: Data) -> Data:
        layer = self._desktop.layer_of(data)
        shown: Data | None = None if layer is None else self._desktop.data_of(layer)
        return data if shown is None else shown
