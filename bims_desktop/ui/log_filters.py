"""`LogFilters`: which actions the log shows, and what is made of them: the row above the table."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QMenu, QToolButton, QWidget

from bims_desktop.ui.clear_button import let_clear
from bims_desktop.ui.icons import icon
from bims_desktop.ui.theme import GRID, Palette
from bims_desktop.ui.words import several

ALL, LAYER = range(2)
FORMATS = {".py": "Python", ".md": "Markdown", ".csv": "CSV, for a spreadsheet"}


class LogFilters(QWidget):
    """Scope, search, display steps, export.

    Signals
    -------
    changed : no value
        Other actions are to be shown.
    export : str
        The person wants a file of this suffix.
    """

    changed = Signal()
    export = Signal(str)

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self.scope = QComboBox()
        self.scope.addItem("all layers", ALL)
        self.scope.addItem("this layer", LAYER)
        self.scope.setToolTip("“This layer” shows only what the selected layer depends on: what a save keeps.")
        self.scope.setAccessibleName("Which actions")
        self.text = QLineEdit(placeholderText="Search")
        self.text.setToolTip("Show actions that hold these words: of the sentence, the status, or “undone”.")
        self.text.setAccessibleName("Search the action log")
        self.quiet = QToolButton()
        self.quiet.setCheckable(True)
        self.quiet.setToolTip("Also show what only changed how things look: display and view.")
        self.quiet.setAccessibleName("Show display and view")
        self.files = QToolButton(popupMode=QToolButton.ToolButtonPopupMode.InstantPopup)
        self.files.setToolTip("Write the actions shown here to a file: Python, Markdown or CSV.")
        self.files.setAccessibleName("Export the log")
        self.files.setMenu(self._menu())
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(self.scope)
        row.addWidget(self.text, 1)
        row.addWidget(self.quiet)
        row.addWidget(self.files)
        self.scope.currentIndexChanged.connect(self.changed)
        self.text.textChanged.connect(self.changed)
        self.quiet.toggled.connect(self.changed)
        self.restyle(palette)

    @property
    def this_layer(self) -> bool:
        """Whether only what the selected layer depends on is to be shown."""
        return bool(self.scope.currentData() == LAYER)

    def count(self, shown: int, total: int) -> None:
        """Say how many actions there are to search, and let there be an export if any are shown."""
        self.text.setPlaceholderText(f"Search {several(total, 'action')}" if total else "Search")
        self.files.setEnabled(shown > 0)

    def restyle(self, palette: Palette) -> None:
        """Take the colours of another theme."""
        let_clear(self.text, palette)
        self.quiet.setIcon(icon("view", palette.icon))
        self.files.setIcon(icon("export", palette.icon))

    def _menu(self) -> QMenu:
        menu = QMenu("Export the log", self)
        for suffix, name in FORMATS.items():
            action = QAction(f"{name} (*{suffix})…", menu)
            action.triggered.connect(lambda _, chosen=suffix: self.export.emit(chosen))
            menu.addAction(action)
        return menu
