"""`Notice`: one line that says, where it happened, what happened and what to do."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from bims_desktop.errors import BimsError
from bims_desktop.ui.icons import icon
from bims_desktop.ui.keys import press_focused
from bims_desktop.ui.theme import GRID, Palette, assign
from bims_desktop.ui.words import homely

_ROLES = {"bad": ("alarm", "bad"), "unknown": ("notice", "warning"), "good": ("done", "good")}


class Notice(QFrame):
    """A coloured line with a sign, hidden while there is nothing to say.

    Its optional button answers the one question that the line asks (`ask`).
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette: Palette | None = None
        self._sign = QLabel()
        self._text = QLabel(wordWrap=True, indent=0)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.answer = QPushButton(autoDefault=False)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(GRID, GRID, GRID, GRID)
        layout.setSpacing(GRID)
        layout.addWidget(self._sign)
        layout.addWidget(self._text, 1)
        layout.addWidget(self.answer)
        self._state = "unknown"
        self.clear()

    @property
    def text(self) -> str:
        """What it says now; empty while hidden."""
        return self._text.text()

    def follow(self, palette: Palette) -> None:
        """Draw the sign in the colours of `palette`."""
        self._palette = palette
        self._draw()

    def clear(self) -> None:
        """Say nothing and take no room."""
        self._text.setText("")
        self.answer.hide()
        self.hide()

    def keep_room(self) -> None:
        """Hold the room of one line and its button while there is nothing to say, so that nothing around it moves."""
        policy = self.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.setSizePolicy(policy)
        self.ask(" ", " ")
        for widget in (self, self.answer):
            widget.ensurePolished()  # their borders count, before they were ever seen
        self.setMinimumHeight(self.minimumSizeHint().height())
        self.clear()

    def say(self, text: str, state: str = "unknown") -> None:
        """Show `text`; `state` is good, unknown (mind this) or bad."""
        self._state = state
        self._text.setText(text)
        self.setAccessibleName(text)
        self.answer.hide()
        assign(self, _ROLES[state][0])
        self._draw()
        self.show()

    def fail(self, error: BimsError, way_out: str = "") -> None:
        """Show what happened and what to do; the button is called `way_out`, where there is one."""
        text = homely(f"{error.what}\n{error.todo}".strip())
        if way_out:
            self.ask(text, way_out, "bad")
        else:
            self.say(text, "bad")

    def ask(self, text: str, answer: str, state: str = "unknown") -> None:
        """Show a question, or news, with one button."""
        self.say(text, state)
        self.answer.setText(answer)
        self.answer.setAccessibleName(answer)
        self.answer.setToolTip(text)
        self.answer.show()

    def add(self, text: str, help: str, *, behind: bool = False) -> QPushButton:
        """One more button, before the one that answers or `behind` all: the way out always comes last."""
        button = QPushButton(text, autoDefault=False)
        button.setToolTip(help)
        layout = self.layout()
        assert isinstance(layout, QHBoxLayout)
        layout.insertWidget(-1 if behind else layout.indexOf(self.answer), button)
        return button

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter answers with the button that has the focus."""
        if not press_focused(self, event):
            super().keyPressEvent(event)

    def _draw(self) -> None:
        if self._palette is not None:
            drawn = icon(_ROLES[self._state][1], getattr(self._palette, self._state))
            self._sign.setPixmap(drawn.pixmap(16, 16))
