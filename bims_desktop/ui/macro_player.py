"""`MacroPlayer`: run the steps of a saved image again, whole or one by one, as they were or changed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent

from bims_desktop.app.find_input import FoundInput
from bims_desktop.app.origin import package_of
from bims_desktop.app.pictured import pictured
from bims_desktop.app.replay import ReplayResult
from bims_desktop.errors import BimsError, FileError, NotTrusted
from bims_desktop.files.readers import Series, series_of
from bims_desktop.macro.replay import StepResult
from bims_desktop.ui.destination_form import folder_of
from bims_desktop.ui.dialog import Dialog
from bims_desktop.ui.file_dialog import ask_to_open
from bims_desktop.ui.keeper import Keeper, unkept
from bims_desktop.ui.performance import Outcome, Performance
from bims_desktop.ui.player_page import PlayerPage
from bims_desktop.ui.rehearsal import Rehearsal
from bims_desktop.ui.selected_file import selected_file
from bims_desktop.ui.theme import GRID, assign
from bims_desktop.ui.transport import Transport
from bims_desktop.ui.words import homely, only_first

if TYPE_CHECKING:
    from bims_desktop.app.data import Data
    from bims_desktop.app.home import Home
    from bims_desktop.ui import Desktop

_WIDTH, _HEIGHT = GRID * 152, GRID * 84
_UNSAVED = "{name} is in no file that carries its steps: save it with provenance (Ctrl+Shift+S), or open a saved image."
_LEAVING = "What was changed here goes with this window; Escape again closes it."
VERDICTS = {
    "identical": ("Identical to the saved pixels", "good"),
    "within tolerance": ("Equal to the saved pixels but for rounding", "good"),
    "different": ("Different from the saved pixels", "bad"),
    "derived": ("Derived from {name}", "unknown"),
    "not compared": ("Done; there are no saved pixels to compare with", "unknown"),
}


class MacroPlayer(Dialog):
    """Steps, the selected step's parameters, inputs and result; Run, Step, Run to here, Stop; keep what it made.

    Parameters
    ----------
    desktop : Desktop
        The window.
    source : path, optional
        A saved image, or a macro as text.
    """

    _began = Signal(object, str)
    _ended_step = Signal(object, object)

    def __init__(self, desktop: Desktop, source: str | Path | None = None) -> None:
        super().__init__(desktop, "MacroPlayer")
        self.resize(_WIDTH, _HEIGHT)
        self.rehearsal: Rehearsal | None = None
        self.outcome: ReplayResult | None = None
        self.panes, self.transport, self.keeper = PlayerPage(desktop, self.colours), Transport(), Keeper(self)
        self._performance: Performance | None = None
        self._leaving = False
        self._lay_out()
        self._connect()
        self.restyle()
        self.settle()
        self.transport.open.setFocus()
        if source is not None:
            self.load(source)

    def load(self, source: str | Path) -> None:
        """Show the macro of `source`, and look for its inputs."""
        self.notice.clear()
        home = self.desktop.session.home
        try:
            path, told = _with_steps(Path(source), home)
            self.rehearsal = Rehearsal(path, home)
        except BimsError as error:
            self.notice.fail(error)
            return
        self.setWindowTitle(f"MacroPlayer: {path.name}")
        self.panes.show_macro(self.rehearsal)
        self._reset()
        self._find_inputs(list(self.rehearsal.plan.inputs))
        if told:
            self.notice.say(told)

    def run(self, until: int | None = None) -> None:
        """Run all steps that are left, or those up to row `until`."""
        rehearsal = self.rehearsal
        if rehearsal is None or not self.transport.run.isEnabled():
            return
        if rehearsal.packages:
            self._ask_trust(rehearsal.packages)
            return
        if self._performance is None or self._performance.finished:
            self._reset()
            self._performance = Performance(rehearsal)
        performance = self._performance
        last = rehearsal.plan.steps[-1 if until is None else until].name

        def work() -> tuple[Performance, Outcome | None]:
            return performance, performance.play(
                last,
                lambda name: self._began.emit(performance, name),
                lambda result: self._ended_step.emit(performance, result),
            )

        # Programs of others run in processes of their own, which are waited for.
        alone = not any(map(package_of, rehearsal.plan))
        self.start("Replaying", work, self._played, dispensable=alone)

    def step(self) -> None:
        """Run the next step alone."""
        if self.rehearsal is not None:
            if self._performance is not None and self._performance.finished:
                self._reset()
            states = [self.panes.steps.state(step.name) for step in self.rehearsal.plan]
            self.run(states.index("waiting") if "waiting" in states else None)

    def run_to_here(self) -> None:
        """Run up to the selected step."""
        self.run(self.panes.row)

    def stop(self) -> None:
        """Stop at once: what still computes is let go, and nothing of it is shown."""
        if self.keeper.busy:
            self.job.stop()
            return
        self.abandon()
        self._changed()
        self.notice.say("Stopped. The next run begins again at the first step.")

    def settle(self) -> None:
        """Enable what can be done now, and say why the rest cannot."""
        problem = "Open a saved image or a macro first."
        if self.rehearsal is not None:
            problem = self.panes.problem() or self.rehearsal.problem()
        if self.busy:
            problem = "It runs now."
        self.transport.allow(problem, self.busy)
        self.keeper.allow("It is busy now." if self.busy else unkept(self.rehearsal, self._performance))
        empty = self.rehearsal is None
        assign(self.transport.open, "primary" if empty else "")
        (self.transport.open if empty else self.transport.run).setDefault(True)
        self.panes.set_busy(self.busy)

    def restyle(self) -> None:
        """Take the colours of the theme."""
        super().restyle()
        self.panes.restyle(self.colours)
        self.transport.restyle(self.colours)
        self.keeper.restyle(self.colours)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Where something was changed the first Escape only leaves the box, and says so."""
        changed = self.rehearsal is not None and self.rehearsal.changed
        if event.key() == Qt.Key.Key_Escape and changed and not self.busy and not self._leaving:
            self._leaving = True
            self.panes.table.setFocus()
            self.notice.say(_LEAVING)
        else:
            super().keyPressEvent(event)

    def drop(self, paths: list[Path]) -> None:
        """Show the macro that was dropped."""
        self.load(paths[0])
        if (told := only_first([path.name for path in paths])) and not self.notice.text:
            self.notice.say(told)

    def _lay_out(self) -> None:
        self.setAcceptDrops(True)
        self.job.cancel.hide()
        self.page.addWidget(self.panes, 1)
        first, *others = self.transport.buttons
        self.add_footer(first, self.keeper.keep, self.keeper.save, *others)

    def _connect(self) -> None:
        self.transport.open.clicked.connect(self._choose)
        self.transport.run.clicked.connect(lambda: self.run())
        self.transport.step.clicked.connect(self.step)
        self.transport.here.clicked.connect(self.run_to_here)
        self.transport.stop.clicked.connect(self.stop)
        self.notice.answer.clicked.connect(self._trust)
        self.panes.changed.connect(self._changed)
        self.panes.selected.connect(self.settle)
        self.panes.inputs.recorded.connect(lambda name: self._find_inputs([name]))
        self.panes.inputs.file_chosen.connect(self._bind_file)
        self.panes.inputs.folder_chosen.connect(self._look_in)
        self.panes.inputs.layer_chosen.connect(self._bind_layer)
        self._began.connect(self._show_began, Qt.ConnectionType.QueuedConnection)
        self._ended_step.connect(self._show_ended, Qt.ConnectionType.QueuedConnection)

    def _find_inputs(self, names: list[str]) -> None:
        """Look for the recorded files, beside the window."""
        rehearsal = self.rehearsal
        if rehearsal is not None and names:
            self._reset()
            self.start("Looking for the inputs", lambda: [(n, rehearsal.find(n)) for n in names], self._show_inputs)

    def _show_inputs(self, found: list[tuple[str, FoundInput | BimsError]]) -> None:
        for name, file in found:
            self.panes.inputs.looked_for(name, file.path if isinstance(file, FoundInput) else None)
            self._bind(name, file, self.panes.inputs.found(name))
        self._ask_for_readers([file for _, file in found])
        self.panes.calibrate()
        if self.transport.run.isEnabled():
            self.transport.run.setFocus()

    def _look_in(self, name: str, folder: Path) -> None:
        """Look for the input `name`, and for those that are missing, in and below `folder`."""
        rehearsal = self.rehearsal
        if rehearsal is None:
            return
        rehearsal.look_in.insert(0, folder)
        names = list(dict.fromkeys([name, *rehearsal.unbound]))

        def show(found: list[tuple[str, FoundInput | BimsError]]) -> None:
            taken = [(name, file) for name, file in found if isinstance(file, NotTrusted) or _lies_in(file, folder)]
            if taken:
                self._reset()
                self._show_inputs(taken)
            if not self.notice.text:
                self.notice.say(*_looked(folder, {name for name, _ in taken}, names))

        self.start(f"Looking in {folder.name}", lambda: [(n, rehearsal.find(n)) for n in names], show)

    def _bind_file(self, name: str, path: Path, series: int | None) -> None:
        rehearsal = self.rehearsal
        assert rehearsal is not None
        self.start(f"Reading {path.name}", lambda: (name, path, *_read(rehearsal, name, path, series)), self._show_file)

    def _show_file(self, read: tuple[str, Path, FoundInput | BimsError, tuple[Series, ...]]) -> None:
        name, path, found, several = read
        if isinstance(found, BimsError):
            self._bind(name, found, path.name)
            self._ask_for_readers([found])
            return
        which = f", image {found.series}," if len(several) > 1 else ""
        self.panes.inputs.offer(name, path, several, found.series)
        self._bind(name, found, f"{path.name}{which} stands in.")

    def _bind_layer(self, name: str, data: Data) -> None:
        self._bind(name, data, f"The layer {data.name} stands in.")

    def _ask_for_readers(self, found: Sequence[FoundInput | BimsError]) -> None:
        if self.rehearsal is not None and any(isinstance(one, NotTrusted) for one in found):
            self._ask_trust(self.rehearsal.packages)

    def _bind(self, name: str, source: FoundInput | Data | BimsError, told: str) -> None:
        assert self.rehearsal is not None
        state, words = self.rehearsal.bind(name, source, told)
        self.panes.inputs.tell(name, state, words, self.colours)
        self._changed()

    def _played(self, played: tuple[Performance, Outcome | None]) -> None:
        performance, outcome = played
        if performance is self._performance and outcome is not None and self.rehearsal is not None:
            self.outcome = outcome.result
            keeping = performance.keeping(self.desktop.session)
            self.keeper.take(keeping, self.rehearsal.source, outcome.result.table is not None)
            text, role = VERDICTS[outcome.result.verdict]
            self.panes.show_verdict(text.format(name=self.rehearsal.source.name), role, outcome.pictures)

    def _show_began(self, performance: Performance, name: str) -> None:
        if performance is self._performance:
            self.panes.steps.mark(name, "running")

    def _show_ended(self, performance: Performance, result: StepResult) -> None:
        if performance is self._performance:
            self.panes.steps.mark(result.name, "done", result.seconds, performance.told(result))

    def fail(self, error: BaseException) -> None:
        """Say in place which step could not run, or why the result could not be kept; it is still there then."""
        if self.keeper.busy:
            self.keeper.busy = False
        else:
            self._performance = None
            self.panes.fail_running()
        super().fail(error)

    def _changed(self) -> None:
        """Something was changed: the next run begins at the first step; what runs is not disturbed."""
        self._leaving = False
        if not self.busy:
            self._reset()
            self.settle()

    def _reset(self) -> None:
        self._performance, self.outcome = None, None
        self.keeper.drop()
        self.panes.restart()

    def _ask_trust(self, packages: list[str]) -> None:
        self.notice.ask(
            f"The macro runs functions of {', '.join(packages)}. They are programs of others, and may do anything: "
            "trust them if you know who made the macro.",
            f"Trust {', '.join(packages)}",
        )

    def _trust(self) -> None:
        if self.rehearsal is not None:
            self.rehearsal.trust.update(self.rehearsal.packages)
            self.notice.clear()
            missing = self.rehearsal.unbound
            self._find_inputs(missing) if missing else self.run()

    def _choose(self) -> None:
        kinds = "Saved images and macros (*.tif *.tiff *.py *.txt);;All files (*)"
        path = ask_to_open(self, "Open in MacroPlayer", folder_of(self.desktop.session), kinds)
        if path:
            self.load(path)


