"""`Capture`: what napari and plugins do by themselves becomes actions of the session.

Intent (what was asked), effect (what changed), audit (content hash): whatever has an effect and
no intent becomes a flagged snapshot. Nothing is dropped silently.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from napari.layers import Layer
from PySide6.QtCore import QObject, QTimer

from bims_desktop.app.data import Data
from bims_desktop.app.session import Session
from bims_desktop.errors import BimsError
from bims_desktop.ui.capture.arrivals import Arrivals
from bims_desktop.ui.capture.commands import Commands
from bims_desktop.ui.capture.console import Console
from bims_desktop.ui.capture.contents import Contents
from bims_desktop.ui.capture.display import Display
from bims_desktop.ui.capture.functions import Functions
from bims_desktop.ui.capture.hook import Hook
from bims_desktop.ui.capture.layer_list import LayerList
from bims_desktop.ui.capture.new_labels import NewLabels
from bims_desktop.ui.capture.opening import Opening
from bims_desktop.ui.capture.painting import Painting
from bims_desktop.ui.capture.self_test import SelfTest
from bims_desktop.ui.jobs import Jobs
from bims_desktop.ui.layers import image_of, paintable, recordable, units_of
from bims_desktop.ui.sync import Shown, Sync

if TYPE_CHECKING:
    import napari

# Contents comes last: what a hook knows the cause of must not be taken for a change without one.
HOOKS: tuple[type[Hook], ...] = (
    LayerList,
    Painting,
    Display,
    Functions,
    Commands,
    Opening,
    NewLabels,
    Console,
    Contents,
)


@dataclass(slots=True, eq=False)
class Intent:
    """Something that was asked and goes on now.

    New layers that came of it, layers that got another array, and those that a hook records later.
    """

    cause: str
    inserted: list[Layer] = field(default_factory=list)
    replaced: list[Layer] = field(default_factory=list)
    claimed: list[Layer] = field(default_factory=list)


class Capture(QObject):
    """Watches one viewer on behalf of one session.

    Parameters
    ----------
    viewer : napari.Viewer
        What the person works in.
    session : Session
        Where it is recorded.
    sync : Sync
        Which layer shows which data.
    complain : callable
        Shows an error to the person.
    open_files : callable
        Opens files that the session reads itself, beside the window.
    jobs : Jobs
        Of the window.
    """

    def __init__(
        self,
        viewer: napari.Viewer,
        session: Session,
        sync: Sync,
        complain: Callable[[BaseException], None],
        open_files: Callable[[Sequence[str]], None],
        jobs: Jobs,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.viewer, self.session, self.sync = viewer, session, sync
        self.complain, self.open_files = complain, open_files
        self.intent: Intent | None = None
        self.arrivals = Arrivals(self, jobs)
        self.hooks = tuple(hook(self) for hook in HOOKS)
        self._settling = False
        self._audit = QTimer(self, singleShot=True, interval=0)
        self._audit.timeout.connect(self.audit)
        sync.shown.connect(self.watch)
        sync.replacing.connect(self._rescue)
        sync.applied.connect(lambda change: self._audit.start())
        for layer in viewer.layers:
            self.watch(layer)
            if sync.entry_of(layer) is None:
                self.adopt(layer, "what was in the viewer before the session began")
        self.self_test = SelfTest(self.hooks, self)

    @property
    def quiet(self) -> bool:
        """Whether what happens now is our own doing."""
        return self.sync.writing

    @property
    def unrecorded(self) -> tuple[Layer, ...]:
        """Layers in the viewer that the session does not hold, and will not in a moment."""
        arriving = self.arrivals.layers
        return tuple(
            layer for layer in self.viewer.layers if self.sync.entry_of(layer) is None and layer not in arriving
        )

    def watch(self, layer: Layer) -> None:
        """Look at a layer from now on."""
        for hook in self.hooks:
            hook.watch(layer)

    def settle(self) -> None:
        """Record everything that was held back, and look whether any pixels changed unnoticed.

        What is on its way from a file goes on being so; see `finish`.
        """
        self._settle(self.hooks)

    def finish(self) -> None:
        """Wait for what is on its way from a file, then settle."""
        if self.intent is None:
            self.arrivals.finish()
        self.settle()

    def audit(self) -> None:
        """Look whether any pixels changed unnoticed; what is held back goes on being so."""
        self._settle(self.hooks[-1:])

    @contextmanager
    def doing(self, cause: str, *, settled: bool = False) -> Iterator[Intent]:
        """Say what is asked for; new layers and changed pixels at the end of the block are its effects.

        What came before is recorded first, unless it is `settled` already.
        """
        if not settled:
            self.finish()
        outer, self.intent = self.intent, Intent(cause)
        try:
            yield self.intent
        finally:
            intent, self.intent = self.intent, outer
            if outer is None:
                self._record_effects(intent)
            else:
                outer.inserted += intent.inserted

    def inserted(self, layer: Layer, cause: str) -> None:
        """A layer came without anything being asked; a hook may know where it belongs."""
        if not any(hook.claim(layer) for hook in self.hooks):
            self.adopt(layer, cause)

    def adopt(self, layer: Layer, cause: str) -> None:
        """Record a layer that somebody put into the viewer."""
        if not recordable(layer) or layer not in self.viewer.layers or self.sync.entry_of(layer) is not None:
            return
        try:
            self._adopt(layer, cause)
        except BimsError as error:
            self.complain(error)

    def overwritten(self, entry: Shown, cause: str) -> None:
        """Record that pixels of a layer are not what they were."""
        before = self.session.data(entry.version)
        with self.sync.held():
            after = self.session.snapshot(before, image_of(entry.layer, before.image), cause=cause)
            self.bind(entry.layer, after)

    def bind(self, layer: Layer, data: Data) -> None:
        """Say that `layer`, which somebody else made or changed, shows `data` now."""
        self.sync.bind(layer, data)
        entry = self.sync.entry_of(layer)
        # The record may hold another dtype than napari does; and napari cannot paint in arrays of ours.
        if entry is not None and (entry.altered() or not paintable(layer)):
            self.sync.present(layer)
        with self.sync.ours():
            layer.units = units_of(data.image)

    def close(self) -> None:
        """Record what is pending, and take all hooks out of napari."""
        self.finish()
        self._audit.stop()
        self.self_test.close()
        for hook in self.hooks:
            hook.close()

    def _rescue(self, layer: Layer) -> None:
        """Keep pixels that somebody wrote and that an undo or a script is about to replace: as a layer of their own."""
        entry = self.sync.entry_of(layer)
        assert entry is not None
        image = image_of(layer, self.session.data(entry.version).image)
        name, cause = f"{layer.name} before", "changed in place, then replaced by another version"
        QTimer.singleShot(0, self, lambda: self.session.snapshot(None, image, cause=cause, name=name))

    def _settle(self, hooks: Sequence[Hook]) -> None:
        if self._settling or self.quiet or self.intent is not None:
            return
        self._settling = True
        try:
            for hook in hooks:
                hook.settle()
        finally:
            self._settling = False

    def _adopt(self, layer: Layer, cause: str) -> None:
        parent = layer.source.parent() if layer.source.parent is not None else None
        origin = self.sync.entry_of(parent) if parent is not None else None
        duplicate = origin is not None and origin.equals(layer)
        with self.sync.held():
            if origin is not None and duplicate:
                data = self.session.duplicate(self.session.data(origin.version), name=layer.name)
            else:
                like = None if origin is None else self.session.data(origin.version).image
                data = self.session.snapshot(None, image_of(layer, like), cause=cause, name=layer.name)
            self.bind(layer, data)
            if duplicate:
                self.sync.present(layer)  # shares its version's array, as every image of ours does

    def _record_effects(self, intent: Intent) -> None:
        for layer in intent.inserted:
            if layer not in intent.claimed:
                self.adopt(layer, intent.cause)
        for entry in self.sync.entries:
            if entry.layer not in intent.claimed and entry.altered():
                self.overwritten(entry, intent.cause)
