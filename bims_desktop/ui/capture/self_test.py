"""`SelfTest`: tries whether the napari of this machine behaves as each hook relies on, once the window stands."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Thread

from PySide6.QtCore import QObject, QTimer, Signal

from bims_desktop.ui.capture.hook import Hook
from bims_desktop.ui.preload import preload

PAUSE = 1000
"""Milliseconds after which it begins: the first image comes first."""


class SelfTest(QObject):
    """One hook a turn of the event loop, so that the window stays alive.

    Parameters
    ----------
    hooks : sequence of Hook
        They watch from the moment they were made; this only says whether they can.

    Signals
    -------
    ended : no value
        Every hook was tried.
    """

    ended = Signal()
    _ready = Signal()

    def __init__(self, hooks: Sequence[Hook], parent: QObject) -> None:
        super().__init__(parent)
        self._waiting = list(hooks)
        self._failed: list[str] = []
        self._thread = Thread(target=self._prepare, name="self-test", daemon=True)
        self._timer = QTimer(self, singleShot=True, interval=PAUSE)
        self._timer.timeout.connect(self._thread.start)
        self._ready.connect(self._next)
        self._timer.start()

    @property
    def over(self) -> bool:
        """Whether every hook was tried."""
        return not self._waiting

    @property
    def failed(self) -> tuple[str, ...]:
        """Routes, of those that were tried, that nobody may rely on."""
        return tuple(self._failed)

    def finish(self) -> None:
        """Try the rest now."""
        self._timer.stop()
        while self._waiting:
            self._try()

    def close(self) -> None:
        """Try nothing more."""
        self._timer.stop()
        self._waiting.clear()
        if self._thread.ident is not None:
            self._thread.join()

    def _prepare(self) -> None:
        preload()
        self._ready.emit()

    def _next(self) -> None:
        if self._waiting:
            self._try()
            QTimer.singleShot(0, self, self._next)

    def _try(self) -> None:
        hook = self._waiting.pop(0)
        if not _works(hook):
            self._failed.append(hook.route)
        if not self._waiting:
            self.ended.emit()


def _works(hook: Hook) -> bool:
    try:
        return hook.probe()
    except (AttributeError, LookupError, TypeError, ValueError):  # napari is not as this hook knows it
        return False
