"""`SaveDialog`: Save with Provenance, one window that shows what is written before it is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from bims_desktop.errors import BimsError, Cancelled
from bims_desktop.operations.running import tick
from bims_desktop.ui.destination_form import DestinationForm, folder_of, suggested
from bims_desktop.ui.dialog import Dialog
from bims_desktop.ui.draft_tabs import DraftTabs
from bims_desktop.ui.notice import Notice
from bims_desktop.ui.rows import as_rows
from bims_desktop.ui.slice_table import SliceTable
from bims_desktop.ui.theme import GRID, assign
from bims_desktop.ui.words import several

if TYPE_CHECKING:
    from bims_desktop.app.data import Data
    from bims_desktop.app.draft import Draft
    from bims_desktop.app.save import Report
    from bims_desktop.model.image import Image
    from bims_desktop.ui import Desktop


class SaveDialog(Dialog):
    """Steps on the left, what else goes into the file on the right, where it goes below.

    Parameters
    ----------
    desktop : Desktop
        The window.
    data : Data
        What to save.
    """

    def __init__(self, desktop: Desktop, data: Data) -> None:
        super().__init__(desktop, f"Save {data.name} with provenance")
        self.data = data
        self.draft: Draft | None = None
        self._replace = False
        self.steps = SliceTable(self.colours, self)
        self.tabs = DraftTabs(self.colours)
        self.warning = Notice()
        folder = folder_of(desktop.session)
        known = desktop.session.home.settings
        suggestion = suggested(folder, data.name)
        self.destination = DestinationForm(suggestion, known.agent, known.organisation, self.colours)
        self.save_button, self.close_button = QPushButton("Save"), QPushButton("Close")
        self._lay_out()
        self._connect()
        self.restyle()
        self.start("Finding the steps that made this image", lambda: desktop.session.draft(data), self._show_draft)

    def save(self) -> None:
        """Write the file, beside the window."""
        path, session, data = self.destination.path, self.desktop.session, self.data
        if path.exists() and not self._replace:
            self.notice.ask(f"{path.name} exists already in {path.parent}.", "Replace it")
            return
        self._keep_agent()
        options: dict[str, Any] = {
            "compression": self.destination.compression,
            "overwrite": self._replace,
            "keep_vendor_metadata": self.tabs.keep_vendor.isChecked(),
            "on_progress": tick,
        }
        self.start(f"Saving {path.name}", lambda: session.save(data, path, **options), self._saved)

    def settle(self) -> None:
        """Enable what can be done now, and say why the rest cannot."""
        problem = self.destination.problem() or ("" if self.draft else "The steps are being found.")
        if self.busy:
            problem = "It is busy now."
        self.save_button.setEnabled(not problem)
        self.save_button.setToolTip(problem or "Write the image and its record. Enter")
        if self.draft and not self.busy and self.destination.problem():
            self.notice.say(self.destination.problem())

    def restyle(self) -> None:
        """Take the colours of the theme."""
        super().restyle()
        self.steps.restyle(self.colours)
        self.tabs.restyle(self.colours)
        self.warning.follow(self.colours)
        self.destination.restyle(self.colours)

    def _lay_out(self) -> None:
        self.count, self.show_dropped = QLabel(), QCheckBox("show what is left out")
        assign(self.count, "heading")
        self.show_dropped.setChecked(True)
        self.show_dropped.setToolTip("Actions that did not make these pixels. Nothing of their text enters the file.")
        head = QHBoxLayout()
        head.addWidget(self.count, 1)
        head.addWidget(self.show_dropped)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addLayout(head)
        table = QTableView()
        table.setModel(self.steps)
        as_rows(table, "Steps", stretch=1, widths={0: 6, 2: 28})
        column.addWidget(table, 1)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.addWidget(left)
        splitter.addWidget(self.tabs)
        splitter.setSizes([GRID * 62, GRID * 58])
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(GRID)
        self.page.addWidget(splitter, 1)
        self.page.addWidget(self.warning)
        self.page.addWidget(self.destination)
        self.add_footer(self.close_button, self.save_button)
        assign(self.save_button, "primary")
        self.save_button.setDefault(True)

    def _connect(self) -> None:
        self.show_dropped.toggled.connect(self.steps.show_dropped)
        self.destination.changed.connect(self._moved)
        self.save_button.clicked.connect(self.save)
        self.close_button.clicked.connect(self.close)
        self.notice.answer.clicked.connect(self._agree)

    def _show_draft(self, draft: Draft) -> None:
        self.draft = draft
        kept, dropped = len(draft.slice.kept), len(draft.slice.dropped)
        self.count.setText(f"{several(kept, 'step')} kept, {dropped} left out")
        self.steps.show_slice(draft.slice)
        self.tabs.show_draft(draft, self._record_facts(draft))
        if draft.warnings:
            self.warning.say("\n".join(draft.warnings))

    def _record_facts(self, draft: Draft) -> dict[str, Any]:
        session = self.desktop.session
        return {
            "image": _described(self.data.image),
            "steps": several(len(draft.slice.kept), "step"),
            "left out": f"{several(len(draft.slice.dropped), 'action')}: their number and a proof, no text",
            "signed with": f"your key {session.home.agent.public_key.hex()[:16]}…",
            "kept in": f"the ledger “{session.ledger.name}”",
        }

    def _moved(self) -> None:
        self._replace = False
        self.notice.clear()
        self.settle()

    def _agree(self) -> None:
        self._replace = True
        self.notice.clear()
        self.save()

    def _keep_agent(self) -> None:
        home = self.desktop.session.home
        told = replace(home.settings, agent=self.destination.agent, organisation=self.destination.organisation)
        if told != home.settings:
            home.settings = told
            told.save(home.folder)

    def _saved(self, report: Report) -> None:
        self.desktop.notifier.show_info(f"Saved {report.path.name}, recorded as entry {report.entry}.")
        self.desktop.consortium.expect(report)
        announce_proof(self.desktop, report)
        self.close()


def announce_proof(desktop: Desktop, report: Report) -> None:
    """Replay what was saved beside the window, and say in one line what came of it."""

    def done(result: Any) -> None:
        said = f"Saved {report.path.name}, recorded as entry {report.entry}, replay proven {result.verdict}."
        desktop.consortium.proven(report, said)

    def failed(error: BaseException) -> None:
        if isinstance(error, BimsError) and not isinstance(error, Cancelled):
            desktop.notifier.show_error(error)

    desktop.jobs.start(f"Replaying {report.path.name}", lambda: desktop.session.prove(report), done, failed)


def open_save_dialog(desktop: Desktop, data: Data) -> SaveDialog:
    """Show the dialog for `data`; the window stays usable."""
    dialog = SaveDialog(desktop, data)
    dialog.show()
    return dialog


def _described(image: Image) -> str:
    size = " × ".join(f"{length} {axis}" for axis, length in zip(image.axes, image.shape, strict=True))
    unit = image.unit_of("X")
    pixel = f", pixel {image.scale_of('X'):.4g} {unit}" if unit else ", not calibrated"
    return f"{size}, {image.dtype}, {image.kind}{pixel}"
