"""`Question`: asked where the answer cannot wait; a sentence, what follows from it, and a button for each answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from bims_desktop.ui.mnemonics import give_mnemonics
from bims_desktop.ui.pane import quiet
from bims_desktop.ui.theme import GRID, assign, dress

if TYPE_CHECKING:
    from bims_desktop.ui import Desktop


class Answer(NamedTuple):
    """A button: its words, what they mean, and what is done."""

    text: str
    help: str
    act: Callable[[], None]


class Question(QDialog):
    """Blocks its window, never the program; Escape cancels.

    Parameters
    ----------
    desktop : Desktop
        The window.
    title, text, detail : str
        The heading of the dialog, the question, and what the person should know.
    answers : sequence of Answer
        The last one is the default.
    middle : QWidget, optional
        Stands between question and detail.
    """

    def __init__(
        self,
        desktop: Desktop,
        title: str,
        text: str,
        detail: str,
        answers: Sequence[Answer],
        middle: QWidget | None = None,
    ) -> None:
        super().__init__(desktop.main_window)
        self._viewer = desktop.viewer
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._restyle()
        self._viewer.events.theme.connect(self._restyle)
        self.finished.connect(lambda: self._viewer.events.theme.disconnect(self._restyle))
        self.text = QLabel(text, wordWrap=True, indent=0)
        assign(self.text, "heading")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        layout.setSpacing(GRID)
        for widget in (self.text, middle, quiet(detail)):
            if widget is not None:
                layout.addWidget(widget)
        layout.addStretch(1)
        self._row = QHBoxLayout()
        self._row.setSpacing(GRID)
        self._row.addStretch(1)
        self.buttons = [self._button(Answer("Cancel", "Go on working. Esc", lambda: None))]
        self.buttons += [self._button(answer) for answer in answers]
        assign(self.buttons[-1], "primary")
        self.buttons[-1].setDefault(True)
        layout.addLayout(self._row)
        self.setMinimumWidth(GRID * 64)
        give_mnemonics(self)

    def answer(self, place: int) -> None:
        """Press a button: 0 cancels, the others are the answers in their order."""
        self.buttons[place].click()

    def _restyle(self) -> None:
        dress(self, self._viewer)

    def _button(self, answer: Answer) -> QPushButton:
        button = QPushButton(answer.text, autoDefault=False)
        button.setToolTip(answer.help)

        def press() -> None:
            self.accept()
            answer.act()

        button.clicked.connect(press)
        self._row.addWidget(button)
        return button
