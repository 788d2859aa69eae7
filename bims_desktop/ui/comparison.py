"""`Comparison`: saved pixels, replayed pixels, and where they differ, as three small pictures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from bims_desktop.model.image import Image
from bims_desktop.ui.picture import Array, Picture, drawn, grey, plane_of
from bims_desktop.ui.theme import GRID, assign


@dataclass(frozen=True, slots=True)
class Pictures:
    """Planes as RGB bytes, ready to draw, and what to say of the difference."""

    before: Array | None
    after: Array
    difference: Array | None
    words: str


def pictures(before: Image | None, after: Image) -> Pictures:
    """The middle plane of both images, and of their difference where they can be compared.

    Parameters
    ----------
    before, after : Image
        Saved and replayed pixels.
    """
    shown = drawn(after)
    if before is None:
        return Pictures(None, shown, None, "There are no saved pixels to compare with.")
    if before.shape != after.shape:
        return Pictures(drawn(before), shown, None, f"The sizes differ: {_told(before)} and {_told(after)}.")
    differs: Array = np.not_equal(before.array(), after.array())
    plane: Array = plane_of(differs, after.axes)
    difference = grey(np.max(plane, axis=-1) if after.kind == "rgb" else plane)
    return Pictures(drawn(before), shown, difference, _counted(before, after, differs))


class Comparison(QWidget):
    """Three pictures side by side; hidden until there is a result."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(GRID)
        self._frames = []
        for column, title in enumerate(("before (saved)", "after (now)", "difference")):
            heading, frame = QLabel(title, indent=0), Picture(title)
            assign(heading, "quiet")
            grid.addWidget(heading, 0, column)
            grid.addWidget(frame, 1, column)
            grid.setColumnStretch(column, 1)
            self._frames.append(frame)
        self.words = QLabel(wordWrap=True, indent=0)
        grid.addWidget(self.words, 2, 0, 1, 3)
        self.hide()

    def show_pictures(self, pictures: Pictures) -> None:
        """Draw all three."""
        for frame, array in zip(self._frames, (pictures.before, pictures.after, pictures.difference), strict=True):
            frame.take(array)
        self.words.setText(pictures.words)
        self.show()


def _counted(before: Image, after: Image, differs: Array) -> str:
    count = int(np.count_nonzero(differs))
    if not count:
        return "No pixel differs."
    words = f"{count:,} of {differs.size:,} values differ."
    return f"{words} {_beyond_numbers(before, after, count)}" if before.kind == after.kind == "labels" else words


def _beyond_numbers(before: Image, after: Image, count: int) -> str:
    """Whether labels that differ in `count` pixels lie elsewhere, or are only counted in another order."""
    old, new = before.array(), after.array()
    moved = int(np.count_nonzero((old != 0) != (new != 0)))
    if moved:
        others = "; in the others objects have other numbers." if moved < count else "."
        return f"Object and background differ in {moved:,} of them{others}"
    inside = old != 0
    if _renumbered(old[inside], new[inside]):
        return "The areas of all objects are the same: only their numbers differ."
    return "All objects together cover the same pixels, but are parted otherwise."


def _renumbered(old: Array, new: Array) -> bool:
    """Whether each number of `old` stands for one number of `new`, and for no other's."""
    numbers, first, places = np.unique(old, return_index=True, return_inverse=True)
    partners = new[first]
    return np.array_equal(partners[places], new) and len(np.unique(partners)) == len(numbers)


def _told(image: Image) -> str:
    return " × ".join(f"{length} {axis}" for axis, length in zip(image.axes, image.shape, strict=True))
