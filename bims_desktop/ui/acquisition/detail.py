"""`EntryDetail`: the current item: why it matters, what the file says, what a person said, and what can be done."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QSizePolicy, QVBoxLayout

from bims_desktop.app.acquisition import Entry
from bims_desktop.app.acquisition_notes import Note
from bims_desktop.ui.acquisition.words import signed
from bims_desktop.ui.pane import quiet
from bims_desktop.ui.theme import GRID, Palette, assign

_LEAST = 10 * GRID


class EntryDetail(QScrollArea):
    """A card below the tree, hidden while no item is current. Its buttons are wired by the dock.

    It takes the height that its words need; where the dock is low it scrolls, and the window stays as low.
    """

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._palette = palette
        self._entry: Entry | None = None
        self._card = QFrame()
        assign(self._card, "card")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.setAccessibleName("The selected item")
        self.title, self.why = QLabel(wordWrap=True), quiet("")
        assign(self.title, "heading")
        self.fact, self.note = QLabel(wordWrap=True), QLabel(wordWrap=True, openExternalLinks=True)
        self.fact.setTextFormat(Qt.TextFormat.PlainText)
        self.note.setTextFormat(Qt.TextFormat.RichText)
        mouse = Qt.TextInteractionFlag.TextSelectableByMouse
        self.fact.setTextInteractionFlags(mouse)
        links = Qt.TextInteractionFlag.LinksAccessibleByMouse | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
        self.note.setTextInteractionFlags(mouse | links)
        self.fill, self.remove = QPushButton("Fill in"), QPushButton("Remove")
        self.fill.setToolTip("Select an entry above, then say it by hand. Enter")
        self.fill.setToolTip("Say it by hand. Enter")
        self.remove.setToolTip("Take back what was filled in by hand. Delete")
        for label in (self.title, self.fact, self.note):
            label.setIndent(0)
        self._lay_out()
        self.hide()

    def show_entry(self, entry: Entry | None) -> None:
        """Show `entry`; None hides the card."""
        self._entry = entry
        self.setVisible(entry is not None)
        if entry is None:
            return
        fact, note = entry.fact, entry.note
        self.title.setText(entry.item.title)
        self.why.setText(entry.item.why)
        self.fact.setText(f"In the file: {fact.text}  ({fact.where})" if fact else "")
        self.fact.setVisible(fact is not None)
        self.note.setText(self._marked(entry, note) if note else "")
        self.note.setVisible(note is not None)
        self.fill.setText("Change" if note else "Add by hand" if fact else "Fill in")
        stays = " What the file says stays beside it." if fact else ""
        self.fill.setToolTip(f"Say it by hand, such as {entry.item.example}.{stays} Enter")
        self.remove.setVisible(note is not None)
        self._hold_room()

    def sizeHint(self) -> QSize:
        """All of its words at this width."""
        return QSize(super().sizeHint().width(), self._card.minimumHeight() + self._frame())

    def minimumSizeHint(self) -> QSize:
        """A few lines; the rest is scrolled to."""
        return QSize(self._card.minimumSizeHint().width(), min(self.sizeHint().height(), _LEAST))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Take as many lines as the words need at this width."""
        super().resizeEvent(event)
        self._hold_room()

    def restyle(self, palette: Palette) -> None:
        """Take the colours of another theme."""
        self._palette = palette
        self.show_entry(self._entry)

    def _frame(self) -> int:
        return self.height() - self.maximumViewportSize().height()

    def _hold_room(self) -> None:
        # A label that wraps would give its lines away where the dock is low; a bar is there to scroll by.
        self._card.setMinimumHeight(self._column.totalHeightForWidth(self.viewport().width()))
        self.updateGeometry()

    def _marked(self, entry: Entry, note: Note) -> str:
        text = escape(note.text)
        if entry.item.kind == "link":  # a note of this kind is an address of the web, or it would not be one
            text = f'<a href="{text}" style="color: {self._palette.text}">{text}</a>'
        return f"By hand: {text}  ({escape(signed(note))})"

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(GRID)
        head.addWidget(self.title, 1)
        for button in (self.fill, self.remove):
            head.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self._column = column = QVBoxLayout(self._card)
        column.setContentsMargins(GRID, GRID, GRID, GRID)
        column.setSpacing(GRID // 2)
        column.addLayout(head)
        for label in (self.why, self.fact, self.note):
            column.addWidget(label)
        column.addStretch(1)
        self.setWidget(self._card)
