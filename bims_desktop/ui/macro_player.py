"""`MacroPlayer`: run the steps of a saved image again, whole or one by one, as they were or changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QPushButton

from bims_desktop.app.replay import Replay, ReplayResult, find_input
from bims_desktop.errors import BimsError
from bims_desktop.files.readers import read
from bims_desktop.macro.plan import Step
from bims_desktop.macro.replay import StepResult
from bims_desktop.model.digest import pixel_digest
from bims_desktop.model.image import Image
from bims_desktop.operations.running import tick
from bims_desktop.ui.comparison import Pictures, pictures
from bims_desktop.ui.dialog import Dialog
from bims_desktop.ui.icons import icon
from bims_desktop.ui.player_page import PlayerPage
from bims_desktop.ui.rehearsal import Rehearsal
from bims_desktop.ui.theme import GRID, assign

if TYPE_CHECKING:
    from bims_desktop.app.data import Data
    from bims_desktop.ui import Desktop

_WIDTH, _HEIGHT = GRID * 150, GRID * 84
VERDICTS = {
    "identical": ("Identical to the saved pixels", "good"),
    "within tolerance": ("Equal to the saved pixels but for rounding", "good"),
    "different": ("Different from the saved pixels", "bad"),
    "derived": ("Derived from {name}", "unknown"),
    "not compared": ("Done; there are no saved pixels to compare with", "unknown"),
}


class MacroPlayer(Dialog):
    """Steps, the selected step's parameters, inputs and result; Run, Step, Run to here, Stop.

    Parameters
    ----------
    desktop : Desktop
        The window.
    source : path, optional
        A saved image, or a macro as text.
    """

    _began = Signal(int, str)
    _stepped = Signal(int, object)

    def __init__(self, desktop: Desktop, source: str | Path | None = None) -> None:
        super().__init__(desktop, "MacroPlayer")
        self.resize(_WIDTH, _HEIGHT)
        self.rehearsal: Rehearsal | None = None
        self.outcome: ReplayResult | None = None
        self.panes = PlayerPage(desktop, self.colours)
        self._round = 0
        self._steps: Iterator[StepResult] | None = None
        self._replay: Replay | None = None
        self._done: list[StepResult] = []
        self._lay_out()
        self._connect()
        self.restyle()
        self.settle()
        if source is not None:
            self.load(source)

    def load(self, source: str | Path) -> None:
        """Show the macro of `source`, and look for its inputs."""
        self.notice.clear()
        try:
            self.rehearsal = Rehearsal(Path(source), self.desktop.session.home)
        except BimsError as error:
            self.notice.fail(error)
            return
        self.setWindowTitle(f"MacroPlayer: {Path(source).name}")
        self.panes.show_macro(self.rehearsal)
        self._reset()
        self._find_inputs(list(self.rehearsal.plan.inputs))

    def run(self, until: int | None = None) -> None:
        """Run all steps that are left, or those up to row `until`."""
        if self.rehearsal is None or not self.run_button.isEnabled():
            return
        if self.rehearsal.packages:
            self._ask_trust(self.rehearsal.packages)
            return
        if self._finished():
            self._reset()
        names = [step.name for step in self.rehearsal.plan]
        last = names[-1] if until is None else names[until]
        round, rehearsal = self._round, self.rehearsal
        self.start("Replaying", lambda: self._play(round, rehearsal, last), self._played)

    def step(self) -> None:
        """Run the next step alone."""
        if self.rehearsal is not None:
            if self._finished():
                self._reset()
            waiting = (row for row, step in enumerate(self.rehearsal.plan) if self._waits(step))
            self.run(next(waiting, None))

    def run_to_here(self) -> None:
        """Run up to the selected step."""
        self.run(self.panes.row)

    def stop(self) -> None:
        """Stop at once: what still computes is let go, and nothing of it is shown."""
        self.job.stop()
        self._reset()
        self._ended()
        self.notice.say("Stopped. The next run begins again at the first step.")

    def settle(self) -> None:
        """Enable what can be done now, and say why the rest cannot."""
        problem = "Open a saved image or a macro first."
        if self.rehearsal is not None:
            problem = self.panes.problem() or self.rehearsal.problem()
        if self.busy:
            problem = "It runs now."
        for button, tip in self._tips.items():
            button.setEnabled(not problem)
            button.setToolTip(problem or tip)
        self.stop_button.setEnabled(self.busy)
        self.open_button.setEnabled(not self.busy)
        self.panes.set_busy(self.busy)

    def restyle(self) -> None:
        """Take the colours of the theme."""
        super().restyle()
        self.panes.restyle(self.colours)
        names = {self.run_button: "run", self.step_button: "step", self.here_button: "run_to", self.stop_button: "stop"}
        for button, name in names.items():
            button.setIcon(icon(name, self.colours.icon))
        self.open_button.setIcon(icon("browse", self.colours.icon))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A saved image or a macro may be dropped anywhere."""
        if event.mimeData().hasUrls() and not self.busy:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped."""
        event.acceptProposedAction()
        self.load(event.mimeData().urls()[0].toLocalFile())

    def _lay_out(self) -> None:
        self.setAcceptDrops(True)
        self.open_button = QPushButton("Open")
        self.run_button, self.step_button = QPushButton("Run"), QPushButton("Step")
        self.here_button, self.stop_button = QPushButton("Run to here"), QPushButton("Stop")
        assign(self.run_button, "primary")
        self._tips = {
            self.run_button: "Run all steps that are left. Ctrl+Return",
            self.step_button: "Run the next step alone.",
            self.here_button: "Run up to the selected step.",
        }
        self.open_button.setToolTip("Open a saved image, or a macro as text; dropping it works too.")
        self.stop_button.setToolTip("Stop at once. Esc")
        self.job.cancel.hide()
        self.page.addWidget(self.panes, 1)
        self.add_footer(self.open_button, self.stop_button, self.step_button, self.here_button, self.run_button)

    def _connect(self) -> None:
        self.open_button.clicked.connect(self._choose)
        self.run_button.clicked.connect(lambda: self.run())
        self.step_button.clicked.connect(self.step)
        self.here_button.clicked.connect(self.run_to_here)
        self.stop_button.clicked.connect(self.stop)
        self.notice.answer.clicked.connect(self._trust)
        self.panes.changed.connect(self._changed)
        self.panes.selected.connect(self.settle)
        self.panes.inputs.recorded.connect(lambda name: self._find_inputs([name]))
        self.panes.inputs.file_chosen.connect(self._bind_file)
        self.panes.inputs.layer_chosen.connect(self._bind_layer)
        self._began.connect(self._show_began, Qt.ConnectionType.QueuedConnection)
        self._stepped.connect(self._show_stepped, Qt.ConnectionType.QueuedConnection)

    # -- inputs

    def _find_inputs(self, names: list[str]) -> None:
        """Look for the recorded files, beside the window."""
        rehearsal = self.rehearsal
        if rehearsal is None:
            return
        steps = [rehearsal.plan.inputs[name] for name in names]
        folders = (rehearsal.source.parent,)

        def work() -> list[tuple[str, Image | BimsError]]:
            return [(step.name, _found(step, folders, rehearsal)) for step in steps]

        self._reset()
        self.start("Looking for the inputs", work, self._show_inputs)

    def _show_inputs(self, found: list[tuple[str, Image | BimsError]]) -> None:
        for name, image in found:
            self._bind(name, image, "The recorded file was found; its pixels are the recorded ones.")
        self.panes.calibrate()

    def _bind_file(self, name: str, path: Path) -> None:
        def work() -> tuple[str, Image | BimsError, str]:
            return name, _read(path), path.name

        self.start(f"Reading {path.name}", work, self._show_other)

    def _bind_layer(self, name: str, data: Data) -> None:
        self._show_other((name, data.image, f"The layer {data.name}"))

    def _show_other(self, chosen: tuple[str, Image | BimsError, str]) -> None:
        name, image, source = chosen
        self._bind(name, image, f"{source} stands in; the result is derived unless its pixels are the recorded ones.")

    def _bind(self, name: str, image: Image | BimsError, words: str) -> None:
        assert self.rehearsal is not None
        if isinstance(image, BimsError):
            self.rehearsal.bound.pop(name, None)
            self.panes.inputs.tell(name, "bad", f"{image.what} Choose a file or a layer for it.", self.colours)
        else:
            same = pixel_digest(image) == self.rehearsal.plan.inputs[name].parameters["digest"]
            self.rehearsal.bound[name] = image
            self.panes.inputs.tell(name, "good" if same else "unknown", words, self.colours)
        self._changed()

    # -- playing

    def _play(self, round: int, rehearsal: Rehearsal, last: str) -> tuple[int, ReplayResult | None, Pictures | None]:
        """Steps up to `last`, in the job's thread; a round that was stopped tells nobody anything."""
        if self._steps is None:
            self._replay = rehearsal.prepare()
            self._steps, self._done = self._replay.steps(), []
        replay, steps, done = self._replay, self._steps, self._done
        assert replay is not None
        total = len(replay.plan.steps)
        for step in replay.plan.steps[len(done) :]:
            tick(len(done) / total)
            self._began.emit(round, step.name)
            result = next(steps)
            done.append(result)
            self._stepped.emit(round, result)
            if step.name == last:
                break
        if len(done) < total:
            return round, None, None
        result_of_all = replay.result(tuple(done))
        after = result_of_all.image
        before = read(replay.source).image if replay.record is not None else None
        return round, result_of_all, None if after is None else pictures(before, after)

    def _played(self, played: tuple[int, ReplayResult | None, Pictures | None]) -> None:
        round, result, drawn = played
        if round != self._round or result is None or self.rehearsal is None:
            return
        self.outcome = result
        text, role = VERDICTS[result.verdict]
        self.panes.show_verdict(text.format(name=self.rehearsal.source.name), role, drawn)

    def _show_began(self, round: int, name: str) -> None:
        if round == self._round:
            self.panes.steps.mark(name, "running")

    def _show_stepped(self, round: int, result: StepResult) -> None:
        if round == self._round:
            self.panes.steps.mark(result.name, "done", result.seconds, result.sentence)

    def _failed(self, error: BaseException) -> None:
        self._steps = None
        self.panes.fail_running()
        super()._failed(error)

    def _changed(self) -> None:
        """Something was changed: the next run begins at the first step."""
        self._reset()
        self.settle()

    def _reset(self) -> None:
        self._round += 1
        self._steps, self._replay, self._done, self.outcome = None, None, [], None
        self.panes.restart()

    def _finished(self) -> bool:
        return self._replay is not None and len(self._done) == len(self._replay.plan.steps)

    def _waits(self, step: Step) -> bool:
        return self.panes.steps.state(step.name) == "waiting"

    # -- questions

    def _ask_trust(self, packages: list[str]) -> None:
        self.notice.ask(
            f"The macro runs functions of {', '.join(packages)}. They are programs of others, and may do anything.",
            f"Trust {', '.join(packages)}",
        )

    def _trust(self) -> None:
        if self.rehearsal is not None:
            self.rehearsal.trust.update(self.rehearsal.packages)
            self.notice.clear()
            self.run()

    def _choose(self) -> None:
        kinds = "Saved images and macros (*.tif *.tiff *.py *.txt);;All files (*)"
        path, _ = QFileDialog.getOpenFileName(self, "Open in MacroPlayer", "", kinds)
        if path:
            self.load(path)


def _found(step: Step, folders: tuple[Path, ...], rehearsal: Rehearsal) -> Image | BimsError:
    try:
        return find_input(step, folders, rehearsal.home)
    except BimsError as error:
        return error


def _read(path: Path) -> Image | BimsError:
    try:
        return read(path).image
    except BimsError as error:
        return error


def open_macro_player(desktop: Desktop, source: str | Path | None = None) -> MacroPlayer:
    """Show the player, with the macro of `source`; the window stays usable."""
    player = MacroPlayer(desktop, source)
    player.show()
    return player
