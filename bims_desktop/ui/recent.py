"""`RecentFiles`: File › Open Recent, filled by what was opened or saved, and where napari's own dialogs begin."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app_model.types import Action, MenuRule
from napari.utils.history import update_open_history
from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal

from bims_desktop.app.recent import forget_all, recent, remember
from bims_desktop.provenance.recorder import Change
from bims_desktop.ui.capture.napari_menus import application, forget_closed_windows, forget_withdrawn

if TYPE_CHECKING:
    from bims_desktop.ui import Desktop

MENU = "bims/recent"
_FILES, _END = "1_files", "2_end"

_offered: dict[str, Callable[[], None]] = {}
"""How to take back what the menu offers now, by application: windows share it."""


class RecentFiles(QObject):
    """Notes what is opened and saved in one window.

    Parameters
    ----------
    desktop : Desktop
        The window.
    """

    _used = Signal(str)

    def __init__(self, desktop: Desktop) -> None:
        super().__init__(desktop.main_window)
        self._desktop = desktop
        # The session speaks in whatever thread used the file; the signal carries it over to this one.
        self._used.connect(self._note, Qt.ConnectionType.QueuedConnection)
        self._end = desktop.session.subscribe(self._hear)
        desktop.viewer.layers.events.inserted.connect(self._inserted)
        self.refresh()

    def refresh(self) -> None:
        """Offer the files as the list has them now."""
        app = application()
        forget_closed_windows(app)
        withdraw()
        actions = [_action(number, path) for number, path in enumerate(recent(self._desktop.session.home))]
        end: Action[[], None] = Action(
            id="bims.recent.clear",
            title="Clear Recent Files",
            callback=self.clear,
            menus=[MenuRule(id=MENU, group=_END)],
        )
        _offered[app.name] = app.register_actions([*actions, end])

    def clear(self) -> None:
        """Begin an empty list."""
        forget_all(self._desktop.session.home)
        self.refresh()

    def close(self) -> None:
        """Note no more."""
        self._end()
        self._desktop.viewer.layers.events.inserted.disconnect(self._inserted)
        self._used.disconnect(self._note)
        # What is on its way would offer the files again, and keep the closed window alive with them.
        QCoreApplication.removePostedEvents(self)

    def _hear(self, change: Change) -> None:
        session, action = self._desktop.session, change.action
        opened = [session.inputs[version].path for version in action.writes if action.operation == "load"]
        saved = [session.saved[version] for version in action.arguments.values() if action.operation == "save"]
        for path in (*opened, *saved):
            self._used.emit(str(path))

    def _inserted(self, event: Any) -> None:
        # What came through a reader of napari or of a plugin; samples have no path.
        if event.value.source.path:
            self._note(str(event.value.source.path))

    def _note(self, path: str) -> None:
        remember(self._desktop.session.home, Path(path))
        update_open_history(path)
        self.refresh()


def withdraw() -> None:
    """Offer nothing any more."""
    end = _offered.pop(application().name, None)
    if end is not None:
        end()
        forget_withdrawn(application())


def _action(number: int, path: Path) -> Action[[], None]:
    def reopen() -> None:
        from bims_desktop.ui.menus import current

        current().viewer.window._qt_viewer._qt_open([str(path)], stack=False)

    title = f"{path.name}, in {path.parent.name or path.parent}".replace("&", "&&")
    return Action(
        id=f"bims.recent.{number}",
        title=title,
        callback=reopen,
        menus=[MenuRule(id=MENU, group=_FILES, order=number)],
    )
