"""Offer to recover sessions whose process died, without standing in the way."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bims_desktop.app.recover import recover, recoverable
from bims_desktop.app.session import Session
from bims_desktop.errors import BimsError
from bims_desktop.ui.notice import Notice
from bims_desktop.ui.theme import GRID, dress
from bims_desktop.ui.words import moment, several

if TYPE_CHECKING:
    from bims_desktop.ui.window import Desktop


def offer_recovery(desktop: Desktop) -> None:
    """Look for such sessions beside the window; if there are any, ask in a line above the image."""

    def ask(found: tuple[Path, ...]) -> None:
        if found:
            bar = RecoveryBar(desktop, found)
            desktop.viewer.window.add_dock_widget(bar, name="Recovery", area="top")

    home = desktop.session.home
    desktop.jobs.start("Looking for sessions that ended too early", lambda: recoverable(home), ask)


class RecoveryBar(Notice):
    """What was found, and a button that recovers the latest into a window of its own."""

    def __init__(self, desktop: Desktop, found: tuple[Path, ...]) -> None:
        super().__init__()
        self._desktop, self._folder = desktop, found[-1]
        self.setMaximumHeight(6 * GRID)
        self._restyle()
        desktop.viewer.events.theme.connect(self._restyle)
        worked = datetime.fromtimestamp(max(path.stat().st_mtime for path in self._folder.iterdir()), UTC)
        number = several(len(found), "session")
        self.ask(f"{number} ended before being closed, the last at {moment(worked.isoformat())}.", "Recover it")
        self.answer.clicked.connect(self._recover)

    def _restyle(self) -> None:
        self.follow(dress(self, self._desktop.viewer))

    def _recover(self) -> None:
        home, folder = self._desktop.session.home, self._folder
        self.answer.setEnabled(False)
        self._desktop.jobs.start(f"Recovering {folder.name}", lambda: recover(folder, home), self._show, self._failed)

    def _show(self, session: Session) -> None:
        self.say("The session was recovered into a window of its own.", "good")
        self._desktop.beside(session)

    def _failed(self, error: BaseException) -> None:
        if not isinstance(error, BimsError):
            raise error
        self.setMaximumHeight(12 * GRID)
        self.fail(error)
