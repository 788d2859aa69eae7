"""`FoundPage`: the found entries on the left, the selected one on the right, and what can be done with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSplitter, QStackedWidget, QTableView, QVBoxLayout, QWidget

from bims_desktop.ui.ledger.deed_form import DeedForm
from bims_desktop.ui.ledger.found_detail import FoundDetail
from bims_desktop.ui.ledger.found_table import FILE, PLACE, SINCE, STATE, STATEMENT, WHO, FoundTable
from bims_desktop.ui.pane import quiet
from bims_desktop.ui.rows import as_rows
from bims_desktop.ui.theme import GRID, Palette

if TYPE_CHECKING:
    from pathlib import Path

    from bims_desktop.app.harvest import Found
    from bims_desktop.ui.ledger.work import Answer

EMPTY = """The ledger is empty.

Save an image with provenance (Ctrl+Shift+S): its record then stands here, and everything that is said about it."""
_NO_CHOICE = """Select an entry.

Its details then stand here: who, when, what it was made from, and its macro."""
BUTTONS = {
    "attest": ("Attest by replay…", "Run its macro again and give your word for what comes of it."),
    "supersede": ("Supersede…", "Put another record in its place, with a reason."),
    "retract": ("Retract…", "Take it back, with a reason; it stays readable."),
}


class FoundPage(QSplitter):
    """Shows and asks; runs nothing.

    Signals
    -------
    selected : no value
        Another entry is selected, or none.
    chosen : str
        Digest of a record that was picked in the lineage.
    """

    selected = Signal()
    chosen = Signal(str)

    def __init__(self, palette: Palette, keys: Mapping[str, str], parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.model = FoundTable(palette, keys, self)
        self.table, self.empty = QTableView(), quiet(EMPTY, Qt.AlignmentFlag.AlignCenter)
        self.detail, self.no_choice = FoundDetail(palette, keys), quiet(_NO_CHOICE, Qt.AlignmentFlag.AlignCenter)
        self.deed = DeedForm()
        self.deed_buttons = {name: QPushButton(text) for name, (text, _) in BUTTONS.items()}
        self._left, self._right = QStackedWidget(), QStackedWidget()
        self._lay_out()
        self.table.selectionModel().selectionChanged.connect(self._select)
        self.model.modelReset.connect(self._select)
        self.detail.chosen.connect(self.chosen)
        self.restyle(palette)

    @property
    def found(self) -> Found | None:
        """The selected entry."""
        rows = self.table.selectionModel().selectedRows()
        return self.model.rows[rows[0].row()] if rows else None

    @property
    def files(self) -> tuple[Path, ...]:
        """Files by which this computer knows the selected record."""
        return () if self.found is None else self.model.answer.files_of(self.found)

    def show_found(self, answer: Answer, empty: str) -> None:
        """Show another answer; `empty` is what to say where it is empty."""
        found = answer.found
        self.model.show_found(answer)
        self.empty.setText(empty)
        self._left.setCurrentWidget(self.table if found else self.empty)
        self._right.setVisible(bool(found))  # where nothing was found there is nothing to select

    def choose(self, record: str) -> bool:
        """Select the entry of `record`; False where it was not found."""
        row = self.model.row_of(record)
        if row >= 0:
            self.table.selectRow(row)
            self.table.scrollTo(self.model.index(row, STATEMENT))
        return row >= 0

    def ask(self, deed: str) -> None:
        """Ask in place for what `deed` needs."""
        self._deeds.hide()
        self.deed.ask(deed, self.files)

    def restyle(self, palette: Palette) -> None:
        """Take the colours of another theme."""
        self.model.restyle(palette)
        self.detail.restyle(palette)
        self.deed.restyle(palette)

    def _select(self) -> None:
        found = self.found
        self.deed.leave()
        self._right.setCurrentIndex(0 if found is None else 1)
        if found is not None:
            self.detail.show_found(found, self.model.answer)
        self.selected.emit()

    def _lay_out(self) -> None:
        self.table.setModel(self.model)
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # names differ at both ends
        widths = {STATE: 14, FILE: 24, WHO: 17, SINCE: 16, PLACE: 9}
        as_rows(self.table, "Entries of the ledger", stretch=STATEMENT, widths=widths)
        self._left.addWidget(self.table)
        self._left.addWidget(self.empty)
        self._right.addWidget(self.no_choice)
        self.no_choice.setContentsMargins(2 * GRID, 0, 2 * GRID, 0)
        self._right.addWidget(self._side())
        for side in (self._left, self._right):
            self.addWidget(side)
        self.setSizes([GRID * 108, GRID * 54])
        self.setChildrenCollapsible(False)
        self.setHandleWidth(GRID)
        self.setContentsMargins(GRID, GRID, GRID, GRID)

    def _side(self) -> QWidget:
        side, self._deeds = QWidget(), QWidget()
        buttons = QHBoxLayout(self._deeds)
        buttons.setContentsMargins(0, 0, 0, 0)
        buttons.setSpacing(GRID)
        buttons.addStretch(1)
        for name, button in self.deed_buttons.items():
            button.setToolTip(BUTTONS[name][1])
            button.setAutoDefault(False)
            buttons.addWidget(button)
        layout = QVBoxLayout(side)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(self.detail, 1)
        layout.addWidget(self.deed)
        layout.addWidget(self._deeds)
        self.deed.left.connect(self._deeds.show)
        return side
