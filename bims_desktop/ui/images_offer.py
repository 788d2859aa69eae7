"""`ImagesOffer`: a line above the image after a file of several images was opened: leave them, or open some more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QItemSelectionModel, QSize, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QListWidgetItem

from bims_desktop.app.inputs import Input
from bims_desktop.errors import FileError
from bims_desktop.files.readers import Series, read, series_of
from bims_desktop.operations.running import tick
from bims_desktop.ui.picture import Array, drawn, pixmap_of
from bims_desktop.ui.theme import GRID
from bims_desktop.ui.unfolding import Unfolding
from bims_desktop.ui.words import several

if TYPE_CHECKING:
    from bims_desktop.ui import Desktop

_SIDE = 5 * GRID
_MOST_PICTURES = 48
_CHEAP = 64 << 20
"""Bytes that are decoded for one picture."""

Choice = tuple[Path, Series]


class ImagesOffer(Unfolding):
    """The other images of the files that were opened, with names, sizes and small pictures.

    Parameters
    ----------
    desktop : Desktop
        The window.
    others : sequence of (Path, Series)
        What is not open yet.
    """

    def __init__(self, desktop: Desktop, others: Sequence[Choice]) -> None:
        super().__init__(desktop, "Images in the file")
        self._others = tuple(others)
        files = {path for path, _ in others}
        where = next(iter(files)).name if len(files) == 1 else several(len(files), "file")
        self.notice.ask(
            f"There is more in {where}: {several(len(others), 'image')} not open yet.",
            "Leave them" if others[1:] else "Leave it",
            "good",
        )
        self.choose = self.notice.add("Choose…", "Show their names, sizes and small pictures.")
        self.choose.clicked.connect(self._unfold)
        self.take = self.notice.add("Open selected", "Open the selected ones, each as a layer. Enter")
        self.take.clicked.connect(self._open)
        self.take.hide()
        self._fill(len(files) > 1)

    def show_pictures(self, pictures: dict[int, Array]) -> None:
        """Put a small picture before the rows that have one."""
        for row, picture in pictures.items():
            pixmap = pixmap_of(_square(picture))
            shown = QIcon(pixmap)
            shown.addPixmap(pixmap, QIcon.Mode.Selected)
            self.rows.item(row).setIcon(shown)

    def _fill(self, named: bool) -> None:
        self.rows.setIconSize(QSize(_SIDE, _SIDE))
        self.rows.setSelectionMode(self.rows.SelectionMode.ExtendedSelection)
        for path, series in self._others:
            item = QListWidgetItem(f"{path.name}, {series.label}" if named else series.label, self.rows)
            item.setSizeHint(QSize(0, _SIDE + GRID // 2))
        self.rows.itemSelectionChanged.connect(self._settle)
        self.rows.itemActivated.connect(self._activate)
        self._settle()

    def _settle(self) -> None:
        count = len(self.rows.selectedItems())
        self.take.setEnabled(bool(count))
        self.take.setText(f"Open {several(count, 'image')}" if count else "Open selected")

    def _unfold(self) -> None:
        self.choose.hide()
        self.take.show()
        self.unfold()
        # For the keys to begin at; nothing is chosen by that.
        self.rows.setCurrentRow(0, QItemSelectionModel.SelectionFlag.NoUpdate)
        self.rows.setFocus(Qt.FocusReason.OtherFocusReason)
        others = self._others
        self.desktop.jobs.start("Pictures of images", lambda: dict(_pictures(others)), self.show_pictures, silent=True)

    def _activate(self, item: QListWidgetItem) -> None:
        """Enter opens what is selected, or else the row where it is."""
        if not self.rows.selectedItems():
            item.setSelected(True)
        self._open()

    def _open(self) -> None:
        rows = sorted(index.row() for index in self.rows.selectedIndexes())
        chosen = [(self._others[row][0], self._others[row][1].number) for row in rows]
        self.leave()
        self.desktop.open_images(chosen)


def others_in(opened: Sequence[Input]) -> tuple[Choice, ...]:
    """The images of these files that are not open; nothing is decoded."""
    known = {(source.path, source.series) for source in opened}
    files = dict.fromkeys(source.path for source in opened if source.count > 1 and source.origin is None)
    found: list[Choice] = []
    for path in files:
        with suppress(FileError):  # it went away since it was opened
            found += ((path, series) for series in series_of(path) if (path, series.number) not in known)
    return tuple(found)


def offer_images(desktop: Desktop, opened: Sequence[Input]) -> None:
    """Ask in a line above the image, where the files of `opened` hold more images than those that are open."""
    if any(source.count > 1 for source in opened):
        every = tuple(desktop.session.inputs.values())
        names = {source.path for source in opened}
        known = [source for source in every if source.path in names]
        desktop.jobs.start("Listing images", lambda: others_in(known), lambda found: _show(desktop, found), silent=True)


def _show(desktop: Desktop, others: tuple[Choice, ...]) -> None:
    for old in desktop.main_window.findChildren(ImagesOffer):
        old.leave()
    if others:
        ImagesOffer(desktop, others).put_above()


def _pictures(others: Sequence[Choice]) -> Iterator[tuple[int, Array]]:
    for row, (path, series) in enumerate(others[:_MOST_PICTURES]):
        tick(row / len(others))
        if prod(series.shape) * np.dtype(series.dtype).itemsize <= _CHEAP:
            with suppress(FileError):  # a damaged one has no picture; opening it says what is wrong
                yield row, drawn(read(path, series=series.number).image, 2 * _SIDE)


def _square(picture: Array) -> Array:
    """The picture in the middle of a black square, so that all names begin at one place."""
    side = max(picture.shape[:2])
    result = np.zeros((side, side, 3), np.uint8)
    top, left = ((side - size) // 2 for size in picture.shape[:2])
    result[top : top + picture.shape[0], left : left + picture.shape[1]] = picture
    return result
