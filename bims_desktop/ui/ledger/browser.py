"""`LedgerBrowser`: find what stands in the ledger, look into it, and harvest it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton, QTabWidget

from bims_desktop.app import harvest
from bims_desktop.app.holdings import held
from bims_desktop.app.named import own_keys
from bims_desktop.ui.dialog import Dialog
from bims_desktop.ui.file_dialog import ask_to_save
from bims_desktop.ui.icons import icon
from bims_desktop.ui.ledger import work as ledger_work
from bims_desktop.ui.ledger.deed_desk import DeedDesk
from bims_desktop.ui.ledger.found_page import EMPTY, FoundPage
from bims_desktop.ui.ledger.harvest_code import pandas_code
from bims_desktop.ui.ledger.search_form import SearchForm
from bims_desktop.ui.ledger.stuck_page import StuckPage
from bims_desktop.ui.ledger.work import Sought
from bims_desktop.ui.theme import GRID
from bims_desktop.ui.words import only_first, several

if TYPE_CHECKING:
    from bims_desktop.app.carriage import Carriage
    from bims_desktop.app.data import Data
    from bims_desktop.app.harvest import Found
    from bims_desktop.ui import Desktop
    from bims_desktop.ui.ledger.work import Answer, Background

_ENTRIES = "The records of saves, and what was said of them since; a check says what came of replaying one."
_NOTHING = "Nothing fits.\n\nTake a filter away, or look in another place."
_NO_RECORD = """Nothing fits.

No record of {name} stands here; it was looked for by its pixels.
Look in another place, or save it with provenance (Ctrl+Shift+S): then it has one."""
_NO_FILE = """Nothing fits.

