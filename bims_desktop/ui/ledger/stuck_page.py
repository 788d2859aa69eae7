"""`StuckPage`: conflicts with the consortium, each with what was said, until somebody has dealt with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QStackedWidget, QTableView, QVBoxLayout, QWidget

from bims_desktop.ui.ledger.stuck_table import StuckTable
from bims_desktop.ui.pane import quiet
from bims_desktop.ui.rows import as_rows
from bims_desktop.ui.theme import GRID, Palette
from bims_desktop.ui.words import told

if TYPE_CHECKING:
    from bims_desktop.app.carriage import Stuck

_EMPTY = """Nothing is stuck.

What the consortium does not take stands here with its reason. It stays in this computer's ledger all the same."""
_NO_CONSORTIUM = """This computer's ledger goes to no consortium.

If your laboratory takes part in one, give its files under Ledger › Ledger Settings."""


class StuckPage(QWidget):
    """The list, and the selected reason in full.

    Parameters
    ----------
    palette : Palette
        Colours of signs.
    consortium : bool
        Whether one is configured.

    Signals
    -------
    again : int
        The entry of this index shall be tried again.
    """

    again = Signal(int)

    def __init__(self, palette: Palette, consortium: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = StuckTable(palette, self)
        self.table = QTableView()
        self.empty = quiet(_EMPTY if consortium else _NO_CONSORTIUM, Qt.AlignmentFlag.AlignCenter)
        self.text = QLabel(wordWrap=True, indent=0)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.again_button = QPushButton("Try again")
        self._stack = QStackedWidget()
        self._lay_out()
        self.table.selectionModel().selectionChanged.connect(self._select)
        self.again_button.clicked.connect(self._again)

    def show_stuck(self, stuck: Sequence[Stuck]) -> None:
        """Take the list as it is now."""
        self.model.show_stuck(stuck)
        self._stack.setCurrentIndex(1 if stuck else 0)
        if stuck and not self.table.selectionModel().hasSelection():
            self.table.selectRow(0)

    def restyle(self, palette: Palette) -> None:
        """Take the colours of another theme."""
        self.model.restyle(palette)

    def _lay_out(self) -> None:
        self.table.setModel(self.model)
        as_rows(self.table, "What the consortium did not take", stretch=2, widths={0: 12, 1: 12, 3: 14})
        filled = QWidget()
        self.again_button.setAutoDefault(False)
        self.again_button.setToolTip("Send it once more, after the reason was dealt with.")
        layout = QVBoxLayout(filled)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.text)
        layout.addWidget(self.again_button, 0, Qt.AlignmentFlag.AlignRight)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(GRID, GRID, GRID, GRID)
        whole.addWidget(self._stack)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(filled)

    def _row(self) -> int:
        rows = self.table.selectionModel().selectedRows()
        return rows[0].row() if rows else -1

    def _select(self) -> None:
        row = self._row()
        self.again_button.setEnabled(row >= 0)
        self.text.setText(told(self.model.rows[row].text) if row >= 0 else "")

    def _again(self) -> None:
        if (row := self._row()) >= 0:
            self.again.emit(self.model.rows[row].index)
