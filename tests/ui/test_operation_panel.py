"""Choosing, adjusting and running an operation in the real window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from bims_desktop.model.image import Channel, Image
from bims_desktop.operations import registry
from bims_desktop.ui import Desktop
from bims_desktop.ui.glimpse import ALONG, shown_part
from bims_desktop.ui.table_dock import TableDock


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
    desktop.panel.form.parameters.field("z_start").set_value(3)  # type: ignore[union-attr]
    desktop.panel.run()
    desktop.wait()
    pump()
    assert "no axis Z" in desktop.panel.notice.text
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


def test_a_search_that_finds_nothing_says_so(desktop: Desktop, qtbot: Any) -> None:
    qtbot.keyClicks(desktop.panel.chooser.line, "<b>xyzzy")
    assert "No operation is about “<b>xyzzy”" in desktop.panel.head.help.line.text()
    assert desktop.panel.operation is None


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
    desktop.panel.choose("max_projection")
    desktop.panel.preview_box.setChecked(True)
    pump(350)
    desktop.wait()
    pump(20)
    assert "no axis Z" in desktop.panel.preview.words.text()


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


def test_every_operation_that_a_preview_must_not_cut_is_one_of_the_registry() -> None:
    axes = {name: registry.get(name) for name in ALONG}
    assert set(axes) == set(ALONG)
    assert set("".join(ALONG.values())) <= set("TCZ")
