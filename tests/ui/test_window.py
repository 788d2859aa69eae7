"""The window shows what the session holds."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import napari
import numpy as np
import pytest
from napari.layers import Image, Labels
from napari.settings import get_settings

from bims_desktop.ledger.signing import load_or_create
from bims_desktop.model import image as model
from bims_desktop.model.image import Channel
from bims_desktop.ui.first_size import first_place
from bims_desktop.ui.unopened_line import UnopenedLine
from bims_desktop.ui.words import size
from tests.ui.conftest import pump_until
from tests.ui.tab_order import across

if TYPE_CHECKING:
    from bims_desktop.ui import Desktop


def names(desktop: Desktop) -> list[str]:
    return [layer.name for layer in desktop.viewer.layers]


def test_the_window_is_a_whole_napari(desktop: Desktop) -> None:
    assert napari.current_viewer() is desktop.viewer
    assert desktop.main_window.windowTitle() == "BIMS Desktop"


@pytest.mark.parametrize("remembered", [None, (1310, 770)])
def test_the_first_window_is_large_and_a_remembered_one_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, remembered: tuple[int, int] | None
) -> None:
    from bims_desktop.ui import Desktop

    monkeypatch.setenv("BIMS_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(get_settings().application, "window_size", remembered)
    monkeypatch.setattr(get_settings().application, "first_time", remembered is None)
    desktop = Desktop()
    pump_until(desktop.main_window.isVisible)
    expected = first_place(desktop.main_window.screen().availableGeometry()).size().toTuple()
    shown = desktop.main_window.size().toTuple()
    desktop.close()
    assert shown == (remembered or expected)


def test_what_the_session_runs_appears(desktop: Desktop, nuclei: Path) -> None:
    cells = desktop.session.open(nuclei)
    mask = desktop.session.run("threshold_otsu", cells)
    labels = desktop.session.run("label", mask)
    image, shown_mask, shown_labels = desktop.viewer.layers
    assert (type(image), type(shown_mask), type(shown_labels)) == (Image, Labels, Labels)
    assert desktop.layer_of(labels) is shown_labels
    assert desktop.data_of(image) == cells
    assert np.array_equal(shown_labels.data, labels.image.array())
    assert tuple(image.scale) == cells.image.scale
    assert [f"{unit:~}" for unit in image.units] == ["µm", "µm"]
    assert tuple(image.axis_labels) == ("y", "x")


def test_undo_leads_back_to_the_layer_that_it_was_made_of(desktop: Desktop, nuclei: Path) -> None:
    session = desktop.session
    cells = session.open(nuclei)
    session.open(nuclei)
    smooth = session.run("gaussian", cells)
    active = desktop.viewer.layers.selection
    active.active = desktop.layer_of(smooth)
    session.undo()
    assert active.active is desktop.layer_of(cells)
    active.active = other = desktop.viewer.layers[1]
    session.redo()
    active.active = other
    session.undo()
    assert active.active is other


def test_objects_made_of_objects_hide_those_and_undo_shows_them(desktop: Desktop, nuclei: Path) -> None:
    session = desktop.session
    cells = session.open(nuclei)
    mask = session.run("threshold_otsu", cells)
    session.run("label", mask)
    image, shown_mask, shown_labels = desktop.viewer.layers
    assert [layer.visible for layer in (image, shown_mask, shown_labels)] == [True, False, True]
    desktop.settle()
    assert [action.operation for action in session.actions] == ["load", "threshold_otsu", "label"]
    session.undo()
    assert shown_mask.visible
    desktop.settle()
    assert session.actions[-1].operation == "undo"


def test_split_channels_are_seen_together_in_colour_and_undo_shows_the_image(desktop: Desktop) -> None:
    session = desktop.session
    pixels = np.arange(32, dtype=np.uint8).reshape(2, 4, 4)
    channels = (Channel("DAPI", "#0000ff"), Channel("GFP"))
    image = model.Image(pixels, "CYX", channels=channels)
    session.run("split_channels", session.snapshot(None, image, cause="made for a test"))
    whole, first, second = desktop.viewer.layers
    assert [layer.visible for layer in (whole, first, second)] == [False, True, True]
    assert [(layer.blending, layer.colormap.map(1.0).ravel()[:3].tolist()) for layer in (first, second)] == [
        ("translucent", [0, 0, 1]),
        ("additive", [0, 1, 0]),
    ]
    desktop.settle()
    assert [action.operation for action in session.actions][1:] == ["split_channels"]
    session.undo()
    assert whole.visible
    session.redo()
    assert [layer.blending for layer in desktop.viewer.layers] == ["translucent", "translucent", "additive"]


def test_images_share_their_pixels_and_labels_can_be_painted(desktop: Desktop, nuclei: Path) -> None:
    cells = desktop.session.open(nuclei)
    mask = desktop.session.run("threshold_otsu", cells)
    assert np.shares_memory(desktop.viewer.layers[0].data, cells.image.array())
    assert desktop.viewer.layers[1].data.flags.writeable
    assert not np.shares_memory(desktop.viewer.layers[1].data, mask.image.array())


def test_labels_of_a_job_are_copied_beside_the_window(
    desktop: Desktop, nuclei: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bims_desktop.ui import layers, sync

    copy_of, in_window = layers.paper_of, []

    def told(image: Any) -> Any:
        in_window.append(threading.current_thread() is threading.main_thread())
        return copy_of(image)

    session = desktop.session
    mask = session.run("threshold_otsu", session.open(nuclei))
    for module in (layers, sync):
        monkeypatch.setattr(module, "paper_of", told)
    desktop.jobs.start("label", lambda: session.run("label", mask), lambda labels: None, desktop.show_error)
    desktop.wait()
    pump_until(lambda: len(desktop.viewer.layers) == 3)
    shown = desktop.viewer.layers[2].data
    assert in_window == [False]
    assert shown.flags.writeable
    assert not np.shares_memory(shown, session.data(session.layers[2].version).image.array())
    assert desktop._sync._papers == {}


def test_undo_redo_rename_remove_duplicate_of_the_session_show(desktop: Desktop, nuclei: Path) -> None:
    session = desktop.session
    cells = session.open(nuclei)
    smooth = session.run("gaussian", cells, sigma=1)
    session.rename(smooth, "soft")
    assert names(desktop)[1] == "soft"
    session.undo()
    session.undo()
    assert len(desktop.viewer.layers) == 1
    session.redo()
    assert len(desktop.viewer.layers) == 2
    session.remove(cells)
    assert len(desktop.viewer.layers) == 1
    before = len(session.actions)
    desktop.settle()
    assert len(session.actions) == before, "what the window does by itself was recorded"


def test_equal_names(desktop: Desktop, nuclei: Path) -> None:
    first, second = desktop.session.open(nuclei), desktop.session.open(nuclei)
    assert desktop.layer_of(first) is not desktop.layer_of(second)
    desktop.session.rename(second, first.name)
    desktop.settle()
    assert [layer.name for layer in desktop.session.layers] == ["nuclei.tif", "nuclei.tif"]


def test_work_in_a_thread_appears(desktop: Desktop, nuclei: Path) -> None:
    cells = desktop.session.open(nuclei)
    seen: list[int] = []
    desktop.jobs.start(
        "smooth",
        lambda: desktop.session.run("gaussian", cells, sigma=2),
        lambda result: seen.append(len(desktop.viewer.layers)),
    )
    desktop.wait()
    assert seen == [2], "the layer was not there when the result was handed over"


def test_stacks_and_colour(desktop: Desktop, stack: Path) -> None:
    data = desktop.session.open(stack)
    projected = desktop.session.run("max_projection", data, axis="Z")
    assert desktop.viewer.layers[0].data.shape == (3, 16, 20)
    assert desktop.layer_of(projected).data.shape == (16, 20)
    assert desktop.viewer.dims.ndim == 3


def test_the_menus(desktop: Desktop) -> None:
    titles = [action.text().replace("&", "") for action in desktop.viewer.window.main_menu.actions()]
    assert titles.index("Operations") < titles.index("Macro") < titles.index("Plugins")
    operations = desktop.viewer.window.main_menu.actions()[titles.index("Operations")].menu()
    operations.aboutToShow.emit()
    menus = [action.text().replace("&", "") for action in operations.actions() if action.menu()]
    assert menus[:4] == ["Filters", "Intensity", "Segmentation", "Morphology"]
    assert {"Deconvolution", "Simulate"} <= set(menus[8:])


@pytest.mark.parametrize(
    ("id", "keys"),
    [
        ("bims.save", "Ctrl+Shift+S"),
        ("bims.verify", "Ctrl+Shift+V"),
        ("bims.macro_player", "Ctrl+Shift+M"),
        ("bims.search", "Ctrl+Shift+F"),
        ("bims.undo", "Ctrl+Z"),
        ("bims.redo", "Ctrl+Shift+Z"),
    ],
)
def test_shortcuts(desktop: Desktop, id: str, keys: str) -> None:
    from napari._app_model import get_app_model

    app = get_app_model()
    assert str(app.keybindings.get_keybinding(id).keybinding) == keys
    clashes = [rule.command_id for rule in app.keybindings if str(rule.keybinding) == keys and rule.command_id != id]
    assert clashes == []


def test_operations_are_commands(desktop: Desktop) -> None:
    from napari._app_model import get_app_model

    get_app_model().commands.execute_command("bims.operation.gaussian")
    assert desktop.panel.operation is not None
    assert desktop.panel.operation.id == "gaussian"


def test_the_command_palette_finds_other_names(desktop: Desktop) -> None:
    from napari._app_model import get_app_model
    from napari._qt.widgets.qt_command_palette import QCommandPalette

    palette = QCommandPalette(desktop.main_window)
    for typed, first in (("blur", "gaussian"), ("clahe", "equalize_adapthist"), ("gaussian smoothing", "gaussian")):
        found = [rule.id for rule in palette._list.iter_top_hits(typed)]
        assert found.count(f"bims.operation.{first}") == 1
        assert found[0] == f"bims.operation.{first}"
    get_app_model().commands.execute_command(found[0])
    assert desktop.panel.operation is not None


def test_the_status_bar(desktop: Desktop, nuclei: Path, pump) -> None:  # type: ignore[no-untyped-def]
    desktop.session.open(nuclei)
    pump(100)
    facts = desktop._status
    assert facts.observed.text() == "checking that changes are observed…"
    desktop._capture.self_test.finish()
    pump(100)
    assert facts.observed.text() == "every change observed ✓"
    versions = desktop.session.recorder.versions
    assert facts.versions.text() == f"1 version, 2 kB of {size(versions.budget)}"
    assert facts.ledger.text() == "ledger: local, no records yet ✓"
    desktop.viewer.add_points(np.zeros((1, 2)))
    pump(100)
    assert facts.observed.text() == "1 layer not recorded (points) ▲"
    assert desktop.data_of(desktop.viewer.layers[-1]) is None


def test_undo_begins_with_the_strokes_of_the_selected_labels(desktop: Desktop, nuclei: Path) -> None:
    cells = desktop.session.open(nuclei)
    labels = desktop.session.run("label", desktop.session.run("threshold_otsu", cells))
    layer = desktop.layer_of(labels)
    desktop.viewer.layers.selection.active = layer
    layer.fill((0, 0), 9)
    desktop.undo()
    assert np.array_equal(layer.data, labels.image.array())
    desktop.redo()
    assert layer.data[0, 0] == 9
    desktop.undo()
    desktop.undo()
    assert desktop.session.actions[-1].operation == "undo"


def test_closing_leaves_napari_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from app_model.registries import CommandsRegistry
    from magicgui.widgets import FunctionGui
    from napari._app_model import get_app_model
    from napari.components import ViewerModel

    from bims_desktop.ui import Desktop

    monkeypatch.setenv("BIMS_HOME", str(tmp_path))
    methods = (
        (FunctionGui, "__call__"),
        (Labels, "undo"),
        (CommandsRegistry, "execute_command"),
        (ViewerModel, "open"),
        (napari.Viewer, "close"),
    )
    before = [vars(owner)[name] for owner, name in methods]
    first, second = Desktop(), Desktop()
    first.close()
    assert [vars(owner)[name] for owner, name in methods] != before
    second.close()
    second.close()
    assert [vars(owner)[name] for owner, name in methods] == before
    assert "bims.save" not in get_app_model().commands


def test_a_given_session_stays_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nuclei: Path) -> None:
    from bims_desktop import Session
    from bims_desktop.ui import Desktop

    monkeypatch.setenv("BIMS_HOME", str(tmp_path / "home"))
    with Session() as session:
        session.open(nuclei)
        desktop = Desktop(session)
        assert names(desktop) == ["nuclei.tif"]
        desktop.viewer.close()
        session.open(nuclei)
        assert [action.operation for action in session.actions] == ["load", "load"]


def test_closing_by_the_frame_records_no_removal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nuclei: Path) -> None:
    from bims_desktop import Session
    from bims_desktop.ui import Desktop

    monkeypatch.setenv("BIMS_HOME", str(tmp_path / "home"))
    with Session() as session:
        desktop = Desktop(session)
        desktop.viewer.open(nuclei)
        desktop.main_window.close()
        assert "execute_command" in vars(_commands_registry())
        assert [action.operation for action in session.actions] == ["load"]
        assert not hasattr(vars(_commands_registry())["execute_command"], "__wrapped__")


def _commands_registry() -> type:
    from app_model.registries import CommandsRegistry

    return CommandsRegistry


def test_a_closed_window_is_let_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nuclei: Path, pump: Callable[..., None]
) -> None:
    from bims_desktop.ui import Desktop

    monkeypatch.setenv("BIMS_HOME", str(tmp_path / "home"))
    desktop = Desktop()
    # What is on its way to the list of recent files when the window closes holds it no longer.
    desktop.session.open(nuclei)
    desktop.close()
    pump()
    closed = weakref.ref(desktop)
    del desktop
    gc.collect()
    assert closed() is None


def test_closing_cancels_jobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from bims_desktop.operations.running import tick
    from bims_desktop.ui import Desktop

    monkeypatch.setenv("BIMS_HOME", str(tmp_path / "home"))
    desktop = Desktop()

    def endless() -> None:
        while True:
            tick(0.5)

    desktop.jobs.start("endless", endless)
    desktop.close()
    assert desktop.jobs.running == ()


def test_the_key_that_signs_is_made_beside_the_window(desktop: Desktop, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[bool] = []

    def make(role: Any, folder: Path) -> Any:
        made.append(threading.current_thread() is threading.main_thread())
        return load_or_create(role, folder)

    monkeypatch.setattr("bims_desktop.app.home.load_or_create", make)
    desktop.session.home.__dict__.pop("agent", None)
    desktop._make_key()
    desktop.wait()
    assert "agent" in vars(desktop.session.home)
    assert made == [False]


def test_a_session_that_died_is_offered_and_recovered(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    nuclei: Path,
    pump,  # type: ignore[no-untyped-def]
) -> None:
    import subprocess
    import sys

    from bims_desktop.app.recover import recoverable
    from bims_desktop.ui import Desktop, recovery

    monkeypatch.setenv("BIMS_HOME", str(tmp_path / "home"))
    died = (
        "import os, bims_desktop as b; s = b.Session(); "
        f"s.run('gaussian', s.open({str(nuclei)!r}), sigma=2); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", died], check=False)
    desktop = Desktop()
    desktop.wait()
    (bar,) = desktop.main_window.findChildren(recovery.RecoveryBar)
    assert bar.text.startswith("A session ended before it was closed, ")
    assert bar.text.endswith(" Its 2 steps on nuclei.tif can be had back.")
    pump_until(lambda: across(bar) == ["Recover it", "Do not offer again", "Not now"])
    bar.forget.click()
    pump_until(lambda: across(bar) == ["Undo", "Close"])
    assert recoverable(desktop.session.home) == ()
    assert bar.text.startswith("The session will not be offered again")
    bar.answer.click()
    assert len(recoverable(desktop.session.home)) == 1
    assert (bar.answer.text().replace("&", ""), bar.forget.isHidden()) == ("Recover it", False)
    bar.answer.click()
    desktop.wait()
    recovered = next(other for other in napari.Viewer._instances if other is not desktop.viewer)
    assert [layer.name for layer in recovered.layers] == ["nuclei.tif", "gaussian_1"]
    titles = [viewer.window._qt_window.windowTitle() for viewer in (desktop.viewer, recovered)]
    assert titles == ["BIMS Desktop", "Recovered: nuclei.tif - BIMS Desktop"]
    recovered.close()
    desktop.close()


def test_open_reports_a_file_that_is_no_image(desktop: Desktop, tmp_path: Path, nuclei: Path, stack: Path) -> None:
    path = tmp_path / "notes.tif"
    path.write_text("no image")
    said: list[str] = []
    desktop.notifier.show_error = lambda error: said.append(error.what)  # type: ignore[method-assign]
    desktop.open([path, nuclei, stack])
    desktop.wait()
    (line,) = desktop.main_window.findChildren(UnopenedLine)
    assert line.notice.text.startswith("notes.tif is not a TIFF, PNG or JPEG.")
    assert not line.show_all.isVisible()
    assert said == [], "it is said once"
    assert names(desktop) == ["nuclei.tif", "stack.tif"]


def test_a_damaged_ledger_is_named_and_the_window_opens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from bims_desktop.ui import Desktop

    monkeypatch.setenv("BIMS_HOME", str(tmp_path / "damaged"))
    (tmp_path / "damaged" / "ledger").mkdir(parents=True)
    (tmp_path / "damaged" / "ledger" / "log.sqlite").write_bytes(b"not a database at all" * 100)
    desktop = Desktop()
    try:
        desktop.wait()
        assert "out of reach" in desktop._status.ledger.text()
        assert "log.sqlite" in desktop._status.ledger.toolTip()
    finally:
        desktop.close()
