"""Choosing, adjusting and running an operation in the real window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFocusEvent, QGuiApplication
from PySide6.QtWidgets import QApplication

from bims_desktop.model.image import Channel, Image
from bims_desktop.operations import registry
from bims_desktop.ui import Desktop
from bims_desktop.ui.glimpse import ALONG, shown_part
from bims_desktop.ui.table_dock import TableDock
from tests.ui.conftest import pump_until


def test_it_says_what_to_do_while_nothing_is_chosen(desktop: Desktop) -> None:
    assert not desktop.panel.run_button.isEnabled()
    assert "Choose an operation" in desktop.panel.run_button.toolTip()


def test_a_run_makes_a_layer_and_an_action(desktop: Desktop, nuclei: Path, pump: Callable[..., None]) -> None:
    cells = desktop.session.open(nuclei)
    pump()
    desktop.panel.choose("gaussian")
    desktop.panel.form.parameters.field("sigma").set_value(2.0)  # type: ignore[union-attr]
    desktop.panel.run()
    desktop.wait()
    pump()
    action = desktop.session.actions[-1]
    assert (action.operation, action.parameters["sigma"]) == ("gaussian", 2.0)
    assert action.reads == (cells.version,)
    assert len(desktop.viewer.layers) == 2


def test_running_again_takes_the_same_input(desktop: Desktop, nuclei: Path, pump: Callable[..., None]) -> None:
    cells = desktop.session.open(nuclei)
    pump()
    desktop.panel.choose("gaussian")
    for sigma in (1.0, 3.0):
        desktop.panel.form.parameters.field("sigma").set_value(sigma)  # type: ignore[union-attr]
        desktop.panel.run()
        desktop.wait()
        pump(20)
    runs = [action for action in desktop.session.actions if action.operation == "gaussian"]
    assert [run.reads for run in runs] == [(cells.version,)] * 2


def test_another_operation_goes_on_with_the_result(desktop: Desktop, nuclei: Path, pump: Callable[..., None]) -> None:
    desktop.session.open(nuclei)
    pump()
    for operation in ("gaussian", "threshold_otsu", "label"):
        desktop.panel.choose(operation)
        desktop.panel.run()
        desktop.wait()
        pump(20)
    chain = [action for action in desktop.session.actions if action.effect == "pixels"]
    assert [action.reads for action in chain[1:]] == [action.writes for action in chain[:-1]]


@pytest.mark.parametrize(
    ("operation", "reason"),
    [("binary_opening", "Run a threshold first"), ("regionprops_table", "Run Label on a mask first")],
)
def test_a_missing_layer_is_explained(desktop: Desktop, nuclei: Path, pump: Any, operation: str, reason: str) -> None:
    desktop.session.open(nuclei)
    pump()
    desktop.panel.choose(operation)
    assert not desktop.panel.run_button.isEnabled()
    assert reason in desktop.panel.run_button.toolTip()


def test_layers_of_other_kinds_are_not_offered(desktop: Desktop, nuclei: Path, pump: Callable[..., None]) -> None:
    session = desktop.session
    mask = session.run("threshold_otsu", session.open(nuclei))
    pump()
    desktop.panel.choose("binary_opening")
    box = desktop.panel.form.arguments.box("image")  # type: ignore[union-attr]
    assert [box.itemText(row) for row in range(box.count())] == [mask.name]


def test_no_other_layer_takes_the_place_of_the_active_one(desktop: Desktop, nuclei: Path, pump: Any) -> None:
    session, panel = desktop.session, desktop.panel
    cells = session.open(nuclei)
    colours = Image(np.zeros((8, 8, 3), np.uint8), "YXS", kind="rgb")
    rgb = session.snapshot(None, colours, cause="made for a test", name="colours")
    pump(20)
    desktop.viewer.layers.selection.active = desktop.layer_of(rgb)
    panel.choose("threshold_otsu")
    arguments: Any = panel.form.arguments  # type: ignore[union-attr]
    assert "colours is an RGB image. The operation needs an intensity image. Run RGB to grey first" in (
        panel.run_button.toolTip()
    )
    assert (arguments.known(), panel.run_button.isEnabled()) == ({}, False)
    arguments.refresh()
    assert arguments.known() == {}, "nor later"
    arguments.box("image").setCurrentIndex(0)
    assert (arguments.known(), panel.run_button.isEnabled()) == ({"image": cells}, True), "but a person may choose it"
    desktop.viewer.add_points(np.zeros((1, 2)), name="marks")
    pump(20)
    assert "marks is not an image" in panel.run_button.toolTip()
    desktop.viewer.layers.selection.active = desktop.layer_of(cells)
    assert panel.run_button.isEnabled()
    session.remove(cells)
    pump(20)
    assert arguments.known() == {}


def test_a_layer_that_is_still_being_read_is_waited_for(
    desktop: Desktop, nuclei: Path, tmp_path: Path, pump: Callable[..., None]
) -> None:
    desktop.session.open(nuclei)
    pump(20)
    path = tmp_path / "array.npy"
    np.save(path, np.zeros((4, 4), np.uint8))
    (layer,) = desktop.viewer.open(path)  # its file is digested beside the window
    desktop.panel.choose("gaussian")
    assert f"{layer.name} is still being read." in desktop.panel.run_button.toolTip()
    desktop.wait()
    pump(20)
    known = desktop.panel.form.arguments.known()  # type: ignore[union-attr]
    assert known == {"image": desktop.data_of(layer)}
    assert desktop.panel.run_button.isEnabled()


def test_of_several_selected_layers_those_that_fit_are_taken(desktop: Desktop, nuclei: Path, pump: Any) -> None:
    session, panel = desktop.session, desktop.panel
    cells = session.open(nuclei)
    mask = session.run("threshold_otsu", cells)
    other = session.run("invert", cells)
    session.run("gaussian", cells)
    pump(20)
    panel.choose("median")
    arguments: Any = panel.form.arguments  # type: ignore[union-attr]
    for chosen, taken, all_of, rest in (
        ((cells, mask), cells, "", f"Left out: {mask.name} (a mask)."),
        ((cells, other), cells, "both selected layers", ""),
        ((other, mask), other, "", f"Left out: {mask.name} (a mask)."),
        ((other, mask, cells), other, "both selected layers that fit", f"Left out: {mask.name} (a mask)."),
    ):
        desktop.viewer.layers.selection = {desktop.layer_of(data) for data in chosen}
        pump()
        assert arguments.known() == {"image": taken}
        assert arguments.every.isVisibleTo(panel) == bool(all_of)
        assert arguments.left_out.isVisibleTo(panel) == bool(rest)
        assert (all_of or arguments.every.text(), rest or arguments.left_out.text()) == (
            arguments.every.text(),
            arguments.left_out.text(),
        )
    panel.choose("remove_small_objects")
    assert panel.form.arguments.known() == {"ar": mask}  # type: ignore[union-attr]
    panel.choose("regionprops_table")
    assert "None of the selected layers fits." in panel.run_button.toolTip()
    desktop.viewer.layers.selection = {desktop.layer_of(data) for data in (cells, other)}
    panel.choose("merge_channels")
    assert set(panel.form.arguments.known().values()) == {cells, other}  # type: ignore[union-attr]


def test_a_bad_value_disables_run(desktop: Desktop, nuclei: Path, pump: Callable[..., None]) -> None:
    desktop.session.open(nuclei)
    pump()
    desktop.panel.choose("gaussian")
    assert desktop.panel.run_button.isEnabled()
    desktop.panel.form.parameters.field("sigma").set_value(-1.0)  # type: ignore[union-attr]
    assert not desktop.panel.run_button.isEnabled()
    desktop.panel.run()
    assert len(desktop.session.actions) == 1


def test_what_an_operation_refuses_is_said_in_place(desktop: Desktop, nuclei: Path, pump: Any) -> None:
    desktop.session.open(nuclei)
    pump()
    desktop.panel.choose("crop")
    desktop.panel.form.parameters.field("x_start").set_value(60)  # type: ignore[union-attr]
    desktop.panel.run()
    desktop.wait()
    pump()
    assert "stop at most 50" in desktop.panel.notice.text
    assert desktop.panel.run_button.isEnabled()


def test_cancel_leaves_no_trace(desktop: Desktop, pump: Callable[..., None]) -> None:
    pixels = np.random.default_rng(0).random((40, 400, 400)).astype(np.float32)
    desktop.session.snapshot(None, Image(pixels, "ZYX"), cause="made for a test", name="large")
    pump()
    desktop.panel.choose("median")
    desktop.panel.form.parameters.field("radius").set_value(6)  # type: ignore[union-attr]
    desktop.panel.run()
    pump(50)
    assert desktop.panel.job.isVisibleTo(desktop.panel)
    desktop.panel.job.cancel.click()
    desktop.wait()
    pump(20)
    assert len(desktop.session.actions) == 1
    assert "Cancelled" in desktop.panel.notice.text
    assert desktop.panel.run_button.isEnabled()


def test_enter_runs(desktop: Desktop, nuclei: Path, qtbot: Any, pump: Callable[..., None]) -> None:
    desktop.session.open(nuclei)
    pump()
    desktop.panel.choose("gaussian")
    qtbot.keyClick(desktop.panel.form.parameters.field("sigma").editor, Qt.Key.Key_Return)  # type: ignore[union-attr]
    desktop.wait()
    assert desktop.session.actions[-1].operation == "gaussian"


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("otsu", "threshold_otsu"),
        ("white_toph", "white_tophat"),
        ("Label obj", "label"),
        ("smoothing gauss", "gaussian"),
        ("refractive", "gaussian_psf"),
    ],
)
def test_typing_finds_and_enter_chooses(desktop: Desktop, qtbot: Any, typed: str, found: str) -> None:
    desktop.panel.search()
    qtbot.keyClicks(desktop.panel.chooser.line, typed)
    qtbot.keyClick(desktop.panel.chooser.line, Qt.Key.Key_Return)
    assert desktop.panel.operation is not None
    assert desktop.panel.operation.id == found
    assert desktop.panel.chooser.line.text() == desktop.panel.operation.title


def test_a_click_into_the_chosen_operation_begins_a_search(desktop: Desktop, qtbot: Any, pump: Any) -> None:
    chooser = desktop.panel.chooser
    desktop.panel.choose("gaussian")
    for typed, found in (("otsu", "threshold_otsu"), ("label", "label")):
        qtbot.mouseClick(chooser.line, Qt.MouseButton.LeftButton, pos=chooser.line.rect().center())
        qtbot.keyClicks(chooser.line, typed)
        assert chooser.line.text() == typed
        qtbot.keyClick(chooser.line, Qt.Key.Key_Return)
        pump(50)
        assert desktop.panel.operation is not None
        assert desktop.panel.operation.id == found
    qtbot.keyClicks(chooser.line, "gau")
    qtbot.mouseClick(chooser.line, Qt.MouseButton.LeftButton, pos=chooser.line.rect().center())
    assert not chooser.line.hasSelectedText()


def test_a_search_that_finds_nothing_says_so(desktop: Desktop, qtbot: Any) -> None:
    qtbot.keyClicks(desktop.panel.chooser.line, "<b>xyzzy")
    assert "No operation is about “<b>xyzzy”" in desktop.panel.head.help.line.text()
    assert desktop.panel.operation is None


def test_a_search_that_chose_nothing_is_left(desktop: Desktop, nuclei: Path, qtbot: Any, pump: Any) -> None:
    desktop.session.open(nuclei)
    pump(20)
    panel, chooser = desktop.panel, desktop.panel.chooser
    panel.choose("gaussian")
    leave = {
        "Escape": lambda: qtbot.keyClick(chooser, Qt.Key.Key_Escape),
        "focus": lambda: QApplication.sendEvent(chooser, QFocusEvent(QEvent.Type.FocusOut)),
        "heading": lambda: chooser.activated.emit(chooser.findText("Last used")),
        "repeat": panel.repeat,
    }
    panel.run()
    desktop.wait()
    pump_until(panel.run_button.isEnabled)
    for name, way in leave.items():
        panel.search()
        qtbot.keyClicks(chooser.line, "xyzzy")
        qtbot.keyClick(chooser.line, Qt.Key.Key_Return)
        assert "No operation is about “xyzzy”" in panel.head.help.line.text()
        assert "Esc goes back to Gaussian smoothing" in panel.run_button.toolTip()
        assert not panel.run_button.isEnabled(), "what runs is what the box names"
        panel.run()
        way()
        assert chooser.line.text() == "Gaussian smoothing", name
        assert "xyzzy" not in panel.head.help.line.text()
        desktop.wait()
        pump_until(panel.run_button.isEnabled)
    assert [action.operation for action in desktop.session.actions[1:]] == ["gaussian"] * 2


def test_tab_leaves_a_search_whose_finds_stand_open(desktop: Desktop, qtbot: Any) -> None:
    desktop.main_window.activateWindow()
    chooser = desktop.panel.chooser
    desktop.panel.choose("gaussian")
    desktop.panel.search()
    pump_until(chooser.hasFocus)
    qtbot.keyClicks(chooser, "otsu")
    assert chooser._popup().isVisible()
    qtbot.keyClick(chooser, Qt.Key.Key_Tab)
    assert (chooser.line.text(), chooser._popup().isVisible()) == ("Gaussian smoothing", False)


def test_escape_leaves_a_search_before_it_leaves_the_preview(desktop: Desktop, qtbot: Any) -> None:
    panel = desktop.panel
    panel.choose("gaussian")
    panel.preview_box.setChecked(True)
    panel.search()
    qtbot.keyClicks(panel.chooser.line, "oth")
    for seen in (True, False):
        qtbot.keyClick(panel.chooser, Qt.Key.Key_Escape)
        assert (panel.chooser.line.text(), panel.preview_box.isChecked()) == ("Gaussian smoothing", seen)


def test_what_only_the_brush_runs_is_not_offered(desktop: Desktop) -> None:
    chooser = desktop.panel.chooser
    titles = {chooser.itemText(row) for row in range(chooser.count())}
    assert "Gaussian smoothing" in titles
    assert "Paint" not in titles


def test_it_follows_the_theme(desktop: Desktop) -> None:
    desktop.panel.choose("gaussian")
    dark = desktop.panel.styleSheet()
    desktop.viewer.theme = "light"
    assert desktop.panel.styleSheet() != dark


def wait_for_preview(desktop: Desktop, pump: Callable[..., None]) -> None:
    pump(350)
    desktop.wait()
    pump(20)


def test_the_preview_lies_on_the_image_and_nothing_else_knows_it(
    desktop: Desktop, nuclei: Path, pump: Any, qtbot: Any
) -> None:
    desktop.session.open(nuclei)
    pump(20)
    preview: Any = desktop.panel.preview
    box, before = desktop.panel.preview_box, desktop.viewer.screenshot(flash=False)
    desktop.panel.choose("threshold_otsu")
    box.setChecked(True)
    wait_for_preview(desktop, pump)
    assert preview.canvas.busy
    assert "threshold" in preview.words.text()
    assert not preview.pictures.isVisibleTo(desktop.panel)
    during = desktop.viewer.screenshot(flash=False)
    assert int((during[..., 2].astype(int) - during[..., 0] > 40).sum()) > 100, "the mask is tinted"
    desktop.settle()
    assert (len(desktop.viewer.layers), len(desktop.session.actions)) == (1, 1)
    assert desktop._capture.unrecorded == ()
    qtbot.keyClick(desktop.panel.run_button, Qt.Key.Key_Escape)
    assert not preview.canvas.busy
    assert not preview.isVisibleTo(desktop.panel)
    assert np.array_equal(desktop.viewer.screenshot(flash=False), before)


def test_the_canvas_outlives_runs_and_undo_under_a_preview(desktop: Desktop, nuclei: Path, pump: Any) -> None:
    desktop.session.open(nuclei)
    pump(20)
    desktop.panel.choose("gaussian")
    desktop.panel.preview_box.setChecked(True)
    for sigma in (1.1, 2.0, 3.0):
        desktop.panel.parameters.set_values({"sigma": sigma})
        wait_for_preview(desktop, pump)
        desktop.panel.run()
        desktop.wait()
        pump(300)
        desktop.undo()
        pump(300)
    assert len(desktop.viewer.layers) == 1
    assert desktop.viewer.screenshot(flash=False)[..., :3].any()


def test_the_preview_goes_with_what_it_belongs_to(desktop: Desktop, stack: Path, pump: Any) -> None:
    desktop.session.open(stack)
    pump(20)
    preview: Any = desktop.panel.preview
    box = desktop.panel.preview_box
    desktop.panel.choose("invert")
    box.setChecked(True)
    wait_for_preview(desktop, pump)
    assert preview.canvas.busy
    desktop.viewer.dims.set_current_step(0, 0)
    assert not preview.canvas.busy, "a picture of another plane must not stay"
    wait_for_preview(desktop, pump)
    assert preview.canvas.busy
    desktop.panel.choose("gaussian")
    assert not preview.canvas.busy, "nor that of another operation"
    wait_for_preview(desktop, pump)
    desktop.panel.run()
    assert (preview.canvas.busy, box.isChecked()) == (False, False)
    desktop.wait()
    box.setChecked(True)
    wait_for_preview(desktop, pump)
    desktop.panel.hide()
    assert not preview.canvas.busy


def test_the_preview_goes_and_comes_with_its_layer(desktop: Desktop, nuclei: Path, pump: Any) -> None:
    desktop.session.open(nuclei)
    pump(20)
    preview: Any = desktop.panel.preview
    desktop.panel.choose("invert")
    desktop.panel.preview_box.setChecked(True)
    pump_until(lambda: preview.canvas.busy)
    desktop.viewer.layers[0].visible = False
    assert not preview.canvas.busy, "a frame must not stay on an empty canvas"
    wait_for_preview(desktop, pump)
    assert not preview.canvas.busy
    desktop.viewer.layers[0].visible = True
    pump_until(lambda: preview.canvas.busy)
    desktop.panel.leave_preview()
    desktop.viewer.layers[0].visible = False
    wait_for_preview(desktop, pump)
    assert not preview.isVisibleTo(desktop.panel), "no layer is followed any more"


def test_what_does_not_lie_over_the_image_is_shown_in_the_panel(desktop: Desktop, nuclei: Path, pump: Any) -> None:
    desktop.session.open(nuclei)
    pump(20)
    preview = desktop.panel.preview
    desktop.panel.choose("gaussian_psf")
    desktop.panel.preview_box.setChecked(True)
    wait_for_preview(desktop, pump)
    assert not preview.canvas.busy
    assert not preview.after.pixmap().isNull()
    desktop.panel.choose("gaussian")
    desktop.viewer.dims.ndisplay = 3
    wait_for_preview(desktop, pump)
    assert not preview.canvas.busy
    assert not preview.after.pixmap().isNull()


def test_the_preview_says_why_there_is_none(desktop: Desktop, nuclei: Path, pump: Callable[..., None]) -> None:
    desktop.session.open(nuclei)
    pump()
    desktop.panel.choose("split_channels")
    desktop.panel.preview_box.setChecked(True)
    pump(350)
    desktop.wait()
    pump(20)
    assert "no axis C" in desktop.panel.preview.words.text()


@pytest.mark.parametrize(
    ("axes", "shape", "whole", "local", "expected"),
    [
        ("TCZYX", (3, 2, 5, 40, 30), "", False, (1, 1, 1, 40, 30)),
        ("TCZYX", (3, 2, 5, 40, 30), "Z", False, (1, 1, 5, 40, 30)),
        ("ZYX", (5, 1500, 700), "", True, (1, 1024, 700)),
        ("YXS", (40, 30, 3), "", True, (40, 30, 3)),
    ],
)
def test_a_preview_computes_a_part_only(axes: str, shape: Any, whole: str, local: bool, expected: Any) -> None:
    channels = tuple(Channel(name) for name in "ab") if "C" in axes else ()
    image = Image(np.zeros(shape, np.uint8), axes, channels=channels, kind="rgb" if "S" in axes else "intensity")
    part = shown_part(image, {"T": 2.0, "Z": 99.0}, whole, local)
    assert part.shape == expected
    assert len(part.channels) == (part.size("C") if channels else 0)


def test_a_selected_channel_keeps_its_name_in_a_preview() -> None:
    image = Image(np.zeros((4, 3), np.uint8), "YX", channels=(Channel("DNA"),))
    assert shown_part(image, {}, "", True).channels == image.channels


def test_measurements_open_as_a_table(desktop: Desktop, nuclei: Path, pump: Callable[..., None]) -> None:
    session = desktop.session
    labels = session.run("label", session.run("threshold_otsu", session.run("gaussian", session.open(nuclei))))
    pump()
    desktop.viewer.layers.selection.active = desktop.layer_of(labels)
    desktop.panel.choose("regionprops_table")
    desktop.panel.run()
    desktop.wait()
    pump(20)
    assert desktop.panel.notice.text == "Measured 4 objects."
    desktop.panel.notice.answer.click()
    (window,) = desktop.main_window.findChildren(TableDock)
    model = window.view.model()
    assert (model.rowCount(), "area (µm²)" in model.headings) == (4, True)  # type: ignore[attr-defined]
    window.copy()
    assert QGuiApplication.clipboard().text().count("\n") == 4


def test_an_operation_that_is_chosen_again_keeps_its_settings_and_takes_the_selected_layer(
    desktop: Desktop, nuclei: Path, pump: Callable[..., None]
) -> None:
    session = desktop.session
    cells = session.open(nuclei)
    first, second = (session.run("label", session.run("threshold_otsu", cells)) for _ in range(2))
    pump()
    layers, panel = desktop.viewer.layers, desktop.panel
    layers.selection.active = desktop.layer_of(first)
    desktop.choose("regionprops_table")
    assert panel.form is not None
    box = panel.form.arguments.box("intensity_image")
    box.setCurrentIndex(box.findText(cells.name))
    layers.selection.active = desktop.layer_of(second)
    desktop.choose("regionprops_table")
    assert panel.form.arguments.images() == {"label_image": second, "intensity_image": cells}
    desktop.choose("gaussian")
    panel.parameters.field("sigma").set_value(3.0)  # type: ignore[union-attr]
    desktop.choose("gaussian")
    assert panel.parameters.values()["sigma"] == 3.0  # type: ignore[union-attr]


def test_what_was_measured_elsewhere_is_no_longer_the_news(
    desktop: Desktop, nuclei: Path, pump: Callable[..., None]
) -> None:
    session = desktop.session
    mask = session.run("threshold_otsu", session.open(nuclei))
    first, second = (session.run("label", mask) for _ in range(2))
    pump()
    layers = desktop.viewer.layers
    layers.selection.active = desktop.layer_of(first)
    desktop.choose("regionprops_table")
    desktop.panel.run()
    desktop.wait()
    pump()
    assert desktop.panel.notice.text.startswith("Measured")
    layers.selection.active = desktop.layer_of(second)
    pump()
    assert desktop.panel.notice.isHidden()


def test_every_operation_that_a_preview_must_not_cut_is_one_of_the_registry() -> None:
    axes = {name: registry.get(name) for name in ALONG}
    assert set(axes) == set(ALONG)
    assert set("".join(ALONG.values())) <= set("TCZ")
