"""`AcquisitionHead`: which raw image, how much of it is said, and what to look for."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QLineEdit, QProgressBar, QVBoxLayout, QWidget

from bims_desktop.app.acquisition import Description, Source
from bims_desktop.ui.acquisition.words import SCOPES, headline, rest, shares, told_apart
from bims_desktop.ui.choices import Choice
from bims_desktop.ui.clear_button import let_clear
from bims_desktop.ui.pane import quiet
from bims_desktop.ui.theme import GRID, Palette, assign


class AcquisitionHead(QWidget):
    """Above the tabs.

    Signals
    -------
    picked : int
        Another raw image was chosen, by its place.
    changed : no value
        Something else is looked for.
    """

    picked = Signal(int)
    changed = Signal()

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self.files, self.name, self.origin = Choice(), QLabel(), quiet("")
        self.share = QLabel(wordWrap=True)
        assign(self.name, "heading")
        for label in (self.name, self.share):
            label.setIndent(0)
        self.files.setAccessibleName("Raw image")
        self.files.setToolTip("The raw images that this layer comes from.")
        self.for_all = QCheckBox()
        self.bar = QProgressBar(textVisible=False)
        self.bar.setFixedHeight(GRID // 2 + 2)
        self.bar.setAccessibleName("Share of the checklist that is answered")
        self.text = QLineEdit(placeholderText="Search")
        self.text.setAccessibleName("Search the acquisition")
        self.text.setToolTip("Find words in the description and in the microscope's own text.")
        self.scope = Choice()
        self.scope.setAccessibleName("Which items")
        self.scope.setToolTip("Show only what is missing, or only what the file or a person says.")
        for scope in SCOPES:
            self.scope.addItem(scope or "all", scope)
        self._lay_out()
        self.restyle(palette)
        self.files.currentIndexChanged.connect(self.picked)
        self.text.textChanged.connect(self.changed)
        self.scope.currentIndexChanged.connect(self.changed)

    def show_sources(self, sources: Sequence[Source]) -> None:
        """Offer these raw images, the first of them chosen; says nothing of it."""
        self.files.blockSignals(True)
        self.files.clear()
        names = [source.raw.name for source in sources]
        for short, name in zip(told_apart(names), names, strict=True):
            self.files.addItem(short)
            self.files.setItemData(self.files.count() - 1, name, Qt.ItemDataRole.ToolTipRole)
        self.files.blockSignals(False)
        self.files.setVisible(len(sources) > 1)
        self.name.setVisible(len(sources) == 1)
        self._offer_all(len(sources))

    def show_description(self, found: Description, layer: str) -> None:
        """Say what is known; `layer` is the name of the one that comes from it."""
        self.name.setText(found.name)
        via = f"As the record in {found.source.via} has it." if found.source.via else ""
        derived = f"{layer} comes from it." if layer != found.name and self.files.count() == 1 else ""
        self.origin.setText(" ".join(filter(None, (via, derived))))
        self.origin.setVisible(bool(self.origin.text()))
        self.share.setText(headline(found))
        self.bar.setRange(0, len(found.entries))
        self.bar.setValue(found.answered)
        self.bar.setToolTip(rest(found))
        for place, (scope, count) in enumerate(shares(found).items()):
            self.scope.setItemText(place, f"{scope or 'all'} ({count})")

    def restyle(self, palette: Palette) -> None:
        """Take the colours of another theme."""
        let_clear(self.text, palette)

    def _offer_all(self, count: int) -> None:
        self.for_all.setChecked(False)
        self.for_all.setVisible(count > 1)
        self.for_all.setText(f"Fill in for all {count}")
        meaning = f"For all {count} raw images of this layer"
        self.for_all.setAccessibleName(meaning)
        self.for_all.setToolTip(
            f"{meaning}: what is filled in or removed below is so for each of them, and replaces what was there."
        )

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self.text, 3)
        row.addWidget(self.scope, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        source = QHBoxLayout()
        source.setSpacing(GRID)
        source.addWidget(self.files, 1)
        source.addWidget(self.for_all)
        column.addLayout(source)
        for widget in (self.name, self.origin, self.share, self.bar):
            column.addWidget(widget)
        column.addSpacing(GRID // 2)
        column.addLayout(row)
