"""Pixels that change by an unrecorded route become flagged snapshots."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

if TYPE_CHECKING:
    from bims_desktop.ui import Desktop


@pytest.fixture
def labels(desktop: Desktop, nuclei: Path) -> Any:
    mask = desktop.session.run("threshold_otsu", desktop.session.open(nuclei))
    return desktop.layer_of(desktop.session.run("label", mask))


def test_writing_in_place_is_found_when_the_data_are_asked_for(desktop: Desktop, labels: Any) -> None:
    labels.data[3, 3] = 77
    data = desktop.data_of(labels)
    assert data.image.array()[3, 3] == 77
    assert desktop.session.actions[-1].status == "snapshot"
    assert desktop.data_of(labels) == data, "the same change was recorded twice"


def test_writing_in_place_is_found_after_the_next_action(desktop: Desktop, labels: Any, pump: Any) -> None:
    labels.data[3, 3] = 77
    desktop.session.run("gaussian", desktop.session.data(1), sigma=1)
    pump(50)
    assert desktop.session.actions[-1].status == "snapshot"


def test_a_replaced_array_names_its_culprit(desktop: Desktop, nuclei: Path) -> None:
    desktop.session.open(nuclei)
    desktop.viewer.layers[0].data = np.ones((40, 50), np.uint8)
    action = desktop.session.actions[-1]
    assert (action.status, action.parameters["cause"]) == ("snapshot", f"changed by {__name__}")
    data = desktop.data_of(desktop.viewer.layers[0])
    assert data.image.scale == (0.5, 0.5)
    assert data.image.array().sum() == 2000


def test_the_same_pixels_again_are_no_change(desktop: Desktop, nuclei: Path) -> None:
    cells = desktop.session.open(nuclei)
    desktop.viewer.layers[0].data = cells.image.array().copy()
    assert desktop.data_of(desktop.viewer.layers[0]) == cells


def test_another_shape(desktop: Desktop, nuclei: Path) -> None:
    desktop.session.open(nuclei)
    layer = desktop.viewer.layers[0]
    layer.data = np.zeros((3, 8, 9), np.uint16)
    assert desktop.data_of(layer).image.axes == "ZYX"
    desktop.undo()
    assert desktop.viewer.layers[0].data.shape == (40, 50)


def test_an_image_of_the_session_cannot_be_written_into(desktop: Desktop, nuclei: Path) -> None:
    desktop.session.open(nuclei)
    with pytest.raises(ValueError, match="read-only"):
        desktop.viewer.layers[0].data[0, 0] = 1


def test_a_removed_layer_is_looked_at_first(desktop: Desktop, labels: Any) -> None:
    labels.data[3, 3] = 77
    desktop.viewer.layers.remove(labels)
    assert [action.operation for action in desktop.session.actions[-2:]] == ["snapshot", "remove"]


def test_writing_in_place_before_an_undo_is_not_lost(desktop: Desktop, labels: Any, pump: Any) -> None:
    labels.fill((0, 0), 5)
    labels.data[3, 3] = 77
    desktop.session.undo()
    pump(20)
    assert labels.data[3, 3] != 77
    rescued = desktop.viewer.layers[-1]
    assert (rescued.name, rescued.data[3, 3]) == ("label_1 before", 77)
    assert desktop.session.actions[-1].status == "snapshot"


def test_code_in_the_console(desktop: Desktop, labels: Any) -> None:
    pytest.importorskip("napari_console")
    console = desktop.viewer.window._qt_viewer.console
    if console.shell is None:
        pytest.skip("runs inside IPython")
    console.shell.run_cell(f"viewer.layers[{desktop.viewer.layers.index(labels)}].data[5, 5] = 55")
    assert desktop.session.actions[-1].parameters["cause"] == "changed by code typed in the console"
    assert desktop.data_of(labels).image.array()[5, 5] == 55
