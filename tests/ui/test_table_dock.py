"""Measurements in their dock, linked to the labels layer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from bims_desktop.app.verify import verify
from bims_desktop.model.image import Image
from bims_desktop.ui import Desktop
from bims_desktop.ui.table_dock import TableDock, open_tables


@pytest.fixture
def dock(desktop: Desktop, nuclei: Path, pump: Callable[..., None]) -> TableDock:
    session = desktop.session
    cells = session.open(nuclei)
    labels = session.run("label", session.run("threshold_otsu", session.run("gaussian", cells)))
    session.run("regionprops_table", labels, cells)
    pump()
    return open_tables(desktop)


def column(dock: TableDock, name: str) -> list[Any]:
    assert dock.model is not None
    return [dock.model.value(row, name) for row in range(dock.model.count())]


def selected(dock: TableDock) -> list[int]:
    return [index.row() for index in dock.view.selectionModel().selectedRows()]


def test_before_any_table_it_says_how_to_get_one(desktop: Desktop) -> None:
    dock = open_tables(desktop)
    assert "Measure objects" in dock.empty.text()
    assert not dock.empty.isHidden()
    assert dock.save_button.isHidden()


def test_it_sorts_both_ways_and_back(dock: TableDock) -> None:
    assert column(dock, "label") == [1, 2, 3, 4]
    place = list(dock.model.table.columns).index("intensity_mean")  # type: ignore[union-attr]
    dock.view.sortByColumn(place, Qt.SortOrder.DescendingOrder)
    assert column(dock, "intensity_mean") == sorted(column(dock, "intensity_mean"), reverse=True)
    dock.view.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
    assert column(dock, "label") == [1, 2, 3, 4]


def test_a_sorted_table_keeps_its_selected_object(dock: TableDock) -> None:
    dock.view.selectRow(1)
    dock.view.sortByColumn(0, Qt.SortOrder.DescendingOrder)
    assert selected(dock) == [2]


def test_a_row_shows_its_object(desktop: Desktop, dock: TableDock) -> None:
    layer = desktop.viewer.layers[-1]
    dock.view.selectRow(2)
    assert layer.selected_label == 3
    assert desktop.viewer.layers.selection.active is layer
    y, x = desktop.viewer.scene.camera.center[-2:]
    assert layer.data[tuple(np.round(layer.world_to_data((y, x))).astype(int))] == 3


def test_a_picked_object_selects_its_row_and_moves_nothing(desktop: Desktop, dock: TableDock) -> None:
    before = desktop.viewer.scene.camera.center
    desktop.viewer.layers[-1].selected_label = 4
    assert selected(dock) == [3]
    assert desktop.viewer.scene.camera.center == before
    desktop.viewer.layers[-1].selected_label = 99
    assert selected(dock) == [3]


def test_an_erased_object_is_said_to_be_gone(desktop: Desktop, dock: TableDock, pump: Any) -> None:
    layer = desktop.viewer.layers[-1]
    layer.data[layer.data == 2] = 0
    layer.refresh()
    dock.view.selectRow(1)
    assert "no longer in the labels" in dock.notice.text
    dock.view.selectRow(0)
    assert dock.notice.text == ""


def test_painted_labels_stay_linked_and_removed_ones_not(desktop: Desktop, dock: TableDock, pump: Any) -> None:
    layer = desktop.viewer.layers[-1]
    layer.fill((0, 0), 9)
    desktop.settle()
    pump(50)
    dock.view.selectRow(3)
    assert layer.selected_label == 4
    desktop.viewer.layers.remove(layer)
    desktop.settle()
    pump(50)
    assert "No labels layer" in dock.hint.text()
    dock.view.selectRow(0)


def test_planes_measured_alone_are_told_apart(desktop: Desktop, pump: Any) -> None:
    planes = np.zeros((3, 20, 20), np.int32)
    planes[0, 2:5, 2:5] = planes[2, 12:18, 12:18] = 1
    labels = desktop.session.snapshot(None, Image(planes, "ZYX", kind="labels"), cause="a test", name="planes")
    desktop.session.run("regionprops_table", labels, axes="YX")
    pump()
    dock = open_tables(desktop)
    assert column(dock, "Z") == [0, 2]
    dock.view.selectRow(1)
    assert desktop.viewer.dims.current_step[0] == 2
    assert all(12 <= value < 18 for value in desktop.viewer.scene.camera.center[-2:])
    desktop.viewer.dims.set_current_step(0, 0)
    desktop.viewer.layers[-1].selected_label = 2
    desktop.viewer.layers[-1].selected_label = 1
    assert selected(dock) == [0]


def test_copy_takes_the_order_that_is_shown(dock: TableDock) -> None:
    dock.view.sortByColumn(0, Qt.SortOrder.DescendingOrder)
    dock.copy()
    lines = QGuiApplication.clipboard().text().split("\n")
    assert [line.split("\t")[0] for line in lines] == ["label", "4", "3", "2", "1"]


def test_save_writes_the_table_and_its_record(desktop: Desktop, dock: TableDock, tmp_path: Path, pump: Any) -> None:
    dock.save(tmp_path / "nuclei.csv")
    desktop.wait()
    pump(50)
    assert verify(tmp_path / "nuclei.csv", home=desktop.session.home).good
    assert "entry 1" in dock.notice.text
    assert "replay proven identical" in str(desktop.viewer.status)


def test_a_save_that_fails_says_why_in_place(desktop: Desktop, dock: TableDock, tmp_path: Path) -> None:
    dock.save(tmp_path / "nowhere" / "nuclei.csv")
    desktop.wait()
    assert "could not be saved" in dock.notice.text


def test_a_new_table_can_be_chosen_and_the_last_is_shown(desktop: Desktop, dock: TableDock, pump: Any) -> None:
    labels = desktop.session.data(desktop.session.layers[-1].version)
    desktop.session.run("regionprops_table", labels, properties=("label", "num_pixels"))
    pump(20)
    assert dock.chooser.count() == 2
    assert open_tables(desktop) is dock
    assert list(dock.model.table.columns) == ["label", "num_pixels"]  # type: ignore[union-attr]
    dock.chooser.setCurrentIndex(0)
    dock.view.selectRow(0)
    assert desktop.viewer.layers[-1].selected_label == 1
