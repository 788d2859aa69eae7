"""`DraftTabs`: what goes into the file besides the pixels: macro, inputs, microscope, record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from bims_desktop.ui.acquisition.words import as_facts
from bims_desktop.ui.code_view import CodeView, as_read
from bims_desktop.ui.facts import Facts
from bims_desktop.ui.icons import icon
from bims_desktop.ui.theme import GRID, Palette, assign
from bims_desktop.ui.words import homely, short

if TYPE_CHECKING:
    from bims_desktop.app.draft import Draft, DraftInput

_MOST_SHOWN = 200_000
_KEEP = (
    "It may hold names of people and folders. Left out, the facts above stay, and its fingerprint, to prove it later."
)
_MACRO = "Runs again exactly what made these pixels. Its steps are numbered anew, without what is left out."
_TABLE = "The record of a table never holds it, only its fingerprint: the text stays with the images."


class DraftTabs(QTabWidget):
    """Four tabs over one draft."""

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.macro = CodeView(palette, name="Macro")
        self._stored = ""
        self._inputs: Sequence[DraftInput] = ()
        self.copy = QPushButton("Copy macro")
        self.copy.setToolTip("Copy the macro, to run or read it elsewhere.")
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._stored))
        self.inputs, self.microscope, self.record = Facts("Inputs"), Facts("Microscope"), Facts("Record")
        self.raw = QPlainTextEdit(readOnly=True)
        self.raw.setAccessibleName("The microscope's own text")
        self.raw.setTabChangesFocus(True)
        self.keep_vendor = QCheckBox("Keep the microscope's own text in the record")
        self.keep_vendor.setChecked(True)
        self.keep_vendor.setToolTip(_KEEP)
        self.stays = QLabel(wordWrap=True)
        self.stays.hide()
        self.keep_vendor.toggled.connect(self.raw.setEnabled)
        self.keep_vendor.toggled.connect(self.stays.setHidden)
        self.keep_vendor.toggled.connect(self._show_microscope)
        self._add_pages()
        self.restyle(palette)

    def show_draft(self, draft: Draft, record: Mapping[str, Any], *, vendor: bool = True) -> None:
        """Fill all tabs; `record` are the facts of the last one, `vendor` says whether the record can hold its text."""
        self._stored = draft.macro
        self.macro.setPlainText(as_read(draft.macro))
        self.inputs.show_facts({entry.name: _input_facts(entry) for entry in draft.inputs})
        self._inputs = draft.inputs
        raw = "\n\n".join(entry.source.acquisition.raw for entry in draft.inputs if entry.source.acquisition.raw)
        self.raw.setPlainText(raw[:_MOST_SHOWN] or "The files hold no text of their microscope.")
        self.keep_vendor.setEnabled(bool(raw) and vendor)
        self.keep_vendor.setToolTip(_KEEP if vendor else _TABLE)
        self.raw.setEnabled(vendor and self.keep_vendor.isChecked())
        self.stays.setHidden(vendor and self.keep_vendor.isChecked())
        self.stays.setText("\n".join(map(_stays, draft.inputs)))
        self._show_microscope()
        self.record.show_facts(record)

    def restyle(self, palette: Palette) -> None:
        """Take the colours of another theme."""
        self.macro.restyle(palette)
        self.copy.setIcon(icon("copy", palette.icon))

    def _show_microscope(self) -> None:
        """What the record will say, with the microscope's text or without."""
        whole = self.raw.isEnabled()
        told = {entry.source.name: entry.acquisition if whole else entry.bare for entry in self._inputs}
        self.microscope.show_facts({name: as_facts(said) for name, said in told.items()})

    def _add_pages(self) -> None:
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.copy)
        self._add("Macro", _MACRO, self.macro, row)
        self._add("Inputs", "The files that the steps begin with. Folders stay out of the record.", self.inputs)
        lead = "What the microscope wrote into the files, and what was filled in by hand (Layers › Acquisition)."
        self._add("Microscope", lead, self.microscope, self.keep_vendor, self.stays, self.raw)
        self._add("Record", "What is signed, and kept in the ledger.", self.record)

    def _add(self, title: str, lead: str, *parts: QWidget | QHBoxLayout) -> None:
        page, text = QWidget(), QLabel(lead, wordWrap=True, indent=0)
        assign(text, "quiet")
        layout = QVBoxLayout(page)
        layout.setContentsMargins(GRID, GRID, GRID, GRID)
        layout.setSpacing(GRID)
        layout.addWidget(text)
        for part in parts:
            if isinstance(part, QWidget):
                layout.addWidget(part, 0 if isinstance(part, (QCheckBox, QLabel)) else 1)
            else:
                layout.addLayout(part)
        self.addTab(page, title)
        self.setTabToolTip(self.count() - 1, lead)


def _stays(entry: Any) -> str:
    source = entry.source
    if not source.acquisition.raw:
        return f"{source.name}: it holds no such text."
    return (
        f"{source.name}: the facts above stay, and the fingerprint {short(source.acquisition.digest)}, "
        "which proves the text later."
    )


def _input_facts(entry: Any) -> dict[str, Any]:
    source = entry.source
    return {
        "file": source.name,
        "found again": "yes, unchanged" if entry.found else "no: it was changed or moved since it was opened",
        "folder (not in the record)": homely(source.path.parent),
        "size": f"{source.size / 1e6:.3g} MB",
        "made by": f"an earlier record, {source.parent}" if source.parent else "raw: it carries no record",
        "fingerprint of its pixels": source.digest,
    }
