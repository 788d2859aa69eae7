"""`ConsortiumStatus`: how far this computer's ledger has been carried; it begins and ends the carrying."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from bims_desktop.app.carriage import Carriage
from bims_desktop.ui.ledger.arrivals import Arrivals
from bims_desktop.ui.ledger.save_lines import SaveLines
from bims_desktop.ui.ledger.words import carried, carried_in_full
from bims_desktop.ui.status_button import StatusButton

if TYPE_CHECKING:
    from bims_desktop.app.carrier import Carrier
    from bims_desktop.app.save import Report
    from bims_desktop.ui.window import Desktop

LAST_S = 5.0
"""Seconds that the end of the program waits for the carrier's thread; nothing is lost if it is cut off."""


class ConsortiumStatus(StatusButton):
    """Hidden while no consortium is configured; a click opens what is stuck, or the browser.

    Parameters
    ----------
    desktop : Desktop
        The window.

    Signals
    -------
    moved : Carriage
        Entries got further on their way (in the GUI thread).
    """

    moved = Signal(object)
    _heard = Signal(object, object)

    def __init__(self, desktop: Desktop) -> None:
        super().__init__(desktop.viewer)
        self._desktop = desktop
        self._carrier: Carrier | None = None
        self._unsubscribe: Callable[[], None] | None = None
        self._ending: Thread | None = None
        self._arrivals, self._lines = Arrivals(), SaveLines()
        self.carriage = Carriage()
        # The carrier speaks in its own thread; a slot of this object runs in the window's.
        self._heard.connect(self._take)
        self.clicked.connect(self._open)
        self.hide()

    def carry(self) -> None:
        """Begin to carry to the consortium that the settings name, or end it; again after the settings changed."""
        self.release()
        self._desktop.jobs.start("Opening the way to the consortium", self._next, self._begin)

    def expect(self, report: Report) -> None:
        """Say in the status bar when the consortium has taken what was saved."""
        if self._carrier is not None:
            self._arrivals.expect(report.entry - 1, report.path.name)
            self._carrier.nudge()

    def proven(self, report: Report, said: str) -> None:
        """Say what came of the replay of what was saved, beside what the consortium said of it."""
        self._desktop.notifier.show_done(self._lines.add(report.entry, "proven", said))

    def retry(self, index: int) -> None:
        """Send a stuck entry once more."""
        carrier = self._carrier
        if carrier is not None:
            self._desktop.jobs.start("Sending it again", lambda: carrier.retry(index))

    def release(self) -> None:
        """Carry no more; what is under way ends by itself, the window does not wait for it."""
        if self._unsubscribe is not None:
            self._unsubscribe()
        if self._carrier is not None:
            self._ending = Thread(target=self._carrier.stop, name="end of carrying", daemon=True)
            self._ending.start()
        self._carrier = self._unsubscribe = None
        self.hide()

    def join(self) -> None:
        """Once the window is gone: let the carrier end before the ledger is closed."""
        if self._ending is not None:
            self._ending.join(LAST_S)

    def _next(self) -> tuple[Carrier, Carriage] | None:
        """The carrier that the settings ask for, opened beside the window: its files take a moment."""
        self.join()
        carrier = self._desktop.session.home.carrier
        return None if carrier is None else (carrier, carrier.status)

    def _begin(self, opened: tuple[Carrier, Carriage] | None) -> None:
        if opened is None:
            return
        self._carrier, carriage = opened
        self._unsubscribe = self._carrier.subscribe(self._listen)
        self._carrier.start()
        self._take(carriage, [])

    def _listen(self, carriage: Carriage) -> None:
        carrier = self._carrier
        if carrier is not None:
            self._heard.emit(carriage, self._arrivals.news(carrier, carriage))

    def _take(self, carriage: Carriage, news: list[tuple[int, str]]) -> None:
        if self._carrier is None:
            return
        self.carriage = carriage
        role = "bad" if carriage.conflicts else "text"
        self.say(carried(carriage), carried_in_full(carriage), role, short=carried(carriage, briefly=True))
        self.show()
        for index, said in news:
            self._desktop.notifier.show_info(self._lines.add(index + 1, "carried", said))
        self.moved.emit(carriage)

    def _open(self) -> None:
        from bims_desktop.ui.ledger.browser import open_ledger_browser

        browser = open_ledger_browser(self._desktop)
        if self.carriage.conflicts:
            browser.show_conflicts()
