"""Functions of plugins, by magicgui: exact arguments, results, package; live widgets, re-runs, workers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tests.ui import script_widgets

if TYPE_CHECKING:
    from bims_desktop.ui import Desktop

GAUSSIAN = "napari_skimage.skimage_filter_widget.gaussian_filter_widget"


@pytest.fixture
def gaussian(desktop: Desktop, nuclei: Path) -> Any:
    """The Gaussian of napari-skimage in a dock, with an image to work on."""
    from napari_skimage.skimage_filter_widget import gaussian_filter_widget

    desktop.session.open(nuclei)
    return docked(desktop, gaussian_filter_widget())


def docked(desktop: Desktop, widget: Any) -> Any:
    desktop.viewer.window.add_dock_widget(widget)
    return widget


def last(desktop: Desktop) -> Any:
    desktop.settle()
    return desktop.session.actions[-1]


def test_a_published_plugin(desktop: Desktop, gaussian: Any) -> None:
    gaussian.sigma.value = 2.5
    gaussian()
    action = last(desktop)
    assert (action.operation, action.status, action.package) == ("call", "replayable", "napari-skimage 0.7.1")
    assert dict(action.parameters) == {
        "function": GAUSSIAN,
        "sigma": 2.5,
        "preserve_range": False,
        "mode": "reflect",
    }
    assert dict(action.arguments) == {"img_layer": 1}
    result = desktop.data_of(desktop.viewer.layers[1])
    assert result.version == action.writes[0]
    assert (result.image.scale, result.image.units) == ((0.5, 0.5), ("µm", "µm"))
    assert np.array_equal(result.image.array(), desktop.viewer.layers[1].data)


def test_its_record_replays(desktop: Desktop, gaussian: Any, tmp_path: Path) -> None:
    from bims_desktop import replay

    gaussian()
    data = desktop.data_of(desktop.viewer.layers[1])
    report = desktop.session.save(data, tmp_path / "smooth.ome.tif")
    result = replay(report.path, trust=("napari_skimage",))
    assert result.verdict == "identical"


def test_a_result_that_did_not_change_is_no_action(desktop: Desktop, gaussian: Any) -> None:
    gaussian()
    gaussian()
    assert [action.operation for action in desktop.session.actions] == ["load", "call"]


def test_several_results_keep_their_order(desktop: Desktop, nuclei: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the script were an installed package: its second run overwrites one layer and adds one."""
    from bims_desktop.ui.capture import call

    monkeypatch.setattr(call, "package_of", lambda module: "script 1.0")
    desktop.session.open(nuclei)
    widget = docked(desktop, script_widgets.split())
    widget()
    desktop.viewer.layers.remove("low")
    desktop.viewer.layers["high"].fill((0, 0), 5)
    widget()
    action = last(desktop)
    while action.operation != "call":
        action = desktop.session.actions[action.number - 2]
    kinds = [desktop.session.data(version).image.kind for version in action.writes]
    assert kinds == ["intensity", "labels"]
    assert {layer.name for layer in desktop.session.layers} == {"nuclei.tif", "low", "high"}
    assert len(desktop.viewer.layers) == 3


def test_a_rerun_moves_its_layer_on(desktop: Desktop, gaussian: Any) -> None:
    gaussian()
    gaussian.mode.value = "wrap"
    gaussian()
    action = last(desktop)
    assert (action.operation, action.parameters["mode"]) == ("call", "wrap")
    assert len(desktop.viewer.layers) == len(desktop.session.layers) == 2
    desktop.undo()
    assert desktop.data_of(desktop.viewer.layers[1]).version == 2


def test_nothing_else_is_recorded(desktop: Desktop, gaussian: Any, pump: Any) -> None:
    gaussian()
    pump(700)
    assert [action.operation for action in desktop.session.actions] == ["load", "call"]


def test_a_function_of_a_script_is_a_snapshot_that_names_it(desktop: Desktop, nuclei: Path) -> None:
    desktop.session.open(nuclei)
    docked(desktop, script_widgets.brighten())()
    assert last(desktop).status == "snapshot"
    assert "brighten" in last(desktop).sentence


def test_layers_that_were_not_returned(desktop: Desktop, nuclei: Path) -> None:
    desktop.session.open(nuclei)
    docked(desktop, script_widgets.touch())()
    assert last(desktop).status == "snapshot"
    assert "touch" in last(desktop).sentence


def test_a_function_that_fails_records_nothing(desktop: Desktop, nuclei: Path) -> None:
    desktop.session.open(nuclei)
    widget = docked(desktop, script_widgets.fail())
    original = widget._function
    with pytest.raises(ZeroDivisionError):
        widget()
    assert widget._function is original
    assert last(desktop).operation == "load"


def test_a_function_that_refers_to_its_own_widget(desktop: Desktop) -> None:
    """In magicgui the function's name stands for the widget; ours must not come between."""
    widget = docked(desktop, script_widgets.own_name())
    widget(2)
    assert script_widgets.seen == [type(widget)]


def test_a_live_widget_is_one_action_once_it_rests(desktop: Desktop, gaussian: Any, pump: Any) -> None:
    gaussian._auto_call = True
    for mode in ("wrap", "mirror", "constant"):
        gaussian.mode.value = mode
    assert len(desktop.session.actions) == 1
    data = desktop.data_of(desktop.viewer.layers[1])
    action = last(desktop)
    assert (action.operation, action.parameters["mode"], action.writes) == ("call", "constant", (data.version,))
    assert len(desktop.session.actions) == 2
    gaussian.mode.value = "nearest"
    pump(900)
    assert desktop.session.actions[-1].parameters["mode"] == "nearest"
    assert [action.operation for action in desktop.session.actions] == ["load", "call", "call"]


def test_a_live_widget_that_makes_a_layer_each_time(desktop: Desktop, gaussian: Any) -> None:
    gaussian._auto_call = True
    for sigma in (1.5, 2.0, 3.0):
        gaussian.sigma.value = sigma
    desktop.settle()
    assert [action.parameters.get("sigma") for action in desktop.session.actions] == [None, 1.5, 2.0, 3.0]
    assert len(desktop.viewer.layers) == len(desktop.session.layers) == 4


def test_a_result_that_comes_later_belongs_to_its_call(desktop: Desktop, nuclei: Path, pump: Any) -> None:
    desktop.session.open(nuclei)
    docked(desktop, script_widgets.slow())()
    for _ in range(100):
        pump(20)
        if len(desktop.viewer.layers) == 2:
            break
    assert "slow" in last(desktop).sentence
    assert len(desktop.session.layers) == 2


def test_layer_data_tuples_of_two_layers(desktop: Desktop, nuclei: Path) -> None:
    desktop.session.open(nuclei)
    widget = docked(desktop, script_widgets.split())
    widget()
    widget()
    desktop.settle()
    assert [layer.name for layer in desktop.session.layers] == ["nuclei.tif", "low", "high"]
    assert desktop.data_of(desktop.viewer.layers[2]).image.kind == "labels"
    assert desktop.data_of(desktop.viewer.layers[2]).image.dtype == np.int32