def _read(
    rehearsal: Rehearsal, name: str, path: Path, series: int | None
) -> tuple[FoundInput | BimsError, tuple[Series, ...]]:
    """What stands in a file for an input, and the images that it holds."""
    listed: tuple[Series, ...] = ()
    with suppress(FileError):  # a format of somebody else, or damaged: that is told by what was found
        listed = series_of(path)
    return rehearsal.read(name, path, series), listed


def _lies_in(file: FoundInput | BimsError, folder: Path) -> bool:
    return isinstance(file, FoundInput) and file.path.absolute().is_relative_to(folder.absolute())


def _looked(folder: Path, taken: Collection[str], names: Sequence[str]) -> tuple[str, str]:
    """What came of looking for inputs in a folder that a person named, and whether that is good."""
    where = homely(folder)
    if lost := [name for name in names if name not in taken]:
        return f"No file in {where} or below it has the recorded pixels of {', '.join(lost)}.", "unknown"
    return f"Found in {where}: {', '.join(names)}.", "good"


def _with_steps(path: Path, home: Home) -> tuple[Path, str]:
    """The file whose steps are shown for `path`, and why it is another: of a picture the front image in it."""
    found = [one.files[0] for one in pictured(path, home) if one.files] if path.is_file() else []
    if not found:
        return path, ""
    first, *others = found
    also = f" It shows {', '.join(other.name for other in others)} too: Verify opens these." if others else ""
    return first, f"{path.name} is a picture; these are the steps of {first.name}, which it shows.{also}"


def open_macro_player(desktop: Desktop, source: str | Path | None = None) -> MacroPlayer:
    """Show the player, with the macro of `source` or of the selected layer's file; the window stays usable."""
    source, layer = source or selected_file(desktop), desktop.viewer.layers.selection.active
    player = MacroPlayer(desktop, source)
    player.show()
    if source is None and layer is not None:
        player.notice.say(_UNSAVED.format(name=layer.name))
    return player
