"""Three facts at all times: is every change observed, what the versions hold, where the ledger stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QLabel

from bims_desktop.ui.job_bar import JobBar
from bims_desktop.ui.ledger.consortium_status import ConsortiumStatus
from bims_desktop.ui.ledger.status import LedgerStatus
from bims_desktop.ui.memory_status import MemoryStatus
from bims_desktop.ui.theme import GRID
from bims_desktop.ui.two_lengths import TwoLengths
from bims_desktop.ui.words import several

if TYPE_CHECKING:
    from bims_desktop.ui.capture import Capture
    from bims_desktop.ui.sync import Sync
    from bims_desktop.ui.window import Desktop

_REST = GRID * 38
PATIENCE = 300
"""Milliseconds."""


class StatusFacts(QObject):
    """Three labels at the right end of napari's status bar, and the work that runs now."""

    def __init__(self, desktop: Desktop, capture: Capture, sync: Sync) -> None:
        super().__init__(desktop.main_window)
        self._desktop, self._capture = desktop, capture
        self.observed, self.versions, self.ledger = _Fact(), MemoryStatus(desktop), LedgerStatus(desktop)
        self.consortium = ConsortiumStatus(desktop)
        self.job = JobBar()
        self._place()
        # What is over in a moment needs no bar.
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE)
        self._patience.timeout.connect(self._follow)
        # Many changes at once are counted once.
        self._timer = QTimer(self, singleShot=True, interval=50)
        self._timer.timeout.connect(self.refresh)
        self._connect(sync)
        self.refresh()

    def refresh(self) -> None:
        """Look at the session, the hooks and the ledger as they are now."""
        self.observed.put(*self._observed())
        self.versions.refresh()
        self.ledger.refresh()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Fit into the status bar when it is resized, and when something in it is."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self._fit()
        return False

    def _fit(self) -> None:
        """Shorten all texts together where the window has no room for them, a job and a message of napari's."""
        facts = (self.observed, self.versions, self.ledger, self.consortium)
        needed = _REST + self.job.sizeHint().width() + sum(fact.room for fact in facts if not fact.isHidden())
        for fact in facts:
            fact.tighten(needed > self._desktop.main_window.width())

    def _place(self) -> None:
        main = self._desktop.main_window
        for widget in (self.job, self.observed, self.versions, self.ledger, self.consortium):
            widget.setContentsMargins(GRID, 0, GRID, 0)
            main.statusBar().addPermanentWidget(widget)
        self.job.bar.setMinimumWidth(24 * GRID)
        self.job.hide()
        main.statusBar().installEventFilter(self)

    def _connect(self, sync: Sync) -> None:
        layers = self._desktop.viewer.layers
        sync.applied.connect(self._timer.start)
        for event in (layers.events.inserted, layers.events.removed):
            event.connect(self._soon)
        self._desktop.jobs.changed.connect(self._hurry)
        self._capture.self_test.ended.connect(self._soon)

    def _soon(self) -> None:
        self._timer.start()

    def _hurry(self) -> None:
        self._timer.start()
        self._patience.start()

    def _follow(self) -> None:
        running = self._desktop.jobs.running
        if running and not self.job.busy:
            self.job.follow(running[-1])

    def _observed(self) -> tuple[str, ...]:
        if failed := self._capture.self_test.failed:
            self.observed.setToolTip("This version of napari behaves otherwise than expected; check the action log.")
            return f"not observed: {', '.join(failed)} ▲", "not all observed ▲"
        if unrecorded := self._capture.unrecorded:
            self.observed.setToolTip(f"Not recorded: {', '.join(layer.name for layer in unrecorded)}.")
            kinds = ", ".join(sorted({type(layer).__name__.lower() for layer in unrecorded}))
            layers = f"{several(len(unrecorded), 'layer')} not recorded"
            return f"{layers} ({kinds}) ▲", f"{layers} ▲"
        if not self._capture.self_test.over:
            self.observed.setToolTip("Every route by which napari changes data is recorded; each is being tried now.")
            return "checking that changes are observed…", "checking…"
        self.observed.setToolTip(
            "Whatever changes an image in this window, napari's own tools and plugins too, becomes a step in the"
            " action log.\nEvery way of changing one was tried at start."
        )
        return "every change observed ✓", "observed ✓"


class _Fact(TwoLengths, QLabel):
    """One that cannot be clicked."""
