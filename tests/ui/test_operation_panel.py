"""Choosing, adjusting and running an operation in the real window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt

from bims_desktop.model.image import Image
from bims_desktop.ui import Desktop


def test_it_says_what_to_do_while_nothing_is_chosen(desktop: Desktop) -> None:
    assert not desktop.panel.run_button.isEnabled()
    assert "Choose an operation" in desktop.panel.run_button.toolTip()


def test_a_run_makes_a_layer_and_an_action(desktop: Desktop, nuclei: Path, pump: Callable[..., None]) -> None:
    cells = desktop.session.open(nuclei)
    pump()
    desktop.panel.choose("gaussian")
    desktop.panel.parameters.field("sigma").set_value(2.0)  # type: ignore[union-attr]
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
        desktop.panel.parameters.field("sigma").set_value(sigma)  # type: ignore[union-attr]
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
    box = desktop.panel.arguments.box("image")  # type: ignore[union-attr]
    assert [box.itemText(row) for row in range(box.count())] == [mask.name]


def test_a_bad_value_disables_run(desktop: Desktop, nuclei: Path, pump: Callable[..., None]) -> None:
    desktop.session.open(nuclei)
    pump()
    desktop.panel.choose("gaussian")
    assert desktop.panel.run_button.isEnabled()
    desktop.panel.parameters.field("sigma").set_value(-1.0)  # type: ignore[union-attr]
    assert not desktop.panel.run_button.isEnabled()
    desktop.panel.run()
    assert len(desktop.session.actions) == 1


def test_what_an_operation_refuses_is_said_in_place(desktop: Desktop, nuclei: Path, pump: Any) -> None:
    desktop.session.open(nuclei)
    pump()
    desktop.panel.choose("crop")
    desktop.panel.parameters.field("z_start").set_value(3)  # type: ignore[union-attr]
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
    desktop.panel.parameters.field("radius").set_value(6)  # type: ignore[union-attr]
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
    qtbot.keyClick(desktop.panel.parameters.field("sigma").editor, Qt.Key.Key_Return)  # type: ignore[union-attr]
    desktop.wait()
    assert desktop.session.actions[-1].operation == "gaussian"


@pytest.mark.parametrize(
    ("typed", "found"), [("otsu", "threshold_otsu"), ("tophat", "white_tophat"), ("Labe", "label")]
)
def test_typing_finds_by_title_and_id(desktop: Desktop, typed: str, found: str) -> None:
    completer = desktop.panel.chooser.completer()
    assert completer is not None
    completer.setCompletionPrefix(typed)
    completer.setCurrentRow(0)
    desktop.panel.chooser._complete(completer.currentIndex())
    assert desktop.panel.operation is not None
    assert desktop.panel.operation.id == found


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
