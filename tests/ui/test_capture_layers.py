"""Layers that napari adds, removes, renames, duplicates, projects, converts and opens."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import tifffile
from napari.layers import Image, Labels

if TYPE_CHECKING:
    from bims_desktop.ui import Desktop


def last(desktop: Desktop) -> Any:
    return desktop.session.actions[-1]


def operations(desktop: Desktop) -> list[str]:
    return [action.operation for action in desktop.session.actions]


def execute(id: str) -> None:
    from napari._app_model import get_app_model

    get_app_model().commands.execute_command(id)


def test_every_route_is_observed(desktop: Desktop) -> None:
    desktop._capture.self_test.finish()
    assert desktop._capture.self_test.failed == ()


def test_a_route_that_fails_its_self_test_is_named(desktop: Desktop, monkeypatch: pytest.MonkeyPatch) -> None:
    from bims_desktop.ui.capture.watch import Capture

    monkeypatch.setattr(Labels, "undo", lambda self: None)  # as if napari had changed
    second = Capture(desktop.viewer, desktop.session, desktop._sync, desktop.show_error, desktop.open, desktop.jobs)
    second.self_test.finish()
    assert "painting" in second.self_test.failed
    second.close()


def test_rename(desktop: Desktop, nuclei: Path) -> None:
    desktop.session.open(nuclei)
    desktop.viewer.layers[0].name = "cells"
    assert last(desktop).sentence == "Renamed nuclei.tif to cells"
    assert desktop.session.layers[0].name == "cells"


def test_new_labels_replay(desktop: Desktop, nuclei: Path) -> None:
    cells = desktop.session.open(nuclei)
    desktop.viewer.layers.selection = {desktop.layer_of(cells)}
    desktop.viewer.window._qt_viewer.layerButtons.newLabelsButton.click()
    made = desktop.viewer.layers[-1]
    assert isinstance(made, Labels)
    assert (last(desktop).operation, last(desktop).status) == ("zeros_like", "replayable")
    made.fill((0, 0), 5)
    assert last(desktop).operation == "paint"
    assert {e.action.status for e in desktop.session.explain(desktop.data_of(made)).kept} == {"replayable", "manual"}


def test_new_labels_that_come_again_are_painted_with_the_same_brush(desktop: Desktop, nuclei: Path) -> None:
    desktop.viewer.layers.selection = {desktop.layer_of(desktop.session.open(nuclei))}
    desktop.viewer.window._qt_viewer.layerButtons.newLabelsButton.click()
    made = desktop.viewer.layers[-1]
    made.mode, made.selected_label, made.brush_size = "paint", 3, 7
    desktop.undo()
    assert made not in desktop.viewer.layers
    desktop.redo()
    again = desktop.viewer.layers[-1]
    assert again is not made
    assert (again.mode, again.selected_label, again.brush_size) == ("paint", 3, 7)
    assert not again.data.any()


def test_remove_and_undo(desktop: Desktop, nuclei: Path) -> None:
    cells = desktop.session.open(nuclei)
    desktop.viewer.layers.remove_selected()
    assert last(desktop).operation == "remove"
    assert desktop.session.layers == ()
    desktop.undo()
    assert desktop.data_of(desktop.viewer.layers[0]) == cells


def test_duplicate(desktop: Desktop, nuclei: Path) -> None:
    cells = desktop.session.open(nuclei)
    desktop.viewer.layers[0].colormap = "green"
    execute("napari.layer.duplicate")
    copy = desktop.viewer.layers[1]
    assert last(desktop).operation == "duplicate"
    assert last(desktop).status == "replayable"
    assert last(desktop).reads == (cells.version,)
    assert (copy.name, copy.colormap.name) == ("nuclei.tif copy", "green")
    assert np.array_equal(desktop.data_of(copy).image.array(), cells.image.array())


def test_duplicated_labels_can_be_painted(desktop: Desktop, nuclei: Path) -> None:
    labels = desktop.session.run("label", desktop.session.run("threshold_otsu", desktop.session.open(nuclei)))
    execute("napari.layer.duplicate")
    copy = desktop.viewer.layers[-1]
    copy.fill((0, 0), 7)
    assert last(desktop).operation == "paint"
    assert desktop.data_of(copy).image.array()[0, 0] == 7
    assert labels.image.array()[0, 0] == 0


@pytest.mark.parametrize("mode", ["max", "mean", "median", "min", "std", "sum"])
def test_a_projection_is_an_operation(desktop: Desktop, stack: Path, mode: str) -> None:
    data = desktop.session.open(stack)
    execute(f"napari.layer.project_{mode}")
    assert (last(desktop).operation, last(desktop).parameters["axis"]) == (f"{mode}_projection", "Z")
    assert last(desktop).status == "replayable"
    expected = getattr(np, mode)(data.image.array(), axis=0)
    assert np.allclose(desktop.viewer.layers[1].data, expected, rtol=1e-6)


def test_other_commands_are_snapshots_that_name_them(desktop: Desktop, stack: Path) -> None:
    desktop.session.open(stack)
    execute("napari.layer.split_stack")
    snapshots = [action for action in desktop.session.actions if action.status == "snapshot"]
    assert snapshots
    assert all("Split Stack" in action.sentence for action in snapshots)
    assert [layer.version for layer in desktop.session.layers] == [
        desktop.data_of(layer).version for layer in desktop.viewer.layers
    ]


def test_convert_to_labels_can_be_painted(desktop: Desktop, nuclei: Path) -> None:
    desktop.session.open(nuclei)
    execute("napari.layer.convert_to_labels")
    (layer,) = desktop.viewer.layers
    assert isinstance(layer, Labels)
    assert desktop.data_of(layer).image.kind == "labels"
    layer.fill((0, 0), 3)
    assert last(desktop).operation == "paint"


def test_a_layer_from_code_names_the_module(desktop: Desktop) -> None:
    desktop.viewer.add_image(np.arange(12.0).reshape(3, 4), name="noise", scale=(2, 3))
    assert last(desktop).status == "snapshot"
    assert last(desktop).parameters["cause"] == f"added by {__name__}"
    data = desktop.data_of(desktop.viewer.layers[0])
    assert (data.name, data.image.scale, data.image.axes) == ("noise", (2.0, 3.0), "YX")


def test_int64_labels_are_recorded_in_a_dtype_that_files_hold(desktop: Desktop) -> None:
    layer = desktop.viewer.add_labels(np.arange(6).reshape(2, 3))
    assert desktop.data_of(layer).image.dtype == np.int32
    assert layer.data.dtype == np.int32
    assert len(desktop.session.actions) == 1


def test_replacing_a_layer_in_the_list(desktop: Desktop, nuclei: Path) -> None:
    desktop.session.open(nuclei)
    desktop.viewer.layers[0] = Image(np.ones((4, 4)), name="other")
    assert operations(desktop) == ["load", "remove", "snapshot"]
    assert [layer.name for layer in desktop.session.layers] == ["other"]
    with pytest.raises(KeyError):  # napari's own canvas never heard of it
        desktop.viewer.layers.clear()


def test_moving_layers_is_no_action(desktop: Desktop, nuclei: Path) -> None:
    desktop.session.open(nuclei)
    desktop.session.open(nuclei)
    desktop.viewer.layers.move(0, 2)
    desktop.settle()
    assert operations(desktop) == ["load", "load"]


def test_opening_is_a_load(desktop: Desktop, nuclei: Path, stack: Path) -> None:
    layers = desktop.viewer.open([nuclei, stack])
    assert [layer.name for layer in layers] == ["nuclei.tif", "stack.tif"]
    assert operations(desktop) == ["load", "load"]


def test_dropped_files_open_beside_the_window(desktop: Desktop, nuclei: Path) -> None:
    desktop.viewer.window._qt_viewer._qt_open([str(nuclei)], stack=False, choose_plugin=False)
    desktop.wait()
    assert operations(desktop) == ["load"]


def test_a_stack_of_files_comes_through_napari(desktop: Desktop, tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.tif" for number in range(2)]
    for path in paths:
        tifffile.imwrite(path, np.zeros((4, 4), np.uint8))
    desktop.viewer.open(paths, stack=True)
    desktop.wait()
    assert last(desktop).status == "snapshot"
    assert "0.tif, 1.tif, read by napari 0." in last(desktop).sentence
    assert last(desktop).sentence.count("sha256:") == 2


def test_formats_of_others_come_through_napari(desktop: Desktop, tmp_path: Path) -> None:
    path = tmp_path / "array.npy"
    np.save(path, np.zeros((4, 4), np.uint8))
    desktop.viewer.open(path)
    desktop.wait()
    assert (last(desktop).operation, last(desktop).status) == ("load", "replayable")
    assert last(desktop).found["reader"] == "napari"
    assert last(desktop).sentence.startswith("Opened array.npy with napari 0.")


def test_a_sample_is_a_snapshot(desktop: Desktop) -> None:
    from skimage.data import coins  # noqa: F401  ships with scikit-image

    desktop.viewer.open_sample("napari", "coins")
    assert last(desktop).status == "snapshot"
    assert "the sample coins of napari" in last(desktop).sentence


def test_points_and_shapes_do_no_harm(desktop: Desktop, nuclei: Path) -> None:
    desktop.session.open(nuclei)
    points = desktop.viewer.add_points(np.zeros((2, 2)))
    points.add((3, 3))
    points.name = "marks"
    desktop.viewer.add_shapes([np.array([[0, 0], [3, 3]])], shape_type="rectangle")
    desktop.viewer.layers.remove(points)
    desktop.settle()
    assert operations(desktop) == ["load"]


def test_a_plugin_without_magicgui_is_named(desktop: Desktop, nuclei: Path) -> None:
    from napari_skimage.skimage_threshold_widget import ManualThresholdWidget
    from PySide6.QtWidgets import QPushButton

    desktop.session.open(nuclei)
    widget = ManualThresholdWidget(desktop.viewer)
    desktop.viewer.window.add_dock_widget(widget)
    widget.native.findChild(QPushButton).click()
    assert last(desktop).status == "snapshot"
    assert "added by napari-skimage 0.7.1 (napari_skimage.skimage_threshold_widget)" in last(desktop).sentence