A ledger holds no file names: known are only the files that this computer saved or opened.
Give the path of an image, or drop it here: it is found by its pixels."""
_CODE = "Copy this search as Python that gives a pandas DataFrame."
_NAMED_CODE = "A ledger holds no file names: search for a path or a digest to copy it as code."


class LedgerBrowser(Dialog):
    """Search on top, entries and the selected one below; what the consortium did not take on a page of its own.

    Parameters
    ----------
    desktop : Desktop
        The window.
    """

    def __init__(self, desktop: Desktop) -> None:
        super().__init__(desktop, "Ledger")
        self.home = desktop.session.home
        consortium = self.home.settings.fabric is not None
        keys = own_keys(self.home)
        self.form, self.tabs = SearchForm(consortium), QTabWidget()
        self.entries, self.stuck = FoundPage(self.colours, keys), StuckPage(self.colours, consortium)
        self.copy_button, self.export_button = QPushButton("Copy as pandas code"), QPushButton("Export CSV…")
        self.close_button = QPushButton("Close")
        self.deeds = DeedDesk(self)
        self._lay_out()
        self._connect()
        self.restyle()
        self.settle()
        self.show_carriage(desktop.consortium.carriage)

    def search(self, then: Callable[[], None] | None = None) -> None:
        """Search, beside the window; the selected record stays selected where it is found again."""
        if problem := self.form.problem():
            self.notice.say(problem)
            return
        home, form, where = self.home, self.form, self.form.where
        query, digest, name = form.query, form.digest, form.name
        selected = self.entries.found
        empty = _NO_FILE if name else _NOTHING if query or digest else EMPTY
        if form.path is not None and not query:
            empty = _NO_RECORD.format(name=form.path.name)

        def show(answer: Answer) -> None:
            self.entries.show_found(answer, empty)
            if selected is not None:
                self.entries.choose(selected.record)
            if answer.cut:
                most = ledger_work.MOST[where]
                self.notice.say(f"Only the newest {most:,} were looked at; narrow the search to see earlier ones.")
            if then is not None:
                then()

        self.start("Searching the ledger", lambda: ledger_work.search(home, where, query, digest, name), show)

    def look_for(self, path: Path, told: str = "") -> None:
        """Search for the image in a file, by its pixels, or for what a picture shows; say `told` of it."""
        home = self.home

        def sought() -> Sought:
            found = ledger_work.sought_in(path, home)
            return found._replace(told=" ".join(filter(None, (told, found.told))))

        self._find(f"Reading {path.name}", sought, path=path)

    def look_for_data(self, data: Data, deed: str = "") -> None:
        """Search for an image of the session; where it is found, ask for `deed`."""
        self._find(f"Finding the record of {data.name}", lambda: Sought(data.digest), deed=deed)

    def ask(self, deed: str) -> None:
        """Ask in place for what `deed` needs, on the selected record."""
        self.deeds.ask(deed)

    def show_carriage(self, carriage: Carriage) -> None:
        """Take how far the entries got on their way to the consortium."""
        self.stuck.show_stuck(carriage.conflicts)
        count = len(carriage.conflicts)
        self.tabs.setTabText(1, f"Conflicts ({count})" if count else "Conflicts")

    def show_conflicts(self) -> None:
        """Show what the consortium did not take."""
        self.tabs.setCurrentWidget(self.stuck)

    def export(self, path: Path) -> None:
        """Write what was found as CSV."""
        found = tuple(self.entries.model.rows)
        done = f"{several(len(found), 'entry', 'entries')} written to {path.name}."
        self.start(
            f"Writing {path.name}", lambda: harvest.write_csv(found, path), lambda _: self.notice.say(done, "good")
        )

    @property
    def code(self) -> str:
        """This search as Python; a digest is looked for as that of an image."""
        query, digest = self.form.query, self.form.digest
        return pandas_code(self.form.where, {**query, "subject": digest} if digest else query)

    def settle(self) -> None:
        """Enable what can be done now, and say why the rest cannot."""
        kinds = Counter[str](found.kind for found in self.entries.model.rows)
        self.form.search_button.setEnabled(not self.busy)
        self.export_button.setEnabled(bool(kinds) and not self.busy)
        named = not self.form.digest and bool(self.form.name or self.form.path)
        self.copy_button.setEnabled(not named)
        self.copy_button.setToolTip(_NAMED_CODE if named else _CODE)
        self.tabs.setTabText(0, f"Entries: {held(kinds)}" if kinds else "Entries")
        self.deeds.settle()

    def restyle(self) -> None:
        """Take the colours of the theme."""
        super().restyle()
        self.form.restyle(self.colours)
        self.entries.restyle(self.colours)
        self.stuck.restyle(self.colours)
        self.copy_button.setIcon(icon("copy", self.colours.icon))

    def drop(self, paths: list[Path]) -> None:
        """Find the record of what was dropped."""
        if paths:
            self.look_for(paths[0], only_first([path.name for path in paths]))

    def _lay_out(self) -> None:
        self.resize(GRID * 166, GRID * 82)
        self.setAcceptDrops(True)
        self.tabs.addTab(self.entries, "Entries")
        self.tabs.setTabToolTip(0, _ENTRIES)
        self.tabs.addTab(self.stuck, "Conflicts")
        self.tabs.setTabToolTip(1, "What the consortium did not take, with its reason.")
        self.export_button.setToolTip("Write the entries that are shown to a file for spreadsheets.")
        self.page.addWidget(self.form)
        self.page.addWidget(self.tabs, 1)
        self.add_footer(self.close_button, self.copy_button, self.export_button)

    def _connect(self) -> None:
        self.form.wanted.connect(self._wanted)
        self.form.picked.connect(self.look_for)
        self.form.text.textChanged.connect(self.settle)
        self.entries.selected.connect(self._selected)
        self.entries.chosen.connect(self._follow)
        self.stuck.again.connect(self.desktop.consortium.retry)
        self.desktop.consortium.moved.connect(self.show_carriage)
        self.copy_button.clicked.connect(self._copy)
        self.export_button.clicked.connect(self._export)
        self.close_button.clicked.connect(self.close)

    def _wanted(self) -> None:
        path = self.form.path
        if path is None or self.form.digest or self.form.problem():
            self.search()
        else:
            self.look_for(path)

    def _find(self, title: str, sought: Callable[[], Sought], *, path: Path | None = None, deed: str = "") -> None:
        def show(found: Sought) -> None:
            self.form.clear()
            if path is not None:
                self.form.look_for(path, found.digest)
            else:
                self.form.text.setText(found.digest)
            self.search(lambda: self._show_sought(found, deed))

        self.start(title, sought, show)

    def _show_sought(self, sought: Sought, deed: str = "") -> None:
        """Select the entry of the very file, or else the newest."""
        records = [found.record for found in self.entries.model.rows if found.kind == "record"]
        if records:
            self.entries.choose(sought.record if sought.record in records else records[0])
        if sought.told:
            self.notice.say(sought.told)
        if deed:
            self.ask(deed)

    def _follow(self, record: str) -> None:
        """Show a record of the lineage, searching for it where it is not in the list."""
        if not self.entries.choose(record):
            self.form.clear()
            self.form.text.setText(record)
            self.search(lambda: self._show_sought(Sought(record, record=record)))

    def _selected(self) -> None:
        self.notice.clear()  # what it says is about another entry
        self.settle()
        found = self.entries.found
        if found is not None and found.record:
            self._read(found)

    def _read(self, found: Found) -> None:
        home, where, detail = self.home, self.form.where, self.entries.detail

        def show(background: Background) -> None:
            if self.entries.found is found:
                detail.show_background(background)

        def work() -> Background:
            return ledger_work.background(home, found.record, where)

        self.desktop.jobs.start("Reading a record", work, show, self.fail)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.code)
        self.notice.say("The search is on the clipboard, as Python.", "good")

    def _export(self) -> None:
        chosen = ask_to_save(self, "Export CSV", "ledger.csv", "CSV (*.csv)")
        if chosen:
            self.export(Path(chosen))


def open_ledger_browser(desktop: Desktop, deed: str = "") -> LedgerBrowser:
    """Show the ledger; with a `deed`, that of the selected layer's record, asking for the deed."""
    browser = LedgerBrowser(desktop)
    browser.show()
    layer = desktop.viewer.layers.selection.active
    data = desktop.data_of(layer) if deed and layer is not None else None
    if data is not None and data.table is None:
        browser.look_for_data(data, deed)
    else:
        browser.search(lambda: browser.ask(deed) if deed else None)
    return browser
