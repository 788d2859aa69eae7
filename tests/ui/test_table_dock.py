"""Measurements in their dock, linked to the labels layer."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QStyle, QStyleOptionHeader

from bims_desktop import op
from bims_desktop.app.table_height import FILE, keep_height, kept_height
from bims_desktop.app.verify import verify
from bims_desktop.errors import BimsError
from bims_desktop.model.image import Image
from bims_desktop.operations.measure import PROPERTIES
from bims_desktop.ui import Desktop
from bims_desktop.ui.column_words import column_words
from bims_desktop.ui.object_mark import SHOWN_MS
from bims_desktop.ui.table_dock import TableDock, open_tables
from bims_desktop.ui.words import homely
from tests.ui.conftest import pump_until


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


def news_of(desktop: Desktop) -> list[Any]:
    from napari._qt.dialogs.qt_notification import NapariQtNotification

    found: list[Any] = desktop.main_window.findChildren(NapariQtNotification)
    return [one for one in found if one.isVisible()]


def selected(dock: TableDock) -> list[int]:
    return [index.row() for index in dock.view.selectionModel().selectedRows()]


def test_before_any_table_it_says_how_to_get_one(desktop: Desktop) -> None:
    dock = open_tables(desktop)
    assert "Measure objects" in dock.empty.text()
    assert not dock.empty.isHidden()
    assert dock.save_button.isHidden()


def test_it_opens_as_high_as_it_was_left(desktop: Desktop, pump: Callable[..., None]) -> None:
    main, folder = desktop.main_window, desktop.session.home.folder
    main.resize(1280, 720)
    keep_height(folder, 300)
    dock = open_tables(desktop).dock
    assert dock is not None
    pump(50)
    assert dock.height() == 300
    main.resizeDocks([dock], [240], Qt.Orientation.Vertical)
    pump(50)
    dock.close()
    assert kept_height(folder) == 240


@pytest.mark.parametrize("text", ["no JSON", "[]", '{"height": 3}', '{"height": true}', '{"height": 90000}'])
def test_a_height_that_cannot_be_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    assert kept_height(tmp_path) is None


def test_it_sorts_both_ways_and_back(dock: TableDock) -> None:
    assert column(dock, "label") == [1, 2, 3, 4]
    place = list(dock.model.table.columns).index("intensity_mean")  # type: ignore[union-attr]
    dock.view.sortByColumn(place, Qt.SortOrder.DescendingOrder)
    header, option = dock.view.horizontalHeader(), QStyleOptionHeader()
    option.rect, option.sortIndicator = QRect(0, 0, 90, 24), QStyleOptionHeader.SortIndicator.SortDown
    arrow = header.style().subElementRect(QStyle.SubElement.SE_HeaderArrow, option, header)
    assert 0 < arrow.right() < 45, "left of the words, which stand at the right with their unit"
    assert column(dock, "intensity_mean") == sorted(column(dock, "intensity_mean"), reverse=True)
    dock.view.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
    assert column(dock, "label") == [1, 2, 3, 4]


def test_headings_say_what_their_columns_are(dock: TableDock) -> None:
    model: Any = dock.model
    tips = [
        model.headerData(place, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
        for place in range(model.columnCount())
    ]
    said = dict(zip(model.table.columns, tips, strict=True))
    assert "Middle of the object along Y. In µm.<br>Click to sort." in said["centroid-0"]
    assert "where it ends along X. In px." in said["bbox-3"]
    assert "Mean intensity of the object's pixels." in said["intensity_mean"]


def test_every_column_of_ours_has_words() -> None:
    pixels = np.zeros((2, 2, 2, 24, 24), np.uint8)
    pixels[..., 8:14, 8:14] = 200
    bright = Image(pixels, "TCZYX")
    mask = Image(pixels > 0, "TCZYX", kind="mask")
    labels = Image(mask.array().astype(np.int32), "TCZYX", kind="labels")
    tables = [
        op.regionprops_table(labels, intensity_image=bright, properties=PROPERTIES, axes="YX"),
        op.count_labels(labels, within=labels),
        op.blob_log(bright, axes="YX"),
        op.profile_line(bright, dst_x=20.0),
        op.pearson_corr_coeff(bright, image1=bright),
        op.manders_coloc_coeff(bright, image1_mask=mask),
        op.manders_overlap_coeff(bright, image1=bright),
    ]
    columns = [(name, list(table.columns)) for table in tables for name in table.columns]
    assert [name for name, names in columns if not column_words(name, "", names)] == []


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


def test_the_object_of_a_row_is_framed_until_the_view_moves(desktop: Desktop, dock: TableDock) -> None:
    before = len(desktop.viewer.layers)
    dock.view.selectRow(2)
    canvas = dock.mark.parentWidget()
    assert not dock.mark.isHidden()
    assert (dock.mark.geometry().center() - canvas.rect().center()).manhattanLength() <= 2
    assert dock.mark.height() >= 8 * 0.5 * desktop.viewer.scene.camera.zoom
    assert "the brush paints with its label now" in str(desktop.viewer.status)
    assert len(desktop.viewer.layers) == before
    dock.mark._timer.setInterval(0)
    dock.view.clicked.emit(dock.view.currentIndex())
    pump_until(lambda: not dock.mark._timer.isActive())
    assert not dock.mark.isHidden(), "as long as the status bar says that it is framed"
    desktop.viewer.status = "something else"
    assert dock.mark.isHidden()
    dock.mark._timer.setInterval(SHOWN_MS)
    dock.view.clicked.emit(dock.view.currentIndex())
    desktop.viewer.status = "the mouse went over the image at once"
    assert not dock.mark.isHidden()
    desktop.viewer.scene.camera.center = (0.0, 0.0, 0.0)
    assert dock.mark.isHidden()


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
    assert dock.hint.text().startswith("The labels were changed after they were measured")
    assert dock.hint.property("role") == "unknown"
    dock.view.selectRow(3)
    assert layer.selected_label == 4
    desktop.session.undo()
    pump(50)
    assert dock.hint.text().startswith("Select a row")
    assert dock.hint.property("role") == "quiet"
    desktop.session.redo()
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


@pytest.mark.parametrize(("axes", "units"), [("ZYX", "physical"), ("YX", "physical"), ("YX", "pixels")])
def test_a_click_on_a_spot_goes_there(desktop: Desktop, pump: Any, axes: str, units: str) -> None:
    pixels = np.zeros((5, 40, 60), np.float32)
    for z, y, x in ((1, 10, 12), (3, 28, 45)):
        pixels[z, y, x] = 500
    image = Image(pixels, "ZYX", scale=(2.0, 0.5, 0.5), units=("µm", "µm", "µm"))
    session = desktop.session
    session.run("blob_log", session.snapshot(None, image, cause="a test", name="spots"), axes=axes, units=units)
    pump()
    desktop.viewer.add_points(np.zeros((1, 2)))
    dock, before = open_tables(desktop), len(session.actions)
    assert dock.hint.text() == "These are points: click a row to go there."
    dock.view.sortByColumn(dock.model.columnCount() - 3, Qt.SortOrder.AscendingOrder)  # type: ignore[union-attr]
    dock.view.selectRow(1)
    assert desktop.viewer.dims.current_step[0] == 3
    assert desktop.viewer.scene.camera.center[-2:] == pytest.approx((14.0, 22.5), abs=0.5)
    dock.view.selectRow(0)
    assert desktop.viewer.dims.current_step[0] == 1
    desktop.viewer.scene.camera.center = (0.0, 0.0, 0.0)
    dock.view.clicked.emit(dock.view.currentIndex())
    assert desktop.viewer.scene.camera.center[-2:] == pytest.approx((5.0, 6.0), abs=0.5)
    desktop.settle()
    assert {action.effect for action in session.actions[before:]} <= {"view"}
    found_in = session.data(session.layers[0].version)
    session.snapshot(found_in, replace(image, pixels=pixels / 2), cause="a test")
    pump(20)
    assert dock.hint.text().startswith("The image was changed after these points were found")
    desktop.viewer.layers.remove(desktop.viewer.layers[0])
    desktop.settle()
    pump(20)
    assert dock.hint.text().startswith("No layer shows the image of these points")
    dock.view.selectRow(1)


def test_a_table_of_no_objects_speaks_of_none(desktop: Desktop, nuclei: Path, pump: Any) -> None:
    cells = desktop.session.open(nuclei)
    desktop.session.run("profile_line", cells, dst_x=20.0)
    pump()
    assert open_tables(desktop).hint.isHidden()


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
    assert "record 1" in dock.notice.text
    assert "replay proven identical" in str(desktop.viewer.status)


def test_a_click_on_save_asks_where_and_saves_with_no_error(
    desktop: Desktop, dock: TableDock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bims_desktop.ui.table_dock.ask_to_save", lambda *_: str(tmp_path / "cells"))
    raised: list[object] = []
    monkeypatch.setattr(sys, "excepthook", lambda *error: raised.append(error))
    QTest.mouseClick(dock.save_button, Qt.MouseButton.LeftButton)
    desktop.wait()
    assert dock.notice.text.startswith("Saved cells.csv and its record")
    assert (tmp_path / "cells.csv").is_file()
    assert not raised


def test_the_news_of_a_save_are_whole_and_give_way_to_the_next(desktop: Desktop, pump: Any) -> None:
    for name in ("first", "second"):
        desktop.notifier.show_done(
            f"Saved {name} of the nuclei that were replayed.ome.tif as record 3, replay identical."
        )
        pump(50)
    (news,) = news_of(desktop)
    assert "second" in news.message.text()
    assert news.height() >= news.sizeHint().height() > 40
    pump_until(lambda: not news_of(desktop))


def test_what_to_do_about_an_error_is_not_cut_off(desktop: Desktop, pump: Any) -> None:
    desktop.notifier.show_error(
        BimsError("The disk of the folder of this session is full.", "Free some space, then save.")
    )
    pump(50)
    (news,) = news_of(desktop)
    assert news.message.text().endswith("then save.")
    assert news.height() >= news.sizeHint().height() > 40
    assert news.rect().contains(news.message.geometry().bottomRight())


def test_what_must_not_be_missed_is_told_once_nothing_runs(desktop: Desktop, pump: Any) -> None:
    proven = Event()
    desktop.jobs.start("Replaying", proven.wait, lambda _: desktop.notifier.show_done("Saved."))
    desktop.notifier.show_last("Exported view.png.")
    pump(20)
    assert not news_of(desktop)
    proven.set()
    desktop.wait()
    pump(50)
    assert [news.message.text() for news in news_of(desktop)] == ["Exported view.png."]


def test_a_save_that_fails_says_why_in_place(desktop: Desktop, dock: TableDock, tmp_path: Path) -> None:
    dock.save(tmp_path / "nowhere" / "nuclei.csv")
    desktop.wait()
    told = f"There is no folder {homely(tmp_path / 'nowhere')}.\n"
    assert dock.notice.text.startswith(told)
    header = dock.view.horizontalHeader()
    labels = desktop.session.data(desktop.session.layers[-1].version)
    for act in (
        dock.notice.answer.click,
        lambda: dock.view.selectRow(1),
        lambda: header.sectionClicked.emit(0),
        lambda: desktop.session.run("regionprops_table", labels),
    ):
        dock.save(tmp_path / "nowhere" / "nuclei.csv")
        desktop.wait()
        assert dock.notice.text.startswith(told)
        assert dock.notice.answer.isVisible(), "it has a way out"
        act()
        pump_until(lambda: not dock.notice.text)


def test_a_new_table_can_be_chosen_and_the_last_is_shown(desktop: Desktop, dock: TableDock, pump: Any) -> None:
    labels = desktop.session.data(desktop.session.layers[-1].version)
    desktop.session.run("regionprops_table", labels, properties=("label", "num_pixels"))
    pump(20)
    said = ["Measured 4 objects of label_1 (step 5)", "Measured 4 objects of label_1 (step 6)"]
    assert [dock.chooser.itemText(place) for place in range(dock.chooser.count())] == said
    assert open_tables(desktop) is dock
    assert list(dock.model.table.columns) == ["label", "num_pixels"]  # type: ignore[union-attr]
    dock.chooser.setCurrentIndex(0)
    dock.view.selectRow(0)
    assert desktop.viewer.layers[-1].selected_label == 1


def test_a_table_without_labels_says_why_its_rows_do_nothing(desktop: Desktop, dock: TableDock, pump: Any) -> None:
    labels = desktop.session.data(desktop.session.layers[-1].version)
    desktop.session.run("regionprops_table", labels, properties=("area",))
    pump(20)
    open_tables(desktop)
    assert "the column “label” is missing" in dock.hint.text()
    dock.chooser.setCurrentIndex(0)
    assert "Select a row to see its object" in dock.hint.text()
