"""Favourites, several layers at once, repeat, and a cancel that works at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bims_desktop.app.preferences import Preferences
from bims_desktop.model.image import Image
from bims_desktop.operations import registry
from bims_desktop.ui import Desktop
from bims_desktop.ui.series import GRACE_MS
from tests.ui.conftest import pump_until


def three(desktop: Desktop, pump: Callable[..., None]) -> list[Any]:
    pixels = np.arange(64, dtype=np.uint8).reshape(8, 8)
    made = [desktop.session.snapshot(None, Image(pixels + n, "YX"), cause="a test", name=f"n{n}") for n in range(3)]
    pump(20)
    desktop.viewer.layers.selection = {desktop.layer_of(data) for data in made}
    pump()
    return made


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Inverting takes until the event is set, without a look at anything else."""
    through = threading.Event()

    def invert(image: Image, *, signed_float: bool = False) -> Image:
        through.wait(20)
        return image

    monkeypatch.setitem(registry._operations, "invert", replace(registry.get("invert"), function=invert))
    yield through
    through.set()


def titles(desktop: Desktop) -> list[str]:
    chooser = desktop.panel.chooser
    return [chooser.itemText(row) for row in range(chooser.count())]


def test_a_star_puts_an_operation_on_top_and_is_kept(desktop: Desktop) -> None:
    panel = desktop.panel
    assert not panel.head.star.isEnabled()
    panel.choose("median")
    panel.head.star.click()
    assert titles(desktop)[:2] == ["★ Favourites", "Median filter"]
    assert panel.chooser.currentText() == "Median filter"
    assert Preferences.load(desktop.session.home.folder).favourites == ("median",)
    panel.head.star.click()
    assert "★ Favourites" not in titles(desktop)


def test_units_are_kept_for_other_operations_and_the_next_start(desktop: Desktop, nuclei: Path, pump: Any) -> None:
    desktop.session.open(nuclei)
    pump(20)
    panel = desktop.panel
    texts = []
    panel.choose("gaussian")
    panel.parameters._rows["sigma"].unit.click()  # type: ignore[union-attr]
    for id, name in (("gaussian", "sigma"), ("median", "radius")):
        panel.choose(id)
        texts.append(panel.parameters.field(name).editor.text())  # type: ignore[union-attr]
    assert texts == ["0.5", "0.5"], "one pixel is half a micrometre"
    assert Preferences.load(desktop.session.home.folder).physical == ("length",)
    assert panel.parameters.values()["radius"] == 1  # type: ignore[union-attr]


def test_what_was_run_last_is_on_top(desktop: Desktop, nuclei: Path, pump: Callable[..., None]) -> None:
    desktop.session.open(nuclei)
    pump()
    for operation in ("gaussian", "invert"):
        desktop.panel.choose(operation)
        desktop.panel.run()
        desktop.wait()
        pump(20)
    assert titles(desktop)[:3] == ["Last used", "Invert", "Gaussian smoothing"]


def test_a_home_that_cannot_be_written_is_said(desktop: Desktop, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Preferences, folder: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Preferences, "save", full)
    desktop.panel.choose("median")
    desktop.panel.head.star.click()
    assert "No space left" in desktop.panel.notice.text


def test_all_selected_layers_run_as_one_job_a_step_each(desktop: Desktop, pump: Callable[..., None]) -> None:
    made = three(desktop, pump)
    desktop.panel.choose("gaussian")
    form = desktop.panel.form
    assert form is not None
    assert form.arguments.every.text() == "all 3 selected layers"
    form.arguments.every.setChecked(True)
    assert not form.arguments.box("image").isEnabled()
    before = len(desktop.jobs.running)
    desktop.panel.run()
    assert len(desktop.jobs.running) == before + 1
    desktop.wait()
    pump(20)
    runs = [action for action in desktop.session.actions if action.operation == "gaussian"]
    assert [run.reads for run in runs] == [(data.version,) for data in made]
    assert len(desktop.viewer.layers) == 6


