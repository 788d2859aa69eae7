"""`CheckList`: what a test found, one line each, as it comes in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QVBoxLayout, QWidget

from bims_desktop.ui.pane import quiet
from bims_desktop.ui.signs import VERDICT
from bims_desktop.ui.theme import GRID, Palette, assign
from bims_desktop.ui.words import told

if TYPE_CHECKING:
    from bims_desktop.app.consortium import Check


class CheckList(QFrame):
    """Sign, name, word and sentence of each check; before the first, how to begin.

    Parameters
    ----------
    palette : Palette
        Colours of signs.
    empty : str
        What an empty list says.
    """

    def __init__(self, palette: Palette, empty: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self._palette = palette
        self.checks: list[Check] = []
        self.empty = quiet(empty)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(GRID + GRID // 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        layout.addWidget(self.empty)
        layout.addLayout(self._lines)
        layout.addStretch(1)

    def add(self, check: Check) -> None:
        """One more line."""
        self.checks.append(check)
        self.empty.hide()
        self._lines.addWidget(_line(check, self._palette))

    def clear(self) -> None:
        """No line, as before the first test."""
        self.checks.clear()
        while item := self._lines.takeAt(0):
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.empty.show()

    def restyle(self, palette: Palette) -> None:
        """Take the colours of another theme."""
        self._palette = palette
        checks = list(self.checks)
        self.clear()
        for check in checks:
            self.add(check)


def _line(check: Check, palette: Palette) -> QWidget:
    sign, line = VERDICT[check.state], QWidget()
    line.setProperty("role", "bare")
    line.setAccessibleName(f"{check.name}: {sign.word}. {check.text}")
    picture, title, word = QLabel(), QLabel(check.name), QLabel(sign.word)
    text = QLabel(told(check.text), wordWrap=True)
    picture.setPixmap(sign.icon(palette).pixmap(16, 16))
    word.setToolTip(sign.meaning)
    assign(title, "heading")
    assign(word, sign.role)
    for label in (title, text):
        label.setTextFormat(Qt.TextFormat.PlainText)
    text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    grid = QGridLayout(line)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(GRID)
    grid.setVerticalSpacing(GRID // 4)
    grid.setColumnStretch(1, 1)
    grid.addWidget(picture, 0, 0)
    grid.addWidget(title, 0, 1)
    grid.addWidget(word, 0, 2)
    grid.addWidget(text, 1, 1, 1, 2)
    return line
