"""`ActionDetail`: one action of the log: its code, what it found, when and how it can be had again."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout, QLabel, QToolButton, QWidget

from bims_desktop.operations.spec import plain
from bims_desktop.provenance.action import Action
from bims_desktop.ui.code_view import CodeView
from bims_desktop.ui.icons import icon
from bims_desktop.ui.signs import STATUS
from bims_desktop.ui.theme import GRID, Palette, assign
from bims_desktop.ui.words import exact, lasting, moment


class ActionDetail(QWidget):
    """Below the log; hidden while nothing is selected."""

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sentence, self.facts = QLabel(wordWrap=True), QLabel(wordWrap=True)
        assign(self.sentence, "heading")
        assign(self.facts, "quiet")
        for label in (self.sentence, self.facts):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.code = CodeView(palette, name="Code of the selected action")
        self.code.setLineWrapMode(CodeView.LineWrapMode.WidgetWidth)
        self.code.setFixedHeight(GRID * 8)
        self.copy = QToolButton()
        self.copy.setToolTip("Copy the code of this action, to run it again from Python.")
        self.copy.setAccessibleName("Copy code")
        self.copy.clicked.connect(self._copy)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(GRID // 2)
        grid.setColumnStretch(0, 1)
        grid.addWidget(self.sentence, 0, 0)
        grid.addWidget(self.copy, 0, 1, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self.facts, 1, 0, 1, 2)
        grid.addWidget(self.code, 2, 0, 1, 2)
        self.restyle(palette)
        self.hide()

    def show_action(self, action: Action | None, undone: bool = False) -> None:
        """Show `action`, or nothing."""
        self.setVisible(action is not None)
        if action is None:
            return
        sign = STATUS[action.status]
        self.sentence.setText(f"{action.number}  {action.sentence}")
        took = f", took {lasting(action.duration)}" if action.duration else ""
        found = (f"{name.replace('_', ' ')} {plain(value)}" for name, value in action.found.items())
        parts = [f"{sign.glyph} {sign.word}", action.effect, "undone" if undone else "", action.package]
        parts += [f"{moment(action.started)}{took}", *found]
        self.facts.setText(" · ".join(part for part in parts if part))
        self.facts.setToolTip(f"{sign.meaning}\n{exact(action.started)}")
        self.code.setPlainText(action.code)
        self.copy.setEnabled(bool(action.code))

    def restyle(self, palette: Palette) -> None:
        """Take the colours of another theme."""
        self.code.restyle(palette)
        self.copy.setIcon(icon("copy", palette.icon))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.code.toPlainText())
