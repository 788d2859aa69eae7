"""`SpotLink`: from the rows of a table of points, such as spots, to their places in the image."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari.layers import Layer
from PySide6.QtCore import QObject

from bims_desktop.ui.centring import centre
from bims_desktop.ui.object_mark import ObjectMark
from bims_desktop.ui.outdated import is_outdated
from bims_desktop.ui.table_model import LABEL, TableModel

if TYPE_CHECKING:
    from bims_desktop.app.data import Data
    from bims_desktop.ui import Desktop

_LINKED = "These are points: click a row to go there."
_CHANGED = "The image was changed after these points were found: find them again for those that are there now."
_ALONE = "No layer shows the image of these points; undo brings back one that was removed."
_PIXELS = "px"


class SpotLink(QObject):
    """Brings the point of a row to the middle of the canvas; nothing in the viewer leads back to a row.

    Parameters
    ----------
    desktop : Desktop
        The window.
    source : Data
        The image in which the points were found.
    model : TableModel
        Shows the table.
    mark : ObjectMark
        Frames the point.
    """

    gone = "The image has no such place any more; find the points again."

    def __init__(self, desktop: Desktop, source: Data, model: TableModel, mark: ObjectMark) -> None:
        super().__init__(model)
        self._desktop, self._model, self._source, self._mark = desktop, model, source, mark
        self._layer: Layer | None = None
        self.refresh()

    @property
    def hint(self) -> str:
        """What can be done with a row now."""
        if self._layer is None:
            return _ALONE
        return _CHANGED if self.outdated else _LINKED

    @property
    def outdated(self) -> bool:
        """Whether the image is another one now than that in which the points were found."""
        return is_outdated(self._desktop.session, self._source.version)

    @property
    def layer(self) -> Layer | None:
        """The layer of the image in which the points were found; None where it was removed."""
        return self._layer

    def refresh(self) -> None:
        """Find the layer anew: it may have been replaced or removed."""
        home = self._desktop.session.recorder.home_of(self._source.version)
        self._layer = None if home is None else self._desktop.layer_of(self._desktop.session.data(home.version))

    def release(self) -> None:
        """There is nothing that it listens to."""

    def show(self, row: int) -> bool:
        """Bring the point of `row` to the middle; False where the layer has no such place any more."""
        if self._layer is None:
            return False
        place = self._place(row)
        if len(place) != self._layer.ndim:
            return False
        self._desktop.viewer.layers.selection.active = self._layer
        centre(self._desktop.viewer, self._layer, place)
        self._desktop.notifier.show_info("The point of this row is framed.")
        self._mark.frame(0, 0)
        return True

    def _place(self, row: int) -> list[float]:
        """In pixels of the image: an index where each plane or time was looked at alone, else the centroid."""
        image, columns = self._source.image, self._model.table.columns
        axes = image.axes.removesuffix("S")
        spanned = [axis for axis in axes if axis not in columns]
        return [
            float(self._model.value(row, axis))
            if axis in columns
            else self._pixels(row, f"centroid-{spanned.index(axis)}", image.scale_of(axis))
            for axis in axes
        ]

    def _pixels(self, row: int, column: str, step: float) -> float:
        value = float(self._model.value(row, column))
        return value if self._model.table.units.get(column) == _PIXELS else value / step


def image_of_points(data: Data) -> Data | None:
    """The image in which the points of a table were found; None where `data` is no table of points without labels."""
    session = data.session
    action = session.actions[session.recorder.writers[data.version] - 1]
    read = (session.data(version) for version in action.arguments.values())
    source = next((one for one in read if one.table is None), None)
    if data.table is None or source is None or LABEL in data.table.columns:
        return None
    columns = data.table.columns
    spanned = sum(axis not in columns for axis in source.image.axes.removesuffix("S"))
    found = spanned > 0 and all(f"centroid-{number}" in columns for number in range(spanned))
    return source if found else None
