"""`SaveDialog`: Save with Provenance, one window that shows what is written before it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from bims_desktop.app.earlier import earlier
from bims_desktop.app.save import Report, is_input
from bims_desktop.app.save_many import save_many
from bims_desktop.app.table_title import title_of
from bims_desktop.errors import Cancelled, SaveRefused
from bims_desktop.files.place import check_place
from bims_desktop.operations.running import tick
from bims_desktop.ui.destination_form import DestinationForm, folder_of, saved_in
from bims_desktop.ui.dialog import Dialog
from bims_desktop.ui.draft_tabs import DraftTabs
from bims_desktop.ui.elided import Elided
from bims_desktop.ui.new_folder import can_be_made, make_folder
from bims_desktop.ui.notice import Notice
from bims_desktop.ui.proving import announce_proof
from bims_desktop.ui.rows import as_rows, take_lines
from bims_desktop.ui.save_list import FILE, SaveList
from bims_desktop.ui.slice_table import SliceTable
from bims_desktop.ui.theme import GRID, assign
from bims_desktop.ui.words import homely, several, tip

if TYPE_CHECKING:
    from pathlib import Path

    from bims_desktop.app.data import Data
    from bims_desktop.app.draft import Draft
    from bims_desktop.app.save_many import Outcome
    from bims_desktop.ui import Desktop

_MOST_ROWS = 5
_EDITS = QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed
_WRITE = {False: "Write the image and its record.", True: "Write all of these and their records."}


class SaveDialog(Dialog):
    """Steps on the left, what else goes into the file on the right, where it goes below; of several a list on top.

    Parameters
    ----------
    desktop : Desktop
        The window.
    *data : Data
        What to save: one, or several into one folder.

    Signals
    -------
    saved : no value
        All of it is written.
    """

    saved = Signal()
    _outcome = Signal(object)

    def __init__(self, desktop: Desktop, *data: Data) -> None:
        self.many = len(data) > 1
        super().__init__(desktop, f"Save {_counted(data)} with provenance")
        self.data = data[0]
        self._replace, self._wrong = False, ""
        self._answer: Callable[[], None] = self._replace_them
        self.files = SaveList(data, self.colours, self)
        self.steps = SliceTable(self.colours, self)
        self.tabs = DraftTabs(self.colours)
        self.warning = Notice()
        folder = folder_of(desktop.session, *data)
        known = desktop.session.home.settings
        suggestion = folder if self.many else folder / self.files.items[0].name
        self.destination = DestinationForm(suggestion, known.agent, known.organisation, self.colours, many=self.many)
        self.save_button, self.close_button = QPushButton("Save all" if self.many else "Save"), QPushButton("Close")
        self._lay_out()
        self._connect()
        self.restyle()
        title = f"Finding the steps that made {'them' if self.many else 'this image'}"
        self.start(title, lambda: [_drafted(one) for one in data], self._take_drafts)
        self.destination.begin()

    @property
    def draft(self) -> Draft | None:
        """What would be written of the one that is shown; None while it is being found."""
        return next(item.draft for item in self.files.items if item.data == self.data)

    def save(self) -> None:
        """Write what is not written yet, beside the window."""
        wanted, session = self._wanted(), self.desktop.session
        there = [path for _, path in wanted if path.exists()]
        if there and not self._replace:
            folder = homely(there[0].parent)
            one = f"{there[0].name} exists already in {folder}."
            text = one if len(there) == 1 else f"{len(there)} of these files exist already in {folder}."
            self._ask(text, "Replace it" if len(there) == 1 else "Replace them", self._replace_them)
            return
        self._keep_agent()
        self.files.forget_failures()
        options: dict[str, Any] = {
            "compression": self.destination.compression,
            "overwrite": self._replace,
            "keep_vendor_metadata": self.tabs.keep_vendor.isChecked(),
            "on_each": self._outcome.emit,
            "on_progress": tick,
        }
        title = f"Saving {wanted[0][1].name if len(wanted) == 1 else several(len(wanted), 'file')}"
        self.start(title, lambda: save_many(session, wanted, **options), self._saved)

    def fail(self, error: BaseException) -> None:
        """Say what went wrong, and what was saved before it did."""
        saved = len(self.files.items) - len(self.files.waiting)
        if isinstance(error, Cancelled) and saved:
            self.notice.say(f"Cancelled; {saved} of {len(self.files.items)} were saved before.")
        else:
            super().fail(error)

    def settle(self) -> None:
        """Enable what can be done now, and say why the rest cannot."""
        wrong = self.destination.problem() or (self.files.problem() if self.many else "") or self._refused()
        problem = wrong or ("" if self.draft else "The steps are being found.")
        if self.busy:
            problem = "It is busy now."
        self.save_button.setEnabled(not problem)
        self.save_button.setToolTip(problem or f"{_WRITE[self.many]} Enter")
        if self.draft and not self.busy and wrong and not self.notice.text:
            self._tell(wrong)

    def restyle(self) -> None:
        """Take the colours of the theme."""
        super().restyle()
        self.steps.restyle(self.colours)
        self.files.restyle(self.colours)
        self.tabs.restyle(self.colours)
        self.warning.follow(self.colours)
        self.destination.restyle(self.colours)

    def _lay_out(self) -> None:
        self.count, self.show_dropped = QLabel(indent=0), QCheckBox("Show what is left out")
        self.before = Elided("")
        assign(self.count, "heading")
        assign(self.before, "quiet")
        self.before.hide()
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
        column.addWidget(self.before)
        self.steps_view = QTableView()
        self.steps_view.setModel(self.steps)
        as_rows(self.steps_view, "Steps", stretch=1, widths={0: 6, 2: 28})
        take_lines(self.steps_view)
        column.addWidget(self.steps_view, 1)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.addWidget(left)
        splitter.addWidget(self.tabs)
        splitter.setSizes([GRID * 62, GRID * 58])
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(GRID)
        self.page.addWidget(self._list())
        self.page.addWidget(splitter, 1)
        self.page.addWidget(self.warning)
        self.page.addWidget(self.destination)
        self.notice.keep_room()
        self.add_footer(self.close_button, self.save_button)
        assign(self.save_button, "primary")
        self.save_button.setDefault(True)

    def _list(self) -> QTableView:
        """The layers and their files; for a single one its name stands below."""
        self.list = QTableView()
        self.list.setModel(self.files)
        as_rows(self.list, "Files", stretch=FILE, widths={0: 40, 2: 20})
        self.list.setEditTriggers(_EDITS)
        self.list.setFixedHeight(GRID * 3 * (min(self.files.count(), _MOST_ROWS) + 1) + GRID)
        self.list.setVisible(self.many)
        return self.list

    def _connect(self) -> None:
        self._outcome.connect(self.files.take, Qt.ConnectionType.QueuedConnection)
        self.list.selectionModel().currentRowChanged.connect(self._show_current)
        self.files.renamed.connect(self._moved)
        self.show_dropped.toggled.connect(self.steps.show_dropped)
        # Above it may lie any number of steps that belong to other images; the view counts its new rows first.
        self.steps.modelReset.connect(self._show_first_kept, Qt.ConnectionType.QueuedConnection)
        self.destination.changed.connect(self._moved)
        self.save_button.clicked.connect(self.save)
        self.close_button.clicked.connect(self.close)
        self.notice.answer.clicked.connect(lambda: self._answer())

    def _take_drafts(self, drafts: Sequence[tuple[Draft, str]]) -> None:
        for item, (draft, before) in zip(self.files.items, drafts, strict=True):
            item.draft, item.before = draft, before
        self.files.repaint()
        # Where there is something to mind, it is seen at once.
        first = next((row for row, (draft, _) in enumerate(drafts) if draft.warnings), 0)
        self.list.setCurrentIndex(self.files.index(first, 0))

    def _show_current(self) -> None:
        item = self.files.items[self.list.currentIndex().row()]
        self.data, draft = item.data, item.draft
        if draft is None:
            return
        kept, dropped = len(draft.slice.kept), len(draft.slice.dropped)
        self.count.setText(f"{several(kept, 'step')} kept, {dropped} left out")
        self.before.setText(item.before)
        self.before.setToolTip(tip(f"The record goes on {item.before}; Verify follows it through theirs."))
        self.before.setVisible(bool(item.before))
        self.steps.show_slice(draft.slice)
        self.tabs.show_draft(draft, self._record_facts(draft), vendor=self.data.table is None)
        if item.detail:
            self.warning.say(item.detail, "bad" if item.outcome else "unknown")
        else:
            self.warning.clear()

    def _show_first_kept(self) -> None:
        self.steps_view.scrollTo(self.steps.first_kept(), QAbstractItemView.ScrollHint.PositionAtTop)

    def _record_facts(self, draft: Draft) -> dict[str, Any]:
        session = self.desktop.session
        return {
            "table" if self.data.table is not None else "image": _described(self.data),
            "steps": several(len(draft.slice.kept), "step"),
            "left out": f"{several(len(draft.slice.dropped), 'action')}: no text, only how many, and a proof",
            "signed with": f"your key {session.home.agent.public_key.hex()[:16]}…",
            "kept in": f"the ledger “{session.ledger.name}”",
        }

    def _moved(self, renamed: str = "") -> None:
        self._replace = False
        self.notice.clear()
        self.settle()
        if not self.notice.text and (hint := renamed or self.destination.hint()):
            self.notice.say(hint)

    def _tell(self, wrong: str) -> None:
        self._wrong = wrong
        if can_be_made(self.destination.folder):
            self._ask(wrong, "Make the folder", self._make_folder)
        else:
            self.notice.say(wrong)

    def changeEvent(self, event: QEvent) -> None:
        """Look again whether it can be saved: what was wrong may have been mended in another program."""
        super().changeEvent(event)
        back = event.type() == QEvent.Type.ActivationChange and self.isActiveWindow()
        if back and self._wrong and self.notice.text == self._wrong:
            self._moved()

    def _ask(self, text: str, answer: str, action: Callable[[], None]) -> None:
        self._answer = action
        self.notice.ask(text, answer)

    def _replace_them(self) -> None:
        self._replace = True
        self.notice.clear()
        self.save()

    def _make_folder(self) -> None:
        try:
            make_folder(self.destination.folder)
        except SaveRefused as error:
            self.fail(error)
        else:
            self._moved()
            self.save_button.setFocus()

    def _keep_agent(self) -> None:
        home = self.desktop.session.home
        told = replace(home.settings, agent=self.destination.agent, organisation=self.destination.organisation)
        if told != home.settings:
            home.settings = told
            told.save(home.folder)

    def _refused(self) -> str:
        """Why a file cannot be written: no file can be called so, or it was opened here and is not for replacing."""
        for _, path in self._wanted():
            try:
                check_place(path)
            except SaveRefused as error:
                return str(error)
            if is_input(self.desktop.session, path):
                return f"{path.name} is an input of this session; choose another name."
        return ""

    def _wanted(self) -> list[tuple[Data, Path]]:
        return self.files.paths(self.destination.path) if self.many else [(self.data, self.destination.path)]

    def _saved(self, outcomes: Sequence[Outcome]) -> None:
        reports = [outcome for outcome in outcomes if isinstance(outcome, Report)]
        failed = [outcome for outcome in outcomes if not isinstance(outcome, Report)]
        for report in reports:
            self.desktop.consortium.expect(report)
        if reports:
            saved_in(self.desktop.session, reports[-1].path.parent)
            self.desktop.notifier.show_info(_told(reports))
            announce_proof(self.desktop, *reports)
        if not failed:
            self.close()
            self.saved.emit()
        elif self.many:
            word = "was" if len(failed) == 1 else "were"
            self.notice.say(f"{len(failed)} of {len(outcomes)} {word} not saved. {failed[0]}", "bad")
        else:
            self.fail(failed[0])


def open_save_dialog(desktop: Desktop, *data: Data) -> SaveDialog:
    """Show the dialog for `data`; the window stays usable."""
    dialog = SaveDialog(desktop, *data)
    dialog.show()
    return dialog


def _drafted(data: Data) -> tuple[Draft, str]:
    """What would be written, and the steps of earlier records before it."""
    draft = data.session.draft(data)
    sources = (entry.source for entry in draft.inputs)
    return draft, earlier(((one.name, one.digest, one.parent) for one in sources), data.session.home)


def _counted(data: Sequence[Data]) -> str:
    if len(data) == 1:
        return title_of(data[0])
    tables = sum(one.table is not None for one in data)
    counts = [several(len(data) - tables, "layer"), several(tables, "table")]
    return " and ".join(text for text in counts if not text.startswith("0 "))


def _told(reports: Sequence[Report]) -> str:
    first, last = reports[0], reports[-1]
    if len(reports) == 1:
        return f"Saved {first.path.name} as record {first.number}."
    where, records = homely(first.path.parent), f"records {first.number} to {last.number}"
    return f"Saved {len(reports)} files in {where} as {records}."


def _described(data: Data) -> str:
    if (table := data.table) is not None:
        return f"{several(table.rows, 'row')}, {several(len(table.columns), 'column')}"
    image = data.image
    size = " × ".join(f"{length} {axis}" for axis, length in zip(image.axes, image.shape, strict=True))
    unit = image.unit_of("X")
    pixel = f", pixel {image.scale_of('X'):.4g} {unit}" if unit else ", not calibrated"
    return f"{size}, {image.dtype}, {image.kind}{pixel}"
