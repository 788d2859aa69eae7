"""`TableLink`: between the rows of a table and the objects in the labels that were measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from napari.layers import Labels
from PySide6.QtCore import QObject, Signal

from bims_desktop.ui.centring import centre
from bims_desktop.ui.object_mark import ObjectMark
from bims_desktop.ui.outdated import is_outdated
from bims_desktop.ui.table_model import LABEL, TableModel

if TYPE_CHECKING:
    from bims_desktop.app.data import Data
    from bims_desktop.provenance.action import Action
    from bims_desktop.ui import Desktop

_LINKED = (
    "Select a row to see its object, whose label the brush then paints with; pick an object in the labels layer to find"
    " its row."
)
_OF_OBJECTS = "regionprops_table"
Pixels = npt.NDArray[np.int64]
_UNNAMED = (
    "These rows lead to no object: the column “label” is missing. Tick label among the properties and measure again."
)
_CHANGED = "The labels were changed after they were measured: measure them again for their new numbers."
_ALONE = "No labels layer shows the objects of this table; undo brings back one that was removed."


class TableLink(QObject):
    """Shows the object of a row in the viewer, and hears which object is picked there.

    Signals
    -------
    picked : int
        The row of the object that the person picked in the labels layer.
    """

    picked = Signal(int)
    gone = "This object is no longer in the labels; measure them again."

    def __init__(self, desktop: Desktop, data: Data, model: TableModel, mark: ObjectMark) -> None:
        super().__init__(model)
        self._desktop, self._model, self._mark = desktop, model, mark
        measured = _labels_of(data)
        self._source = measured if LABEL in model.table.columns else None
        self._unnamed = measured is not None and self._source is None and _writer(data).operation == _OF_OBJECTS
        self._layer: Labels | None = None
        self._showing = False
        self.refresh()

    @property
    def hint(self) -> str:
        """What can be done with a row now, or why nothing can; empty where the table is about no objects."""
        if self._source is None:
            return _UNNAMED if self._unnamed else ""
        if self._layer is None:
            return _ALONE
        return _CHANGED if self.outdated else _LINKED

    @property
    def outdated(self) -> bool:
        """Whether the labels are others now than those that were measured."""
        return self._source is not None and is_outdated(self._desktop.session, self._source)

    @property
    def layer(self) -> Labels | None:
        """The labels layer now; None where the table has none, or it was removed."""
        return self._layer

    def refresh(self) -> None:
        """Find the layer anew: it may have been painted on, replaced or removed."""
        found = self._find()
        if found is self._layer:
            return
        self.release()
        self._layer = found
        if found is not None:
            found.events.selected_label.connect(self._hear)

    def release(self) -> None:
        """Listen no more."""
        if self._layer is not None:
            self._layer.events.selected_label.disconnect(self._hear)
            self._layer = None

    def show(self, row: int) -> bool:
        """Select the object of `row` and bring it to the middle; False where it is in the labels no more."""
        if self._layer is None:
            return False
        label = self._model.value(row, LABEL)
        found = self._pixels(row, label)
        self._showing = True
        try:
            self._desktop.viewer.layers.selection.active = self._layer
            self._layer.selected_label = label
        finally:
            self._showing = False
        if found is None:
            return False
        centre(self._desktop.viewer, self._layer, _middle(found))
        self._desktop.notifier.show_info(
            f"Object {label} is framed; the brush paints with its label now, M takes a new one."
        )
        self._mark.frame(*self._extent(found))
        return True

    def _find(self) -> Labels | None:
        session = self._desktop.session
        home = None if self._source is None else session.recorder.home_of(self._source)
        layer = None if home is None else self._desktop.layer_of(session.data(home.version))
        return layer if isinstance(layer, Labels) else None

    def _extent(self, found: Pixels) -> tuple[float, float]:
        """Height and width of the object, as it is shown."""
        assert self._layer is not None
        offset = self._desktop.viewer.dims.ndim - self._layer.ndim
        axes = [axis - offset for axis in self._desktop.viewer.dims.displayed[-2:]]
        height, width = (float(np.ptp(found[:, axis]) + 1) * abs(float(self._layer.scale[axis])) for axis in axes)
        return height, width

    def _pixels(self, row: int, label: int) -> Pixels | None:
        """Places of the object's pixels (n, axes), in the layer's own coordinates; None where it has none."""
        assert self._layer is not None
        whole = self._region(row)
        for window in (self._box(row, whole), whole):
            found = np.argwhere(np.asarray(self._layer.data[window]) == label)
            if len(found):
                corner: Pixels = np.array([part.start or 0 for part in window])
                return corner + found
        return None

    def _region(self, row: int) -> tuple[slice, ...]:
        """Where the object can be: one plane, or one time, where each was measured alone."""
        assert self._layer is not None
        values = [self._index(row, axis) for axis in self._axes()]
        return tuple(slice(None) if value is None else slice(value, value + 1) for value in values)

    def _box(self, row: int, region: tuple[slice, ...]) -> tuple[slice, ...]:
        """The bounding box as it was measured, where it was: much less to read than the whole region."""
        spanned = [place for place, part in enumerate(region) if part == slice(None)]
        names = [f"bbox-{number}" for number in range(2 * len(spanned))]
        if not set(names) <= set(self._model.table.columns):
            return region
        edges = [int(self._model.value(row, name)) for name in names]
        box = list(region)
        for place, low, high in zip(spanned, edges, edges[len(spanned) :], strict=False):
            box[place] = slice(low, high)
        return tuple(box)

    def _axes(self) -> str:
        assert self._layer is not None
        home = self._source
        assert home is not None
        return self._desktop.session.data(home).image.axes

    def _index(self, row: int, axis: str) -> int | None:
        return int(self._model.value(row, axis)) if axis in self._model.table.columns else None

    def _hear(self, event: Any = None) -> None:
        if self._showing or self._layer is None:
            return
        wanted = {LABEL: int(self._layer.selected_label), **self._indices()}
        if (row := self._model.row_of(wanted)) >= 0:
            self.picked.emit(row)

    def _indices(self) -> dict[str, int]:
        """Which plane the viewer shows, along the axes that the table tells apart."""
        dims, axes = self._desktop.viewer.dims, self._axes()
        offset = dims.ndim - len(axes)
        columns = self._model.table.columns
        return {axis: dims.current_step[offset + place] for place, axis in enumerate(axes) if axis in columns}


def _middle(found: Pixels) -> tuple[float, ...]:
    """The pixel of an object that is nearest to the mean of them all: in a ring, that is none of the object."""
    nearest = found[np.argmin(((found - found.mean(axis=0)) ** 2).sum(axis=1))]
    return tuple(map(float, nearest))


def _labels_of(data: Data) -> int | None:
    """Version of the labels that a table was measured in."""
    session = data.session
    images = (version for version in _writer(data).arguments.values() if session.data(version).table is None)
    return next((version for version in images if session.data(version).image.kind == "labels"), None)


def _writer(data: Data) -> Action:
    """What made a table."""
    return data.session.actions[data.session.recorder.writers[data.version] - 1]
