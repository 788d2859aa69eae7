"""`Thumbnails`: a small picture of what each step made, drawn beside the window and kept for a while."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize, QTimer, Signal
from PySide6.QtGui import QPixmap

from bims_desktop.app.data import Data
from bims_desktop.model.image import Image
from bims_desktop.operations.running import tick
from bims_desktop.provenance.action import Action
from bims_desktop.ui.picture import Array, drawn, fitted, pixmap_of

if TYPE_CHECKING:
    from bims_desktop.ui import Desktop

SIDE = 112
ROW = 28
_KEPT = 256
_BATCH = 24
_PAUSE_MS = 60


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """One picture, for a row of the log and for its details."""

    row: QPixmap
    full: QPixmap

    @classmethod
    def of(cls, picture: QPixmap, ratio: float) -> Thumbnail:
        """Both sizes of `picture`, for a screen of `ratio` pixels a point."""
        return cls(fitted(picture, QSize(ROW, ROW), ratio), picture)


class Thumbnails(QObject):
    """Pictures by version; what was asked for last is drawn first, and what was long not looked at is dropped.

    Signals
    -------
    arrived : int
        The picture of that version is there now.
    """

    arrived = Signal(int)

    def __init__(self, desktop: Desktop, parent: QObject) -> None:
        super().__init__(parent)
        self._desktop = desktop
        self._pictures: OrderedDict[int, Thumbnail | None] = OrderedDict()
        self._wanted: dict[int, None] = {}
        self._busy = False
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._start)

    def of(self, action: Action) -> Thumbnail | None:
        """The picture of what `action` made; None where there is none, or where it is still drawn."""
        if not action.writes:
            return None
        version = action.writes[0]
        if version in self._pictures:
            self._pictures.move_to_end(version)
            return self._pictures[version]
        self._wanted.pop(version, None)
        self._wanted[version] = None
        if not self._busy and not self._pause.isActive():
            self._pause.start()
        return None

    def _start(self) -> None:
        versions = list(reversed(self._wanted))[:_BATCH]
        self._wanted.clear()
        session = self._desktop.session
        known = [session.data(version) for version in versions if version in session.recorder.versions]
        if known:
            self._busy = True
            job = self._desktop.jobs.start("Pictures of steps", lambda: _drawn(known), self._take, silent=True)
            job.ended.connect(self._go_on)

    def _take(self, pictures: dict[int, Array | None]) -> None:
        ratio = self._desktop.main_window.devicePixelRatioF()
        for version, picture in pictures.items():
            self._pictures[version] = None if picture is None else Thumbnail.of(pixmap_of(picture), ratio)
            self.arrived.emit(version)
        while len(self._pictures) > _KEPT:
            self._pictures.popitem(last=False)

    def _go_on(self) -> None:
        self._busy = False
        if self._wanted:
            self._pause.start()


def _drawn(versions: list[Data]) -> dict[int, Array | None]:
    made: dict[int, Array | None] = {}
    for number, data in enumerate(versions):
        tick(number / len(versions))
        made[data.version] = _picture(data)
    return made


def _picture(data: Data) -> Array | None:
    """None of a table, and of pixels that stood in a file which went away."""
    try:
        value = data.value
        return drawn(value, SIDE) if isinstance(value, Image) else None
    except OSError:
        return None
