"""`ActionDetail`: the selected actions of the log: code, what they found, when and how they can be had again."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from bims_desktop.operations.spec import plain
from bims_desktop.provenance.action import Action
from bims_desktop.ui.code_view import CodeView
from bims_desktop.ui.icons import icon
from bims_desktop.ui.picture import fitted
from bims_desktop.ui.signs import STATUS
from bims_desktop.ui.theme import GRID, Palette, assign
from bims_desktop.ui.thumbnails import Thumbnail
from bims_desktop.ui.words import breakable, exact, lasting, moment, several, tip

_SIDE = 7 * GRID
_COPY = "Copy the code of the selected actions, to run it again from Python."
_PEEK = 600
_LINES = 3


class ActionDetail(QWidget):
    """Below the log; hidden while nothing is selected. Its buttons are wired by the dock."""

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sentence, self.facts, self.picture = QLabel(wordWrap=True), QLabel(wordWrap=True), QLabel()
        assign(self.sentence, "heading")
        assign(self.facts, "quiet")
        for label in (self.sentence, self.facts):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            # Else a long file name would widen the dock.
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self.picture.setAccessibleName("Picture of the result")
        self.picture.setToolTip("The middle plane of what this step made.")
        self.code = CodeView(palette, name="Code of the selected action")
        self.code.setLineWrapMode(CodeView.LineWrapMode.WidgetWidth)
        self.code.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.jump = _button("Jump to the layer", "")
        self.copy_text = _button("Copy as text", "Copy the sentences of the selected actions. Ctrl+C")
        self.copy = _button("Copy code", _COPY)
        self._lay_out()
        self.restyle(palette)
        self.hide()

    def show_actions(self, actions: Sequence[Action], undone: Sequence[bool], why: str = "") -> None:
        """Show one action with its facts, or the code of several; `why` the selected layer needs it."""
        self.setVisible(bool(actions))
        if not actions:
            return
        if len(actions) == 1:
            self._show_one(actions[0], undone[0], why)
        else:
            self.sentence.setText(f"{several(len(actions), 'action')} selected")
            self.facts.setText("Copy them as code or as text.")
            self.facts.setToolTip("")
        code = "\n".join(action.code for action in actions if action.code)
        self.code.setFixedHeight(self.code.height_of(_LINES))
        self.code.setPlainText(code)
        self.copy.setEnabled(bool(code))
        self.copy.setToolTip(tip(f"{_COPY}\n{code[:_PEEK]}"))

    def spare(self, short: bool) -> None:
        """Leave the room of the code to the log, or not; it can be copied all the same."""
        self.code.setVisible(not short)

    def show_picture(self, picture: Thumbnail | None) -> None:
        """Show what the action made; None: nothing that has a picture, or it is still drawn."""
        self.picture.setVisible(picture is not None)
        if picture is not None:
            self.picture.setPixmap(fitted(picture.full, QSize(_SIDE, _SIDE), self.devicePixelRatioF()))

    def show_way(self, reachable: bool) -> None:
        """Say whether a layer can be jumped to."""
        self.jump.setEnabled(reachable)
        self.jump.setToolTip(
            "Select the layer that shows the result of this step. Enter"
            if reachable
            else "No layer shows the result of this step: it was undone or removed, or the step made none."
        )

    def restyle(self, palette: Palette) -> None:
        """Take the colours of another theme."""
        self.code.restyle(palette)
        for button, name in ((self.copy, "copy"), (self.copy_text, "text"), (self.jump, "jump")):
            button.setIcon(icon(name, palette.icon))

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(0)
        for button in (self.jump, self.copy_text, self.copy):
            buttons.addWidget(button)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(GRID // 2)
        grid.setColumnStretch(1, 1)
        top = Qt.AlignmentFlag.AlignTop
        grid.addWidget(self.picture, 0, 0, 2, 1, top)
        grid.addWidget(self.sentence, 0, 1)
        grid.addLayout(buttons, 0, 2, top)
        grid.addWidget(self.facts, 1, 1, 1, 2, top)
        grid.addWidget(self.code, 2, 0, 1, 3)

    def _show_one(self, action: Action, undone: bool, why: str) -> None:
        sign = STATUS[action.status]
        self.sentence.setText(breakable(f"{action.number}  {action.sentence}"))
        took = f", took {lasting(action.duration)}" if action.duration else ""
        found = (f"{name.replace('_', ' ')} {plain(value)}" for name, value in action.found.items())
        parts = [f"{sign.glyph} {sign.word}", action.effect, "undone" if undone else "", why, action.package]
        parts += [f"{moment(action.started)}{took}", *found]
        self.facts.setText(" · ".join(part for part in parts if part))
        self.facts.setToolTip(f"{sign.meaning}\n{exact(action.started)}")


def _button(name: str, help: str) -> QToolButton:
    button = QToolButton()
    button.setAccessibleName(name)
    button.setToolTip(help)
    return button
