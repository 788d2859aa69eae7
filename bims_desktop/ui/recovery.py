"""Offer to recover sessions whose process died, without standing in the way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from bims_desktop.app.lost_work import LostWork, lost_work
from bims_desktop.app.recover import dismiss, offer_again, recover, recoverable
from bims_desktop.app.session import Session
from bims_desktop.errors import BimsError
from bims_desktop.ui.notice import Notice
from bims_desktop.ui.offer import put_above, take_away
from bims_desktop.ui.theme import GRID, dress
from bims_desktop.ui.words import moment, several, shortened

if TYPE_CHECKING:
    from bims_desktop.ui.window import Desktop


def offer_recovery(desktop: Desktop) -> None:
    """Look for such sessions beside the window; if there are any, ask in a line above the image."""

    def ask(found: Sequence[LostWork]) -> None:
        if found:
            put_above(desktop, RecoveryBar(desktop, found), "Recovery")

    def work() -> list[LostWork]:
        return [lost_work(folder) for folder in recoverable(desktop.session.home)]

    desktop.jobs.start("Looking for sessions that ended too early", work, ask)


class RecoveryBar(Notice):
    """What was found; recover the latest into a window of its own, leave them for later, or be rid of the offer."""

    def __init__(self, desktop: Desktop, found: Sequence[LostWork]) -> None:
        super().__init__()
        self._desktop, self._found = desktop, list(found)
        self._act = self._recover
        self.setMaximumHeight(6 * GRID)
        self._restyle()
        desktop.viewer.events.theme.connect(self._restyle)
        forgotten, put_off = "Their logs stay on this computer; nothing is deleted.", "Offered again at the next start."
        self.forget = self.add("Do not offer again", forgotten, behind=True)
        self.later = self.add("Not now", put_off, behind=True)
        self.answer.clicked.connect(self._answered)
        self.later.clicked.connect(self.leave)
        self.forget.clicked.connect(self._dismiss)
        self._offer()

    def leave(self) -> None:
        """Take the line away."""
        self._desktop.viewer.events.theme.disconnect(self._restyle)
        take_away(self._desktop, self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape is for another time."""
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)

    def _answered(self) -> None:
        self._act()

    def _offer(self) -> None:
        latest = self._found[-1]
        worked = datetime.fromtimestamp(max(path.stat().st_mtime for path in latest.folder.iterdir()), UTC)
        last = moment(worked.isoformat())
        many = f"{len(self._found)} sessions ended before they were closed, the last one at {last}."
        one = f"A session ended before it was closed, at {last}."
        self.ask(f"{one if len(self._found) == 1 else many} {_steps(latest)} can be had back.", "Recover it")
        self.answer.setToolTip("Run its steps again, in a window of its own; this one stays as it is.")
        self._act = self._recover
        self._let_choose(True)

    def _dismiss(self) -> None:
        try:
            for lost in self._found:
                dismiss(lost.folder)
        except BimsError as error:
            self.fail(error)
            return
        one = "The session will not be offered again; its log stays on this computer."
        many = f"{len(self._found)} sessions will not be offered again; their logs stay on this computer."
        text = one if len(self._found) == 1 else many
        self.ask(text, "Undo", "good")
        self.answer.setToolTip("Offer them again.")
        self._act = self._undo
        self.forget.hide()
        self.later.setText("Close")

    def _undo(self) -> None:
        for lost in self._found:
            offer_again(lost.folder)
        self._offer()

    def _let_choose(self, free: bool) -> None:
        """Show both other buttons; `free` unless a recovery runs."""
        self.later.setText("Not now")
        self.forget.show()
        for button in (self.answer, self.forget):
            button.setEnabled(free)

    def _restyle(self) -> None:
        self.follow(dress(self, self._desktop.viewer))

    def _recover(self) -> None:
        home, folder = self._desktop.session.home, self._found[-1].folder
        self._let_choose(False)
        self._desktop.jobs.start(f"Recovering {folder.name}", lambda: recover(folder, home), self._show, self._failed)

    def _show(self, session: Session) -> None:
        title = _title(self._found.pop())
        if self._found:
            self._offer()
        else:
            self.say("The session was recovered into a window of its own.", "good")
            self.forget.hide()
            self.later.setText("Close")
        self._desktop.beside(session, title)

    def _failed(self, error: BaseException) -> None:
        if not isinstance(error, BimsError):
            raise error
        self.setMaximumHeight(12 * GRID)
        self._let_choose(True)
        self._found.insert(0, self._found.pop())
        if len(self._found) > 1:
            self.ask(f"{error.what}\n{error.todo}", "Recover the one before", "bad")
        else:
            self.fail(error)


def _title(lost: LostWork) -> str:
    """What tells the window of a recovered session from others: the first image of it."""
    return f"Recovered: {shortened(lost.images[0])}" if lost.images else "Recovered"


def _steps(lost: LostWork) -> str:
    """How many steps, and on which image, as the beginning of a sentence."""
    count = f"Its {several(lost.steps, 'step')}" if lost.steps else "Its steps"
    others = f" and {several(len(lost.images) - 1, 'other image')}" if len(lost.images) > 1 else ""
    return f"{count} on {shortened(lost.images[0])}{others}" if lost.images else count
