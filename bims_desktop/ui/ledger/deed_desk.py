"""`DeedDesk`: the part of the ledger browser that writes: attest, supersede, retract."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bims_desktop.ui.ledger.deeds import Agreed, perform
from bims_desktop.ui.ledger.found_page import BUTTONS

if TYPE_CHECKING:
    from bims_desktop.ui.ledger.browser import LedgerBrowser

_UNKNOWN = "The selected image stands in no ledger here. Save it with provenance first, or search for another one."


class DeedDesk:
    """Asks in place for what a deed on the selected record needs, does it beside the window, and says what came of it.

    Parameters
    ----------
    browser : LedgerBrowser
        Where the record is selected.
    """

    def __init__(self, browser: LedgerBrowser) -> None:
        self._browser, self._entries = browser, browser.entries
        self._entries.deed.agreed.connect(self._perform)
        self._entries.deed.left.connect(browser.notice.clear)
        for name, button in self._entries.deed_buttons.items():
            button.clicked.connect(lambda _=False, deed=name: self.ask(deed))

    def ask(self, deed: str) -> None:
        """Ask for what `deed` needs, on the selected record."""
        found = self._entries.found
        if found is None:
            self._browser.notice.say(_UNKNOWN)
            return
        self._browser.notice.clear()
        self._entries.ask(deed)
        there = (file for file in self._entries.files if file.is_file())
        self._entries.deed.file.choose(next(there, None))

    def settle(self) -> None:
        """Enable the deeds that can be done now; a record is taken back or replaced once."""
        found = self._entries.found
        free = found is not None and found.kind == "record" and not self._browser.busy
        for deed, button in self._entries.deed_buttons.items():
            over = found is not None and deed != "attest" and found.state != "stands"
            button.setEnabled(free and not over)
            button.setToolTip(f"This record was {found.state} before." if found and over else BUTTONS[deed][1])

    def _perform(self, deed: str) -> None:
        form, found, home = self._entries.deed, self._entries.found, self._browser.home
        assert found is not None
        reason, by = form.reason.text().strip(), form.by.line.text().strip()
        agreed = Agreed(deed, found.record, reason, by, form.file.path)
        self._browser.start(form.do_button.text(), lambda: perform(home, agreed), self._performed)

    def _performed(self, outcome: tuple[str, str]) -> None:
        state, said = outcome
        self._entries.deed.leave()
        self._browser.search(lambda: self._browser.notice.say(said, state))
