"""`VerdictLine`: one answer of a verification: sign, verdict, one sentence of why, and its details on demand."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from bims_desktop.app.verdicts import Verdict, Verdicts
from bims_desktop.ui.elided import Elided
from bims_desktop.ui.icons import icon
from bims_desktop.ui.signs import VERDICT, Sign
from bims_desktop.ui.theme import GRID, Palette, assign
from bims_desktop.ui.words import homely, tip, told

QUESTIONS = {
    "pixels": "Are these the pixels that were saved?",
    "macro": "Is the macro the one that was recorded?",
    "signature": "Who signed the record, and does the signature hold?",
    "ledger": "Is the record in a ledger, which one, since when?",
    "lineage": "Can every pixel be traced back to raw files?",
    "reproduced": "Has somebody made the same pixels again?",
}
_OF_TABLES = {
    "pixels": "Are these the values that were saved?",
    "lineage": "Can every value be traced back to raw files?",
    "reproduced": "Has somebody made the same values again?",
}
_OF_PICTURES = {"pixels": "Which recorded images was this picture made from?"}
_OF_KINDS = {"image": QUESTIONS, "table": QUESTIONS | _OF_TABLES, "picture": QUESTIONS | _OF_PICTURES}


class VerdictLine(QWidget):
    """Opens and closes by its arrow, by a click on the line, or by Space."""

    def __init__(self, name: str, answers: Verdicts, palette: Palette, keys: Mapping[str, str] | None = None) -> None:
        super().__init__()
        verdict: Verdict = getattr(answers, name)
        title, question = answers.title(name).capitalize(), _OF_KINDS[answers.kind][name]
        self.setProperty("role", "bare")
        self._palette = palette
        self.arrow, self.details = QToolButton(), _details(verdict.details)
        self.text = QLabel(_breakable(homely(told(verdict.text, keys))), wordWrap=True)
        self._set_arrow(title, verdict)
        row = QHBoxLayout()
        row.setSpacing(GRID)
        for label in _labels(title, question, VERDICT[verdict.state], palette):
            row.addWidget(label, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.text, 1)
        row.addWidget(self.arrow, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(row)
        layout.addWidget(self.details)
        self.text.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.text.setIndent(0)  # else Qt indents from the top as much as from the left
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setToolTip(tip(homely(verdict.text)))
        self.open(False)

    def _set_arrow(self, title: str, verdict: Verdict) -> None:
        self.arrow.setCheckable(True)
        # No higher than a line of text, so that all of the row stands on one base line.
        self.arrow.setFixedSize(18, 18)
        self.arrow.setEnabled(bool(verdict.details))
        self.arrow.setToolTip("Show details" if verdict.details else "There are no details.")
        self.arrow.setAccessibleName(f"Details of {title}: {VERDICT[verdict.state].word}. {homely(verdict.text)}")
        self.arrow.toggled.connect(self.open)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click anywhere on the line opens and closes it."""
        inside = self.details.isVisible() and self.details.geometry().contains(event.position().toPoint())
        if self.arrow.isEnabled() and not inside:
            self.open(not self.arrow.isChecked())

    def open(self, shown: bool) -> None:
        """Show or hide the details."""
        self.arrow.setChecked(shown)
        self.arrow.setIcon(icon("opened" if shown else "closed", self._palette.icon))
        self.details.setVisible(shown)


def _labels(name: str, question: str, sign: Sign, palette: Palette) -> tuple[QLabel, QLabel, QLabel]:
    """Sign, what was asked, and the verdict in one word."""
    picture, title, word = QLabel(), QLabel(name), QLabel(sign.word)
    picture.setPixmap(sign.icon(palette).pixmap(16, 16))
    assign(title, "heading")
    assign(word, sign.role)
    title.setToolTip(question)
    word.setToolTip(sign.meaning)
    title.setFixedWidth(GRID * 13)
    word.setFixedWidth(GRID * 9)
    return picture, title, word


def _details(details: Mapping[str, str]) -> QWidget:
    """Names and values that can be selected and copied."""
    box = QWidget()
    box.setProperty("role", "bare")
    grid = QGridLayout(box)
    grid.setContentsMargins(GRID * 25 + 16, 0, GRID * 4, GRID)
    grid.setHorizontalSpacing(2 * GRID)
    grid.setColumnStretch(1, 1)
    for row, (name, value) in enumerate(details.items()):
        title, text = Elided(name), QLabel(_breakable(homely(value)), wordWrap=True)
        text.setTextFormat(Qt.TextFormat.PlainText)
        text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        assign(title, "quiet")
        assign(text, "code")
        grid.addWidget(title, row, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(text, row, 1)
    return box


def _breakable(value: str, every: int = 32) -> str:
    """`value` with places where a long word may break: a fingerprint of 64 letters has none of its own."""
    return " ".join(
        "\u200b".join(word[start : start + every] for start in range(0, len(word), every)) for word in value.split(" ")
    )
