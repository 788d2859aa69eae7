"""`SeriesOffer`: a line above the image after several files were opened: leave them, or make one series of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from bims_desktop.app.series import alike, join
from bims_desktop.errors import BimsError
from bims_desktop.ui.notice import Notice
from bims_desktop.ui.offer import put_above, take_away
from bims_desktop.ui.theme import GRID, dress
from bims_desktop.ui.words import several

if TYPE_CHECKING:
    from bims_desktop.app.data import Data
    from bims_desktop.ui import Desktop

_AXES = {"T": "times", "Z": "depths"}


class SeriesOffer(Notice):
    """Two or three buttons, one click, gone.

    Parameters
    ----------
    desktop : Desktop
        The window.
    images : sequence of Data
        What was opened, in the order of its names.
    """

    def __init__(self, desktop: Desktop, images: Sequence[Data]) -> None:
        super().__init__()
        self._desktop, self._images = desktop, tuple(images)
        self.setMaximumHeight(6 * GRID)
        self._restyle()
        desktop.viewer.events.theme.connect(self._restyle)
        first, *others = (axis for axis in _AXES if alike(images, axis))
        opened = f"Opened {several(len(images), 'file')} of one size, in the order of their names."
        self.ask(opened, _title(first), "good")
        self.buttons = {first: self.answer} | {axis: self.add(_title(axis), "", behind=True) for axis in others}
        for axis, button in self.buttons.items():
            button.setToolTip(f"Join them along {axis}; every file stays an input of what comes of it.")
            button.clicked.connect(lambda _, axis=axis: self._join(axis))
        self.apart = self.add("Leave them", "Each file stays a layer of its own.", behind=True)
        self.apart.clicked.connect(self.leave)

    def leave(self) -> None:
        """Take the line away."""
        self._desktop.viewer.events.theme.disconnect(self._restyle)
        take_away(self._desktop, self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves them."""
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)

    def _join(self, axis: str) -> None:
        session, images = self._desktop.session, self._images
        for button in self.buttons.values():
            button.setEnabled(False)
        title = f"Joining {several(len(images), 'file')} along {axis}"
        self._desktop.jobs.start(title, lambda: join(session, images, axis), self._joined, self._failed)

    def _joined(self, data: Data) -> None:
        self._desktop.viewer.layers.selection.active = self._desktop.layer_of(data)
        self.leave()

    def _failed(self, error: BaseException) -> None:
        if not isinstance(error, BimsError):
            raise error
        self.fail(error)

    def _restyle(self) -> None:
        self.follow(dress(self, self._desktop.viewer))


def _title(axis: str) -> str:
    return f"One series of {_AXES[axis]} ({axis})"


def offer_series(desktop: Desktop, images: Sequence[Data]) -> SeriesOffer | None:
    """Ask in a line above the image, where `images` can become one series."""
    if not any(alike(images, axis) for axis in _AXES):
        return None
    for old in desktop.main_window.findChildren(SeriesOffer):
        old.leave()
    bar = SeriesOffer(desktop, images)
    put_above(desktop, bar, "Series")
    return bar