def test_one_selected_layer_offers_nothing(desktop: Desktop, pump: Callable[..., None]) -> None:
    made = three(desktop, pump)
    desktop.panel.choose("gaussian")
    every = desktop.panel.form.arguments.every  # type: ignore[union-attr]
    every.setChecked(True)
    desktop.viewer.layers.selection = {desktop.layer_of(made[0])}
    pump()
    assert not every.isVisibleTo(desktop.panel)
    assert not every.isChecked()


def test_progress_counts_layers_and_a_cancel_keeps_those_done(
    desktop: Desktop, pump: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    three(desktop, pump)
    second = threading.Event()

    def invert(image: Image, *, signed_float: bool = False) -> Image:
        if int(image.array()[0, 0]) == 1:
            second.wait(20)
        return image

    monkeypatch.setitem(registry._operations, "invert", replace(registry.get("invert"), function=invert))
    desktop.panel.choose("invert")
    desktop.panel.form.arguments.every.setChecked(True)  # type: ignore[union-attr]
    desktop.panel.run()
    pump_until(lambda: "Invert, 2 of 3" in desktop.panel.job.bar.format())
    desktop.panel.job.cancel.click()
    pump_until(lambda: "1 of 3 layers were done and stay" in desktop.panel.notice.text)
    second.set()
    desktop.wait()
    assert [action.operation for action in desktop.session.actions].count("invert") == 1


def test_a_failure_says_what_stays(desktop: Desktop, pump: Callable[..., None]) -> None:
    made = three(desktop, pump)
    stack = desktop.session.snapshot(None, Image(np.zeros((2, 8, 8), np.uint8), "ZYX"), cause="a test", name="stack")
    pump(20)
    desktop.panel.choose("max_projection")
    desktop.viewer.layers.selection = {desktop.layer_of(stack), desktop.layer_of(made[0])}
    pump()
    desktop.panel.form.arguments.every.setChecked(True)  # type: ignore[union-attr]
    desktop.panel.run()
    desktop.wait()
    pump(20)
    assert "no axis Z" in desktop.panel.notice.text


def test_cancel_does_not_wait_for_an_operation_that_does_not_look(
    desktop: Desktop, slow: threading.Event, nuclei: Path, pump: Callable[..., None]
) -> None:
    desktop.session.open(nuclei)
    pump()
    desktop.panel.choose("invert")
    desktop.panel.run()
    pump(100)
    assert GRACE_MS < 500
    desktop.panel.job.cancel.click()
    pump_until(lambda: not desktop.panel.job.busy)
    assert [job.alive for job in desktop.jobs._left] == [True], "it still computes"
    pump(20)
    assert "nothing was changed" in desktop.panel.notice.text
    assert desktop.panel.run_button.isEnabled()
    desktop.repeat()
    assert "No operation was run yet" in desktop.panel.notice.text, "what was cancelled is not repeated"
    slow.set()
    pump(200)
    assert [action.operation for action in desktop.session.actions] == ["load"]


def test_repeat_runs_the_same_on_another_layer(desktop: Desktop, pump: Callable[..., None]) -> None:
    made = three(desktop, pump)
    desktop.viewer.layers.selection.active = desktop.layer_of(made[0])
    desktop.panel.choose("gaussian")
    desktop.panel.parameters.field("sigma").set_value(3.0)  # type: ignore[union-attr]
    desktop.panel.run()
    desktop.wait()
    pump(20)
    desktop.panel.choose("median")
    desktop.viewer.layers.selection.active = desktop.layer_of(made[2])
    desktop.repeat()
    desktop.wait()
    pump(20)
    action = desktop.session.actions[-1]
    assert (action.operation, action.parameters["sigma"], action.reads) == ("gaussian", 3.0, (made[2].version,))
    desktop.repeat()
    desktop.wait()
    assert desktop.session.actions[-1].reads == action.writes


def test_a_click_on_a_result_goes_on_from_there(desktop: Desktop, pump: Callable[..., None]) -> None:
    made = three(desktop, pump)
    active = desktop.viewer.layers.selection
    active.active = desktop.layer_of(made[0])
    desktop.panel.choose("gaussian")
    results = []
    for data in made:
        active.active = desktop.layer_of(data)
        desktop.panel.run()
        desktop.wait()
        pump(20)
        results.append(desktop.session.data(desktop.session.layers[-1].version))
        assert active.active is desktop.layer_of(results[-1])
        assert desktop.panel.form.arguments.known() == {"image": data}, "again means on the same input"  # type: ignore[union-attr]
    for data in results[:2]:
        active.active = desktop.layer_of(data)
        assert desktop.panel.form.arguments.known() == {"image": data}  # type: ignore[union-attr]
    desktop.panel.run()
    desktop.wait()
    assert desktop.session.actions[-1].reads == (results[1].version,)


def test_images_of_a_row_stand_in_their_order(desktop: Desktop, pump: Callable[..., None]) -> None:
    session, layers = desktop.session, desktop.viewer.layers
    image = Image(np.arange(3 * 64, dtype=np.uint8).reshape(3, 8, 8), "CYX")
    channels = session.run("split_channels", session.snapshot(None, image, cause="a test", name="colours"))
    others = three(desktop, pump)
    layers.selection.active = desktop.layer_of(channels[2])
    desktop.panel.choose("merge_channels")
    form: Any = desktop.panel.form
    assert list(form.arguments.known().values()) == list(channels), "the channels of one image, the first one first"
    assert [label.text() for label in form.arguments.labels if label.isVisibleTo(form)] == [
        f"image {n}" for n in (1, 2, 3, 4)
    ]
    assert not form.arguments.every.isVisibleTo(form)
    form.arguments.box("x1").setCurrentIndex(form.arguments.box("x2").currentIndex())
    layers.selection.active = desktop.layer_of(channels[1])
    assert list(form.arguments.known().values()) == [channels[1], channels[1], channels[2]], "the person's own order"
    layers.selection = {desktop.layer_of(data) for data in reversed(others)}
    assert list(form.arguments.known().values()) == others
    desktop.panel.run()
    desktop.wait()
    assert session.actions[-1].reads == tuple(data.version for data in others)
    pump(20)
    assert layers.selection.active is not None
    assert (layers.selection.active.name, form.arguments.left_out.isVisibleTo(form)) == ("merge_channels_1", False)
    layers.selection.active = desktop.layer_of(others[1])
    desktop.panel.choose("concatenate")
    form = desktop.panel.form
    assert next(iter(form.arguments.known().values())) == others[1], "the older layer comes first"
    assert len(form.arguments.known()) == 2


def test_repeat_before_anything_was_run_says_so(desktop: Desktop) -> None:
    desktop.repeat()
    assert "No operation was run yet" in desktop.panel.notice.text


def test_repeat_on_a_layer_of_another_kind_says_why(desktop: Desktop, nuclei: Path, pump: Callable[..., None]) -> None:
    cells = desktop.session.open(nuclei)
    pump()
    desktop.panel.choose("gaussian")
    desktop.panel.run()
    desktop.wait()
    pump(20)
    for data in (cells, desktop.session.data(desktop.session.actions[-1].writes[0])):
        desktop.session.remove(data)
    pump(20)
    desktop.repeat()
    assert "It needs an intensity image" in desktop.panel.notice.text


def test_repeat_is_in_the_menu_and_its_shortcut_is_free(desktop: Desktop) -> None:
    from napari.utils.shortcuts import default_shortcuts

    from bims_desktop.ui import menus

    (command,) = [command for command in menus._commands() if command.id == "bims.repeat"]
    assert command.title == "Repeat Last Operation"
    taken = {str(key) for keys in default_shortcuts.values() for key in keys}
    assert "Ctrl+Shift+R" not in taken
