"""`FoundDetail`: everything the ledger knows of one record: facts, lineage, macro."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QTabWidget, QVBoxLayout, QWidget

from bims_desktop.app.ledgers import place_in
from bims_desktop.ui.code_view import CodeView
from bims_desktop.ui.facts import Facts
from bims_desktop.ui.icons import icon
from bims_desktop.ui.ledger.lineage_view import LineageView
from bims_desktop.ui.ledger.words import STANDS, attested, files_named, made_by, statement, who
from bims_desktop.ui.pane import quiet
from bims_desktop.ui.signs import STANDING
from bims_desktop.ui.theme import GRID, Palette, assign
from bims_desktop.ui.words import breakable, exact, homely

if TYPE_CHECKING:
    from bims_desktop.app.harvest import Found
    from bims_desktop.ui.ledger.work import Answer, Background

_NO_MACRO = """The ledger keeps no contents of this record, only its fingerprint.

The macro stands in the saved image itself: File › Verify Provenance shows it."""


class FoundDetail(QWidget):
    """The sentence above, three tabs below.

    Signals
    -------
    chosen : str
        Digest of another record, picked in the lineage or as the better one.
    """

    chosen = Signal(str)

    def __init__(self, palette: Palette, keys: Mapping[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette, self._keys = palette, keys
        self.found: Found | None = None
        self._sign, self._word, self.sentence = QLabel(), QLabel(), QLabel(wordWrap=True)
        self.reason, self.better = QLabel(wordWrap=True, indent=0), QPushButton("Show the better one")
        self.facts, self.macro = Facts("Details of the entry"), CodeView(palette, name="Macro of the record")
        self.lineage = LineageView(palette)
        self.more = quiet("There is more, further away than this shows: select a record at the rim to go there.")
        self.no_macro, self.copy = quiet(_NO_MACRO), QPushButton("Copy macro")
        self.tabs = QTabWidget()
        self._lay_out()
        self.more.hide()
        self.reason.hide()
        self.better.hide()
        self.better.clicked.connect(lambda: self.chosen.emit(self.found.successor if self.found else ""))
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.macro.toPlainText()))
        self.lineage.chosen.connect(self.chosen)
        self.restyle(palette)

    def show_found(self, found: Found, answer: Answer) -> None:
        """Show what the entry itself says; the rest follows with `show_background`."""
        self.found = found
        self.sentence.setText(breakable(statement(found, answer)))
        self.reason.setText(breakable(_why(found, answer)))
        self.reason.setVisible(bool(self.reason.text()))
        self.better.setVisible(bool(found.successor))
        self._draw()
        self.facts.show_facts(_facts(found, answer, self._keys))
        self.facts.collapseAll()

    def show_background(self, background: Background) -> None:
        """Show what was found out since."""
        assert self.found is not None
        self.macro.setPlainText(background.macro)
        for part in (self.macro, self.macro_lead, self.copy):
            part.setVisible(bool(background.macro))
        self.no_macro.setVisible(not background.macro)
        self.lineage.show_graph(background.graph, self.found.record)
        self.more.setVisible(background.graph.truncated)

    def restyle(self, palette: Palette) -> None:
        """Take the colours of another theme."""
        self._palette = palette
        self.macro.restyle(palette)
        self.lineage.restyle(palette)
        self.copy.setIcon(icon("copy", palette.icon))
        self._draw()

    def _draw(self) -> None:
        if self.found is not None:
            sign = STANDING[self.found.state]
            self._sign.setPixmap(sign.icon(self._palette).pixmap(16, 16))
            self._word.setText(sign.word if self.found.kind == "record" else f"its record {STANDS[self.found.state]}")
            self._word.setToolTip(sign.meaning)
            assign(self._word, sign.role)

    def _lay_out(self) -> None:
        assign(self.sentence, "heading")
        for label in (self.sentence, self.reason):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.reason.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        head = QHBoxLayout()
        head.setSpacing(GRID)
        head.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.sentence, 1)
        head.addWidget(self._word, 0, Qt.AlignmentFlag.AlignTop)
        self.better.setAutoDefault(False)
        self.better.setToolTip("Go to the record that took the place of this one.")
        self.copy.setAutoDefault(False)
        self.copy.setToolTip("Copy the macro, to run or read it elsewhere.")
        self._add("Details", "What the entry says; Ctrl+C copies what is selected.", self.facts)
        self._add("Lineage", "Above, what it was made from; below, what came of it.", self.lineage, self.more)
        self.macro_lead = self._add(
            "Macro", "What made the pixels, as the ledger keeps it.", self.no_macro, self.macro, self.copy
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addLayout(head)
        layout.addWidget(self.reason)
        layout.addWidget(self.better, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self.tabs, 1)

    def _add(self, title: str, lead: str, *parts: QWidget) -> QLabel:
        page, said = QWidget(), quiet(lead)
        layout = QVBoxLayout(page)
        layout.setContentsMargins(GRID, GRID, GRID, GRID)
        layout.setSpacing(GRID)
        layout.addWidget(said)
        for part in parts:
            if isinstance(part, QPushButton):
                layout.addWidget(part, 0, Qt.AlignmentFlag.AlignRight)
            else:
                layout.addWidget(part, 0 if part is self.more else 1)
        self.tabs.addTab(page, title)
        self.tabs.setTabToolTip(self.tabs.count() - 1, lead)
        return said


def _why(found: Found, answer: Answer) -> str:
    """Why a record no longer stands; empty for other entries, which say it themselves."""
    if found.kind != "record" or found.state == "stands":
        return ""
    better = f"Replaced by {answer.called(found.successor)}. " if found.successor else ""
    return f"{better}Reason: {found.reason}" if found.reason else better.strip()


def _facts(found: Found, answer: Answer, keys: Mapping[str, str]) -> dict[str, Any]:
    files = answer.files_of(found)
    said = {
        "file": files_named(files),
        "in": ", ".join(dict.fromkeys(homely(file.parent) for file in files)),
        "reason": found.reason,
        "replaced by": files_named(answer.files.get(found.successor, ())),
        "its record": found.successor,
        "by": who(found, keys),
        "made with": made_by(found.steps),
        "taken with": ", ".join(found.instruments),
        "saved": exact(found.created) if found.created else "",
        "in the ledger since": exact(found.since) if found.since else "",
        "where": place_in(found.where, found.place),
        "replays": attested(found.attested),
        "record": found.record,
        "pixels": found.subject,
        "macro": found.macro,
        "key": str(found.entry.body.get("agent", "")),
        "entry as it stands": dict(found.entry.body),
    }
    return {name: value for name, value in said.items() if value}
