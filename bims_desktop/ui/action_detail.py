"""`ActionDetail`: one action of the log: its code, what it found, when and how it can be had again."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

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
        self.sentence, self.facts, self.found = (QLabel(wordWrap=True) for _ in range(3))
        assign(self.sentence, "heading")
        assign(self.facts, "quiet")
        self.code = CodeView(palette, name="Code of the selected action")
        self.code.setFixedHeight(GRID * 9)
        self.copy = QPushButton("Copy code")
        self.copy.setToolTip("Copy the code of this action, to run it again from Python.")
        self.copy.clicked.connect(self._copy)
        row = QHBoxLayout()
        row.addWidget(self.found, 1)
        row.addWidget(self.copy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, GRID, 0, 0)
        layout.setSpacing(GRID)
        for widget in (self.sentence, self.facts, self.code):
            layout.addWidget(widget)
        layout.addLayout(row)
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
        package = f" · {action.package}" if action.package else ""
        taken_back = " · undone" if undone else ""
        self.facts.setText(
            f"{sign.glyph} {sign.word} · {action.effect}{taken_back} · {moment(action.started)}{took}{package}"
        )
        self.facts.setToolTip(f"{sign.meaning}\n{exact(action.started)}")
        self.found.setText("\n".join(f"found {name.replace('_', ' ')}: {plain(v)}" for name, v in action.found.items()))
        self.code.setPlainText(action.code)
        self.copy.setEnabled(bool(action.code))

    def restyle(self, palette: Palette) -> None:
        """Take the colours of another theme."""
        self.code.restyle(palette)
        self.copy.setIcon(icon("copy", palette.icon))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.code.toPlainText())
