"""The MacroPlayer, in the real window."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from bims_desktop.app.find_input import FoundInput
from bims_desktop.files.readers import read
from bims_desktop.model.image import Image
from bims_desktop.ui import Desktop
from bims_desktop.ui.comparison import pictures
from bims_desktop.ui.macro_player import MacroPlayer, open_macro_player


@pytest.fixture
def saved(desktop: Desktop, nuclei: Path, tmp_path: Path) -> Path:
    session = desktop.session
    smooth = session.run("gaussian", session.open(nuclei), sigma=2)
    path = tmp_path / "labels.ome.tif"
    session.save(session.run("label", session.run("threshold_otsu", smooth)), path)
    return path


@pytest.fixture
def player(desktop: Desktop, saved: Path, pump: Callable[..., None]) -> MacroPlayer:
    opened = open_macro_player(desktop, saved)
    desktop.wait()
    pump()
    return opened


def states(player: MacroPlayer) -> list[str]:
    return [player.panes.steps.state(step.name) for step in player.panes.steps.steps]


def play(player: MacroPlayer, button: Any, pump: Callable[..., None]) -> None:
    button.click()
    player.desktop.wait()
    pump(20)


def tick(player: MacroPlayer, row: int, kept: bool) -> None:
    state = Qt.CheckState.Checked if kept else Qt.CheckState.Unchecked
    model = player.panes.steps
    assert model.setData(model.index(row, 0), state.value, Qt.ItemDataRole.CheckStateRole)


def test_it_says_how_to_begin(desktop: Desktop) -> None:
    player = open_macro_player(desktop)
    assert "Open a saved image" in player.panes.empty.text()
    assert not player.transport.run.isEnabled()


def test_a_run_gives_the_saved_pixels(player: MacroPlayer, pump: Callable[..., None]) -> None:
    play(player, player.transport.run, pump)
    assert states(player) == ["done"] * 4
    assert player.panes.verdict.text() == "Identical to the saved pixels"
    assert player.panes.comparison.words.text() == "No pixel differs."


def test_steps_run_one_by_one(player: MacroPlayer, pump: Callable[..., None]) -> None:
    for done in (1, 2, 3, 4):
        play(player, player.transport.step, pump)
        assert states(player) == ["done"] * done + ["waiting"] * (4 - done)
    assert player.outcome is not None
    assert player.outcome.verdict == "identical"


def test_run_to_here_stops_at_the_selected_step(player: MacroPlayer, pump: Callable[..., None]) -> None:
    player.panes.table.selectRow(2)
    play(player, player.transport.here, pump)
    assert states(player) == ["done", "done", "done", "waiting"]
    play(player, player.transport.run, pump)
    assert player.outcome is not None


def test_a_changed_parameter_makes_it_derived(player: MacroPlayer, pump: Callable[..., None]) -> None:
    player.panes.table.selectRow(1)
    assert player.panes.form is not None
    player.panes.form.field("sigma").set_value(4.0)
    play(player, player.transport.run, pump)
    assert player.panes.verdict.text() == "Derived from labels.ome.tif"
    player.panes.form.field("sigma").set_value(2.0)
    assert not player.panes.result.isVisible()
    play(player, player.transport.run, pump)
    assert player.panes.verdict.text() == "Identical to the saved pixels"


def test_escape_leaves_a_changed_setting_before_it_closes_the_window(player: MacroPlayer) -> None:
    player.panes.table.selectRow(1)
    for _ in range(2):
        assert player.panes.form is not None
        player.panes.form.field("sigma").set_value(4.0)
        player.panes.form.field("sigma").setFocus()
        QTest.keyClick(player, Qt.Key.Key_Escape)
        assert (player.isVisible(), player.focusWidget() is player.panes.table) == (True, True)
        assert "Escape again" in player.notice.text
        player.panes.form.field("sigma").set_value(5.0)
    QTest.keyClick(player, Qt.Key.Key_Escape)
    QTest.keyClick(player, Qt.Key.Key_Escape)
    assert not player.isVisible()


def test_a_bad_parameter_says_why(player: MacroPlayer) -> None:
    player.panes.table.selectRow(1)
    assert player.panes.form is not None
    player.panes.form.field("sigma").set_value(-1.0)
    assert not player.transport.run.isEnabled()
    assert "from 0 to 1000" in player.transport.run.toolTip()


def test_a_step_left_out_greys_those_that_need_it(player: MacroPlayer, pump: Callable[..., None]) -> None:
    tick(player, 2, kept=False)
    assert states(player) == ["waiting", "waiting", "left out", "no input"]
    play(player, player.transport.run, pump)
    assert states(player) == ["done", "done", "left out", "no input"]
    assert player.panes.verdict.text().startswith("Derived from")
    tick(player, 2, kept=True)
    assert states(player) == ["waiting"] * 4


def test_leaving_out_everything_is_refused_in_words(player: MacroPlayer) -> None:
    tick(player, 0, kept=False)
    assert not player.transport.run.isEnabled()
    assert "tick at least one" in player.transport.run.toolTip()


def test_a_layer_can_stand_in_for_an_input(player: MacroPlayer, pump: Callable[..., None]) -> None:
    card = player.panes.inputs._cards["nuclei"]
    card.source.setCurrentIndex(card.source.findText("layer: gaussian_1"))
    card._pick()
    assert "result is derived" in card._text.text()
    play(player, player.transport.run, pump)
    assert player.panes.verdict.text().startswith("Derived from")
    before = player.desktop.session.layers
    play(player, player.keeper.keep, pump)
    assert [layer.name for layer in player.desktop.session.layers[len(before) :]] == [
        "gaussian_2",
        "threshold_otsu_2",
        "label_2",
    ]
    card.source.opening.emit()
    assert card.source.currentText() == "layer: gaussian_1"
    assert card.source.findText("layer: label_2") == 1


def test_a_result_is_kept_as_layers_and_in_a_file(
    player: MacroPlayer, tmp_path: Path, pump: Callable[..., None]
) -> None:
    session, keeper = player.desktop.session, player.keeper
    assert (keeper.keep.isEnabled(), keeper.save.isEnabled()) == (False, False)
    assert "Run it first" in keeper.keep.toolTip()
    play(player, player.transport.step, pump)
    assert "3 steps still to run" in keeper.save.toolTip()
    player.panes.table.selectRow(1)
    assert player.panes.form is not None
    player.panes.form.field("sigma").set_value(4.0)
    assert "Run it first" in keeper.keep.toolTip()
    before = session.layers
    play(player, player.transport.run, pump)

    keeper.save_as(tmp_path / "derived.ome.tif")
    player.desktop.wait()
    pump(20)
    assert player.notice.text == f"Saved derived.ome.tif in {tmp_path} as record 2."
    assert session.layers == before
    play(player, keeper.keep, pump)
    assert player.notice.text.startswith("Made 4 layers in the main window: nuclei.tif [1], gaussian_")
    assert len(session.layers) == len(before) + 4
    assert [action.operation for action in session.actions[-2:]] == ["save", "show"], "its steps are in the log once"
    last = player.desktop.viewer.layers[-1]
    assert np.array_equal(last.data, read(tmp_path / "derived.ome.tif").image.array())
    assert "sigma=4.0" in session.draft(player.desktop.data_of(last)).macro
    assert (keeper.keep.isEnabled(), keeper.save.isEnabled()) == (False, True)

    keeper.save_as(tmp_path / "nuclei.tif")
    player.desktop.wait()
    pump(20)
    assert "is what is replayed" in player.notice.text
    assert player.outcome is not None
    assert keeper.save.isEnabled()
    tick(player, 2, kept=False)
    play(player, player.transport.run, pump)
    assert "left out, and the result with it" in keeper.keep.toolTip()


def test_files_are_located_where_the_macro_lies_or_the_last_one_was(
    player: MacroPlayer, tmp_path: Path, stack: Path, monkeypatch: pytest.MonkeyPatch, pump: Callable[..., None]
) -> None:
    asked: list[str] = []
    elsewhere = Path(shutil.copytree(stack.parent, tmp_path.parent / f"{tmp_path.name}-other")) / stack.name

    def choose(parent: object, title: str, folder: Path) -> str:
        asked.append(str(folder))
        return str(elsewhere)

    monkeypatch.setattr("bims_desktop.ui.input_binder.ask_to_open", choose)
    card = player.panes.inputs._cards["nuclei"]
    for _ in range(2):
        card._browse()
        player.desktop.wait()
        pump(20)
    assert asked == [str(tmp_path), str(elsewhere.parent)]


def test_a_missing_input_is_asked_for(desktop: Desktop, saved: Path, nuclei: Path, tmp_path: Path, pump: Any) -> None:
    # Where nobody looks: in the same folder it would be found under another name.
    (tmp_path / "elsewhere").mkdir()
    moved = shutil.move(nuclei, tmp_path / "elsewhere" / "moved.tif")
    player = open_macro_player(desktop, saved)
    desktop.wait()
    pump()
    assert "choose a file or a layer" in player.transport.run.toolTip()
    card = player.panes.inputs._cards["nuclei"]
    locate = card.locate
    assert locate.property("role") == "primary", "it is what to do next"
    card.take(saved.with_name("README.md"))
    desktop.wait()
    pump()
    assert card.source.currentText() == "README.md"
    player._look_in("nuclei", tmp_path / "elsewhere")
    desktop.wait()
    pump()
    assert card.source.currentText() == "moved.tif"
    assert card._text.text().startswith("moved.tif was found in place of nuclei.tif. Its pixels are the recorded ones.")
    assert player.notice.text == f"Found in {tmp_path / 'elsewhere'}: nuclei."
    assert player.focusWidget() is player.transport.run
    assert locate.property("role") != "primary"
    play(player, player.transport.run, pump)
    assert player.panes.verdict.text() == "Identical to the saved pixels"
    told = player.panes.steps.index(0, 0).data()
    assert told == "1. Opened moved.tif"
    player._bind_file("nuclei", Path(moved), None)
    desktop.wait()
    pump()
    assert "Its pixels are the recorded ones." in card._text.text()


def test_a_folder_that_is_named_wins_and_always_gets_an_answer(
    player: MacroPlayer, nuclei: Path, tmp_path: Path, pump: Callable[..., None]
) -> None:
    for name in ("empty", "named/deep"):
        (tmp_path / name).mkdir(parents=True)
    copy = Path(shutil.copy(nuclei, tmp_path / "named" / "deep" / nuclei.name))
    assert player.rehearsal is not None
    said = {
        "empty": f"No file in {tmp_path / 'empty'} or below it has the recorded pixels of nuclei.",
        "named": f"Found in {tmp_path / 'named'}: nuclei.",
    }
    for name, path in (("empty", nuclei), ("named", copy)):
        player._look_in("nuclei", tmp_path / name)
        player.desktop.wait()
        pump()
        source = player.rehearsal.bound["nuclei"].source
        assert isinstance(source, FoundInput)
        assert (source.path, player.notice.text) == (path, said[name])


def test_stop_works_at_once(desktop: Desktop, tmp_path: Path, pump: Callable[..., None]) -> None:
    path = tmp_path / "large.tif"
    pixels = np.random.default_rng(0).integers(0, 255, (30, 400, 400)).astype(np.uint8)
    tifffile.imwrite(path, pixels, metadata={"axes": "ZYX"})
    source = tmp_path / "macro.py"
    large = desktop.session.open(path)
    slow = desktop.session.run("median", large, radius=3)
    source.write_text(desktop.session.draft(slow).macro)
    player = open_macro_player(desktop, source)
    desktop.wait()
    player.transport.run.click()
    pump(100)
    assert "running" in states(player)
    player.transport.stop.click()
    assert states(player) == ["waiting", "waiting"]
    assert player.transport.run.isEnabled()
    desktop.wait()
    pump(20)
    assert states(player) == ["waiting", "waiting"]
    assert player.outcome is None


def test_manual_edits_stay_on_their_own_data_unless_allowed(desktop: Desktop, nuclei: Path, pump: Any) -> None:
    session = desktop.session
    labels = session.run("label", session.run("threshold_otsu", session.run("gaussian", session.open(nuclei))))
    path = nuclei.with_name("painted.ome.tif")
    session.save(session.paint(labels, at=[(3, 3)], brush_size=3, value=9), path)
    player = open_macro_player(desktop, path)
    desktop.wait()
    player.panes.table.selectRow(1)
    assert player.panes.form is not None
    player.panes.form.field("sigma").set_value(2.0)
    play(player, player.transport.run, pump)
    assert states(player)[-1] == "failed"
    assert "manual edit" in player.notice.text
    player.panes.allow_edits.setChecked(True)
    play(player, player.transport.run, pump)
    assert player.panes.verdict.text().startswith("Derived from")


def test_a_macro_alone_has_nothing_to_compare_with(
    desktop: Desktop, player: MacroPlayer, tmp_path: Path, pump: Any
) -> None:
    source = tmp_path / "macro.py"
    source.write_text(desktop.session.draft(desktop.session.data(2)).macro)
    player.load(source)
    desktop.wait()
    play(player, player.transport.run, pump)
    assert player.panes.verdict.text() == "Done; there are no saved pixels to compare with"


@pytest.mark.parametrize("content", [b"import os\n", b'"""no macro\n', b"\xff\xfe"])
def test_a_file_without_macro_is_refused_in_place(desktop: Desktop, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "hostile.py"
    path.write_bytes(content)
    player = open_macro_player(desktop, path)
    assert player.notice.text.startswith("hostile.py is neither a saved image nor a macro.")
    assert not player.transport.run.isEnabled()
    assert player.focusWidget() is player.transport.open


def test_differences_are_counted() -> None:
    before = Image(np.zeros((2, 6, 6), np.uint8), "ZYX")
    changed = before.array().copy()
    changed[1, 2, 3] = 9
    drawn = pictures(before, before.with_pixels(changed))
    assert drawn.words == "1 of 72 values differ."
    assert drawn.difference is not None
    assert int(drawn.difference.astype(bool)[..., 0].sum()) == 1


@pytest.mark.parametrize(
    ("after", "words"),
    [
        ([[0, 1, 1], [0, 0, 2]], "No pixel differs."),
        ([[0, 7, 7], [0, 0, 1]], "3 of 6 values differ. The areas of all objects are the same: only their numbers"),
        ([[0, 2, 2], [0, 0, 2]], "2 of 6 values differ. All objects together cover the same pixels, but are parted"),
        ([[0, 1, 3], [0, 0, 2]], "1 of 6 values differ. All objects together cover the same pixels, but are parted"),
        ([[1, 1, 1], [0, 0, 2]], "1 of 6 values differ. Object and background differ in 1 of them."),
        ([[2, 2, 2], [0, 0, 2]], "3 of 6 values differ. Object and background differ in 1 of them; in the others"),
    ],
)
def test_labels_are_compared_by_their_areas_too(after: list[list[int]], words: str) -> None:
    before = Image(np.array([[0, 1, 1], [0, 0, 2]], np.uint16), "YX", kind="labels")
    assert pictures(before, before.with_pixels(np.array(after, np.uint16))).words.startswith(words)


@pytest.mark.parametrize("kind", ["intensity", "labels", "mask", "rgb"])
def test_every_kind_can_be_drawn(kind: Any) -> None:
    shape, axes = ((300, 700, 3), "YXS") if kind == "rgb" else ((2, 300, 700), "ZYX")
    pixels = np.random.default_rng(0).integers(0, 2, shape).astype(np.bool_ if kind == "mask" else np.uint8)
    image = Image(pixels, axes, kind=kind)
    drawn = pictures(image, image)
    assert drawn.after.dtype == np.uint8
    assert drawn.after.shape[2] == 3
    assert max(drawn.after.shape) <= 256


def test_a_foreign_package_is_run_only_once_trusted(desktop: Desktop, nuclei: Path, pump: Callable[..., None]) -> None:
    session = desktop.session
    cells = session.open(nuclei)
    (result,) = session.call(
        "scipy.ndimage.gaussian_filter", {"input": cells, "sigma": 1}, [(cells.image, "x")], package="scipy 1.15"
    )
    path = nuclei.with_name("foreign.ome.tif")
    session.save(result, path)
    player = open_macro_player(desktop, path)
    desktop.wait()
    play(player, player.transport.run, pump)
    assert player.notice.answer.text() == "Trust scipy"
    assert "scipy have to be trusted first" in player.keeper.keep.toolTip()
    assert states(player) == ["waiting", "waiting"]
    player.notice.answer.click()
    desktop.wait()
    pump(20)
    assert player.rehearsal is not None
    assert player.rehearsal.trust == {"scipy"}
    assert states(player)[0] == "done"


def test_the_mouse_runs_it_while_a_number_box_has_the_focus(player: MacroPlayer, pump: Callable[..., None]) -> None:
    player.panes.table.selectRow(1)
    player.activateWindow()
    pump(20)
    for button, done in ((player.transport.step, 1), (player.transport.here, 2), (player.transport.run, 4)):
        assert player.panes.form is not None
        player.panes.form.field("sigma").setFocus()
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        player.desktop.wait()
        pump(20)
        assert states(player) == ["done"] * done + ["waiting"] * (4 - done)
    assert player.panes.verdict.text() == "Identical to the saved pixels"


def test_a_long_file_name_leaves_room_for_the_buttons(
    desktop: Desktop, nuclei: Path, tmp_path: Path, pump: Callable[..., None]
) -> None:
    long = shutil.move(nuclei, tmp_path / f"{'x' * 56}.tif")
    session = desktop.session
    path = tmp_path / f"{'y' * 51}.ome.tif"
    session.save(session.run("gaussian", session.open(long), sigma=2), path)
    player = open_macro_player(desktop, path)
    desktop.wait()
    player.panes.table.selectRow(1)
    assert player.panes.form is not None
    player.panes.form.field("sigma").set_value(4.0)
    play(player, player.transport.run, pump)
    assert player.panes.verdict.toolTip() == f"<qt>Derived from {path.name}</qt>"
    right = player.panes.right
    needed = right.widget().minimumSizeHint().width() + right.verticalScrollBar().sizeHint().width()
    assert player.panes.comparison.isVisible()
    assert needed <= right.minimumWidth() <= right.width()
    assert right.widget().width() == right.viewport().width()


def test_it_begins_with_the_file_of_the_selected_layer(
    desktop: Desktop, saved: Path, nuclei: Path, pump: Callable[..., None]
) -> None:
    unsaved = "nuclei.tif [1] is in no file that carries its steps"
    for path, title, said in ((saved, f"MacroPlayer: {saved.name}", ""), (nuclei, "MacroPlayer", unsaved)):
        opened = desktop.session.open(path)
        desktop.wait()
        pump()
        desktop.viewer.layers.selection.active = desktop.layer_of(opened)
        player = open_macro_player(desktop)
        assert player.windowTitle() == title
        assert player.notice.text.partition(":")[0] == said
        desktop.wait()
    desktop.viewer.layers.selection.active = desktop.viewer.layers["label_1"]
    assert open_macro_player(desktop).windowTitle() == f"MacroPlayer: {saved.name}", "it was saved as that"
    desktop.wait()
