"""`VerdictTable`: many verified files, one row each, one column a verdict."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QTableWidget, QTableWidgetItem, QWidget

from bims_desktop.app.verdicts import Verdicts
from bims_desktop.errors import BimsError
from bims_desktop.ui.rows import as_rows
from bims_desktop.ui.signs import VERDICT, Sign
from bims_desktop.ui.theme import Palette
from bims_desktop.ui.verdict_card import overall
from bims_desktop.ui.verdict_line import QUESTIONS
from bims_desktop.ui.words import homely, tip, told

HEADINGS = ("Content", *(name.capitalize() for name in QUESTIONS if name != "pixels"))
"""Images, tables and pictures stand below each other: the first verdict is about what each of them holds."""


class VerdictTable(QTableWidget):
    """Rows in the order of checking; selecting one shows its card."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, len(HEADINGS) + 2, parent)
        self.setHorizontalHeaderLabels(["File", *HEADINGS, "In words"])
        questions = QUESTIONS | {"pixels": "Are these the pixels, or the values of the table, that were saved?"}
        for column, question in enumerate(questions.values(), 1):
            header = self.horizontalHeaderItem(column)
            assert header is not None
            header.setToolTip(question)
        columns = range(1, len(HEADINGS) + 1)
        as_rows(self, "Verified files", stretch=len(HEADINGS) + 1, widths={0: 28} | dict.fromkeys(columns, 12))

    def add(self, path: Path, answer: Verdicts | BimsError, palette: Palette) -> None:
        """A row for `path`."""
        self.insertRow(self.rowCount())
        self.put(self.rowCount() - 1, path, answer, palette)

    def put(self, row: int, path: Path, answer: Verdicts | BimsError, palette: Palette) -> None:
        """What was found out about `path`, in place of what stood in `row`."""
        for column in range(self.columnCount()):
            self.takeItem(row, column)
        self._put(row, 0, path.name, str(path), overall(answer), palette)
        if isinstance(answer, BimsError):
            self._put(row, len(HEADINGS) + 1, str(answer), str(answer), None, palette)
            return
        for column, (_, verdict) in enumerate(answer, 1):
            sign = VERDICT[verdict.state]
            self._put(row, column, sign.word, told(verdict.text), sign, palette)
        words = told(answer.summary)
        self._put(row, len(HEADINGS) + 1, words, words, None, palette)

    def _put(self, row: int, column: int, text: str, more: str, sign: Sign | None, palette: Palette) -> None:
        item = QTableWidgetItem(homely(text))
        item.setToolTip(tip(homely(more)))
        if sign is not None:
            item.setIcon(sign.icon(palette))
        self.setItem(row, column, item)
