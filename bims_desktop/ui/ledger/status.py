"""`LedgerStatus`: where this computer's ledger stands; a click opens the browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bims_desktop.app.holdings import held
from bims_desktop.errors import LedgerError
from bims_desktop.ui.status_button import StatusButton

if TYPE_CHECKING:
    from bims_desktop.ui.window import Desktop

_MORE = (
    "The records of your saves are kept in this computer's ledger.\nA check says what came of replaying one; "
    "each save is checked by itself, in the background.\nClick to look into it."
)


class LedgerStatus(StatusButton):
    """How many records the local ledger holds, and how many checks of them.

    Parameters
    ----------
    desktop : Desktop
        The window.
    """

    def __init__(self, desktop: Desktop) -> None:
        super().__init__(desktop.viewer)
        self._desktop = desktop
        self.clicked.connect(self._open)

    def refresh(self) -> None:
        """Read the ledger as it is now."""
        try:
            # The session's, never the home's: asking for that one would begin a new ledger in the midst of an import.
            ledger = self._desktop.session.ledger
            name, kinds = ledger.name, ledger.kinds
        except LedgerError as error:
            self.say("ledger out of reach ✕", str(error), "bad")
        else:
            records = {"record": kinds["record"]}
            self.say(f"ledger: {name}, {held(kinds)} ✓", _MORE, short=f"ledger: {held(records)} ✓")

    def _open(self) -> None:
        from bims_desktop.ui.ledger.browser import open_ledger_browser

        open_ledger_browser(self._desktop)
