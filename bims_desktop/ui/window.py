"""`Desktop`: the window. A whole napari, with our docks, menus and dialogs around one session."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from os import PathLike
from pathlib import Path

import napari
from napari.layers import Layer
from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QDockWidget

from bims_desktop.app.data import Data
from bims_desktop.app.session import Session
from bims_desktop.errors import BimsError, FileError, FileTooLarge, UnreadableFile
from bims_desktop.files.folder import natural
from bims_desktop.files.sidecar import is_recorded_table
from bims_desktop.operations.running import tick
from bims_desktop.ui import menus
from bims_desktop.ui.action_log_dock import ActionLogDock
from bims_desktop.ui.capture import Capture
from bims_desktop.ui.capture.closing import before_close, main_window, on_close
from bims_desktop.ui.capture.gl_context import delete_in_own_context
from bims_desktop.ui.capture.painting import has_strokes
from bims_desktop.ui.capture.saving import Written, after_save, after_screenshot, before_save
from bims_desktop.ui.channels_line import mind_channels
from bims_desktop.ui.docks import add_dock
from bims_desktop.ui.first_size import give_room
from bims_desktop.ui.garbage import GarbageCollector
from bims_desktop.ui.history_line import show_history
from bims_desktop.ui.icons import app_icon
from bims_desktop.ui.images_offer import offer_images
from bims_desktop.ui.jobs import Jobs
from bims_desktop.ui.loose_layers import LooseLayers
from bims_desktop.ui.notifications import Notifier
from bims_desktop.ui.operation_panel import OperationPanel
from bims_desktop.ui.recent import RecentFiles
from bims_desktop.ui.recovery import offer_recovery
from bims_desktop.ui.series_offer import offer_series
from bims_desktop.ui.slider_names import name_sliders
from bims_desktop.ui.status import StatusFacts
from bims_desktop.ui.sync import Sync
from bims_desktop.ui.units_line import mind_units
from bims_desktop.ui.unopened_line import tell_unopened
from bims_desktop.ui.words import several

TITLE = "BIMS Desktop"
WIDTH = 352
"""Of our docks, in pixels."""
CONTROLS = 320
"""Of napari's docks: as wide as a layer's controls want to be, so that nothing moves when the first layer comes."""


class Desktop:
    """A napari window around a session.

    Parameters
    ----------
    session : Session, optional
        Shown and recorded into; it stays open when the window closes. By default one of the window's own.
    show : bool
        Whether the window appears at once.

    Examples
    --------
    >>> desktop = Desktop()  # doctest: +SKIP
    >>> cells = desktop.session.open("cells.tif")  # doctest: +SKIP
    >>> desktop.layer_of(cells)  # doctest: +SKIP
    <Image layer 'cells.tif' at 0x7f2a>
    """

    def __init__(self, session: Session | None = None, show: bool = True) -> None:
        self._owns = session is None
        self._closed = False
        self.session = session or Session()
        self.viewer = napari.Viewer(title=TITLE, show=show)
        self.main_window = main_window(self.viewer)
        self.main_window.setWindowIcon(app_icon())
        give_room(self.viewer, self.main_window.screen())
        self._parent = QObject(self.main_window)
        self._garbage = GarbageCollector(self._parent)
        self.notifier = Notifier(self)
        self.jobs = Jobs(self.show_error, self._parent)
        self._sync = Sync(self.viewer, self.session, self._parent)
        self._capture = Capture(
            self.viewer, self.session, self._sync, self.show_error, self.open, self.jobs, self._parent
        )
        self.loose = LooseLayers(self.viewer)
        self.panel, self.log = OperationPanel(self), ActionLogDock(self)
        ours = {"Operation": self.panel, "Action log": self.log}
        self._docks = [add_dock(self.viewer, widget, name, "right") for name, widget in ours.items()]
        # Once the docks are laid out; before, they have no sizes to share out.
        QTimer.singleShot(0, self._parent, self._arrange)
        # The menu's own shortcut is the key on the number pad, by the mapping of app-model.
        QShortcut(QKeySequence("Ctrl+Return"), self.main_window).activated.connect(self.panel.run)
        self._status = StatusFacts(self, self._capture, self._sync)
        self.consortium = self._status.consortium
        self._menus = menus.install(self)
        self._recent = RecentFiles(self)
        self.consortium.carry()
        self._capture.self_test.ended.connect(self._make_key)
        self._end_listening = on_close(self.viewer, self.close)
        self._ends_of_asking = (
            before_close(self.viewer, self._hold),
            before_save(self.viewer, self._hold_save),
            after_save(self.viewer, self._tell_written),
            after_screenshot(self.viewer, self._tell_written),
            self.loose.close,
            mind_units(self),
            name_sliders(self.viewer),
            delete_in_own_context(),
        )
        offer_recovery(self)

    def data_of(self, layer: Layer) -> Data | None:
        """The data that `layer` shows now, or None where it is of a kind that is not recorded.

        Whatever changed the layer is recorded first; where a reader of others gave it a moment ago, it is waited for.
        """
        if self.arriving(layer):
            self._capture.finish()
        self._capture.settle()
        return self._sync.data_of(layer)

    def known_of(self, layer: Layer) -> Data | None:
        """The data that `layer` showed when it was last recorded; see `data_of`."""
        return self._sync.data_of(layer)

    def layer_of(self, data: Data) -> Layer | None:
        """The napari layer that shows `data` now, if any does."""
        return self._sync.layer_of(data)

    def settle(self) -> None:
        """Record everything that was held back, and wait for what is on its way from a file."""
        self._capture.finish()

    def then(self, do: Callable[[], object]) -> None:
        """Do something once everything is recorded, now or in a moment; nobody waits for it."""
        self._capture.arrivals.then(do)

    @property
    def showing(self) -> bool:
        """Whether layers come, change or go just now because the session did, not by the person's hand."""
        return self._sync.writing

    def arriving(self, layer: Layer) -> bool:
        """Whether `layer` is on its way from a file: the session will know it in a moment."""
        return layer in self._capture.arrivals.layers

    def wait(self, timeout: float = 60.0) -> None:
        """Finish all jobs, the window staying alive; for scripts and tests.

        Raises
        ------
        OperationFailed
            Some still run after `timeout` seconds.
        """
        self.jobs.wait(timeout)

    def open(self, paths: Iterable[str | PathLike[str]]) -> None:
        """Open image files beside the window, by name; one that fails does not stop the rest.

        Several that could be one series are offered to become one, and of a file of several images the others.
        """
        self.open_images([(path, None) for path in natural(Path(path) for path in paths)])

    def open_images(self, chosen: Sequence[tuple[Path, int | None]]) -> None:
        """The same for images of files: which of those that a file holds, from 0, or None for its first.

        A table with a record is no image: it is verified, and can be replayed from there.
        """
        if tables := [path for path, _ in chosen if is_recorded_table(path)]:
            self.verify(tables)
            chosen = [(path, series) for path, series in chosen if path not in tables]
        title = f"Opening {chosen[0][0].name}" if len(chosen) == 1 else f"Opening {several(len(chosen), 'image')}"
        if chosen:
            self.jobs.start(title, lambda: list(self._opened(chosen)), self._show_opened)

    def undo(self) -> None:
        """Take the last change back: on a Labels layer its own strokes first."""
        layer = self.viewer.layers.selection.active
        if has_strokes(layer):
            layer.undo()
            return
        self.then(lambda: self._move(self.session.undo, "There is nothing to undo."))

    def redo(self) -> None:
        """Take the last undo back."""
        layer = self.viewer.layers.selection.active
        if has_strokes(layer, undone=True):
            layer.redo()
            return
        self.then(lambda: self._move(self.session.redo, "There is nothing to do again."))

    def save(self) -> None:
        """Save the selected layers with their provenance."""
        from bims_desktop.ui.saving_question import save_selected

        self.then(lambda: save_selected(self))

    def verify(self, paths: Sequence[Path] = ()) -> None:
        """Check the provenance of files."""
        from bims_desktop.ui.verify_dialog import open_verify_dialog

        open_verify_dialog(self, paths)

    def play(self, source: Path | None = None) -> None:
        """Open the MacroPlayer."""
        from bims_desktop.ui.macro_player import open_macro_player

        open_macro_player(self, source)

    def choose(self, operation: str) -> None:
        """Show the form of an operation in the panel."""
        self._raise(0)
        self.panel.choose(operation)

    def repeat(self) -> None:
        """Run the last operation again, with the same settings, on the layer that is selected now."""
        self._raise(0)
        self.panel.repeat()

    def search(self) -> None:
        """Put the cursor into the search box of the operation panel."""
        self._raise(0)
        self.panel.search()

    def beside(self, session: Session, title: str) -> Desktop:
        """Show another session in a window of its own, whose title tells it from this one; it closes it in the end."""
        other = Desktop(session)
        other.viewer.title = f"{title} - {TITLE}"
        other._owns = True
        return other

    def show_error(self, error: BaseException) -> None:
        """Tell the person what went wrong; a defect keeps its traceback."""
        if not isinstance(error, BimsError):
            raise error
        if isinstance(error, UnreadableFile | FileTooLarge):
            tell_unopened(self, error)
        else:
            self.notifier.show_error(error)

    def close(self) -> None:
        """Close the window; closing twice does no harm."""
        if self._closed:
            return
        self._closed = True
        self._vanish()
        self._capture.close()
        for end in self._ends_of_asking:
            end()
        self._end_listening()
        self.consortium.release()
        self.jobs.close()
        self._recent.close()
        self._menus()
        self._sync.close()
        self._garbage.close()
        self.viewer.close()
        self.consortium.join()
        if self._owns:
            self.session.close()

    def _move(self, move: Callable[[], object], nothing: str) -> None:
        self.settle()
        if move() is None:
            self.notifier.show_info(nothing)

    def _make_key(self) -> None:
        """Before a dialog asks for it: the first time takes a tenth of a second, or as long as a keyring likes.

        Where it cannot be had, whoever needs it says so.
        """
        self.jobs.start("The key that signs", lambda: self.session.home.agent, on_error=lambda _: None, silent=True)

    def _vanish(self) -> None:
        """Out of sight at once: what has to end first may take its time."""
        for window in (*self.main_window.findChildren(QDialog), self.main_window):
            window.hide()

    def _hold(self, close: Callable[[], None]) -> bool:
        # Dialogs are imported where they open: the window comes sooner.
        from bims_desktop.ui.closing_question import hold

        # A session that somebody else opened outlives the window, and nothing is missed.
        if not self._owns or self._closed:
            return False
        self._capture.settle()
        return hold(self, close)

    def _hold_save(self, layers: Sequence[Layer], save: Callable[[], None]) -> bool:
        from bims_desktop.ui.saving_question import hold_save

        if not any(map(self.arriving, layers)):
            return hold_save(self, layers, save)

        def ask() -> None:
            if not hold_save(self, layers, save):
                save()

        self.then(ask)
        return True

    def _tell_written(self, written: Written) -> None:
        from bims_desktop.ui.saving_question import tell_written

        self.loose.saved(written.layers)
        tell_written(self, written)

    def _opened(self, chosen: Sequence[tuple[Path, int | None]]) -> Iterator[Data | BimsError]:
        for number, (path, series) in enumerate(chosen):
            tick(number / len(chosen))
            try:
                yield self.session.open(path, series=series)
            except FileError as error:
                yield error

    def _show_opened(self, results: Sequence[Data | BimsError]) -> None:
        for result in results:
            if isinstance(result, BimsError):
                self.show_error(result)
        images = [result for result in results if isinstance(result, Data)]
        sources = [self.session.inputs[data.version] for data in images]
        for problem in (f"{source.name}: {text}" for source in sources for text in source.damage):
            self.notifier.show_warning(problem)
        offer_series(self, images)
        offer_images(self, sources)
        mind_channels(self, images)
        show_history(self, sources)

    def _arrange(self) -> None:
        """Room for sentences at the right, shared by the form and the log; at the left for a layer's controls."""
        if not self._closed:
            left = self.main_window.findChildren(QDockWidget, "layer controls")
            self.main_window.resizeDocks(left, [CONTROLS] * len(left), Qt.Orientation.Horizontal)
            self.main_window.resizeDocks(self._docks, [WIDTH, WIDTH], Qt.Orientation.Horizontal)
            self.main_window.resizeDocks(self._docks, [460, 420], Qt.Orientation.Vertical)

    def _raise(self, index: int) -> None:
        self._docks[index].show()
        self._docks[index].raise_()


def run(files: Iterable[Path] = (), series: int | None = None) -> None:
    """Open the window on `files`, on image `series` of each where that is said, and stay until it is closed."""
    desktop = Desktop()
    # What a start makes is hardly ever garbage, and to look through all of it would stop the window.
    gc.freeze()
    desktop._capture.self_test.ended.connect(gc.freeze)
    desktop.open_images([(path, series) for path in natural(files)])
    try:
        napari.run()
    finally:
        desktop.close()
