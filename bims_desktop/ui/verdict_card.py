"""`VerdictCard`: everything that a verification says of one file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from bims_desktop.app.verdicts import Verdicts
from bims_desktop.errors import BimsError
from bims_desktop.ui.signs import VERDICT, Sign
from bims_desktop.ui.theme import GRID, Palette, assign
from bims_desktop.ui.verdict_line import VerdictLine
from bims_desktop.ui.words import breakable, homely, tip, told


def overall(answer: Verdicts | BimsError) -> Sign:
    """The sign of the whole: bad if one verdict is, good if none is bad and the file may be believed."""
    if isinstance(answer, BimsError) or any(verdict.state == "bad" for _, verdict in answer):
        return VERDICT["bad"]
    return VERDICT["good" if answer.good else "unknown"]


class VerdictCard(QFrame):
    """The whole in words on top, six lines below; or why the file could not be read.

    Parameters
    ----------
    path : Path
        Of the file.
    answer : Verdicts or BimsError
        What was found out about it.
    palette : Palette
        Colours.
    keys : mapping of str to str, optional
        Fingerprints of keys, and what to call them.
    better : Path, optional
        A file whose record took the place of this one.

    Signals
    -------
    wanted : Path
        The better file is to be verified.
    """

    wanted = Signal(object)

    def __init__(
        self,
        path: Path,
        answer: Verdicts | BimsError,
        palette: Palette,
        keys: Mapping[str, str] | None = None,
        better: Path | None = None,
    ) -> None:
        super().__init__()
        self._keys = keys
        self.better = QPushButton("Verify the better one", self, autoDefault=False)
        self.better.setVisible(better is not None)
        self.setProperty("role", "card")
        self.lines: dict[str, VerdictLine] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        layout.setSpacing(GRID + GRID // 2)
        layout.addLayout(self._head(path, answer, palette))
        if better is not None:
            self.better.setToolTip(tip(homely(better)))
            self.better.clicked.connect(lambda: self.wanted.emit(better))
            layout.addWidget(self.better, 0, Qt.AlignmentFlag.AlignLeft)
        if isinstance(answer, BimsError):
            todo = QLabel(homely(answer.todo), wordWrap=True)
            todo.setTextFormat(Qt.TextFormat.PlainText)
            layout.addWidget(todo)
        else:
            for name, _ in answer:
                self.lines[name] = VerdictLine(name, answer, palette, keys)
                layout.addWidget(self.lines[name])
        layout.addStretch(1)

    def _head(self, path: Path, answer: Verdicts | BimsError, palette: Palette) -> QHBoxLayout:
        picture, title = QLabel(), QLabel(breakable(path.name), wordWrap=True)
        folder, self.summary = QLabel(breakable(homely(path.parent)), wordWrap=True), QLabel(wordWrap=True)
        said = answer.what if isinstance(answer, BimsError) else told(answer.summary, self._keys)
        self.summary.setText(breakable(homely(said)))
        sign = overall(answer)
        picture.setPixmap(sign.icon(palette).pixmap(32, 32))
        picture.setToolTip(sign.meaning)
        picture.setAccessibleName(sign.word)
        assign(title, "title")
        assign(folder, "quiet")
        self.summary.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column, row = QVBoxLayout(), QHBoxLayout()
        for label in (title, folder, self.summary):
            label.setTextFormat(Qt.TextFormat.PlainText)
            column.addWidget(label)
        row.setSpacing(2 * GRID)
        row.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(column, 1)
        row.setContentsMargins(0, 0, 0, GRID)
        return row
