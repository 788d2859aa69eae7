"""The acquisition panel: what files say, what people fill in, what is missing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tifffile
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from bims_desktop.app.acquisition import describe
from bims_desktop.app.acquisition_notes import MEMBER, Notes
from bims_desktop.app.acquisition_raw import EARLIER, RawImage
from bims_desktop.app.settings import Settings
from bims_desktop.files.acquisition import Acquisition
from bims_desktop.model.image import Image
from bims_desktop.ui import Desktop, menus
from bims_desktop.ui.acquisition.detail import EntryDetail
from bims_desktop.ui.acquisition.dock import AcquisitionDock, open_acquisition
from bims_desktop.ui.acquisition.hit import HitDelegate
from bims_desktop.ui.acquisition.tree import TITLE, VALUE, WHENCE, EntryTree
from bims_desktop.ui.acquisition.words import as_facts, headline, rest, signed
from tests.conftest import DATA
from tests.ui.conftest import pump
from tests.ui.palette import PALETTE

MITOSIS = "xyz_8bit__mitotic_plate_calibrated.tif"
WHEN = "2026-11-21T14:05:00Z"
CELLS = RawImage("sha256:1", "cells.tif", Acquisition({"objective": [{"LensNA": "1.4"}]}, "NA=1.4\nZoom=2"))
NOTES = (
    Notes()
    .fill_in("specimen", "HeLa", "A. Robert", WHEN)
    .fill_in("numerical_aperture", "1.42", "", WHEN)
    .fill_in("notebook", "https://notebook.example.org/?a=1&b=<2>", "A. Robert", WHEN)
)


def texts(tree: EntryTree, id: str) -> list[str]:
    row = tree.rows[id]
    rows = [row, row.child(0)]
    return [f"{each.text(TITLE)}|{each.text(VALUE)}|{each.text(WHENCE)}" for each in rows if each]


def edited(tree: EntryTree) -> QLineEdit:
    tree.edit_current()
    return tree.viewport().findChildren(QLineEdit)[-1]


def type_in(tree: EntryTree, text: str, key: Qt.Key = Qt.Key.Key_Return) -> None:
    editor = edited(tree)
    editor.setText(text)
    QTest.keyClick(editor, key)
    pump()


@pytest.fixture
def dock(desktop: Desktop) -> AcquisitionDock:
    desktop.session.home.settings = Settings("A. Robert")
    menus._acquisition()
    dock = open_acquisition(desktop)
    pump(60)
    return dock


def test_words() -> None:
    found = describe(CELLS, None, NOTES)
    assert headline(found) == "3 of 29 answered: 1 in the file, 2 by hand"
    assert rest(found) == f"Missing: {len(found.missing('minimal'))} that others need, 7 that would help."
    note = NOTES.of("specimen")
    assert note is not None
    assert signed(note).startswith("A. Robert, ")
    told = {MEMBER: NOTES.to_json(), "x": 1}
    facts = as_facts({EARLIER: [{"acquisition": {"y": 2}, MEMBER: [], "file": "raw.tif"}], **told})
    assert list(facts) == ["by hand", "x", "from"]
    assert facts["by hand"]["Specimen"].startswith("HeLa  (A. Robert")
    assert facts["from"] == {"raw.tif": {"y": 2}}
    said = {"item": "numerical_aperture", "text": "1.4", "where": "Objective LensNA"}
    assert as_facts({"stated": [said], "unit": "\\u00B5m"}) == {
        "unit": "µm",
        "by its text": {"Numerical aperture": "1.4  (Objective LensNA)"},
    }
    assert signed(Notes().fill_in("specimen", "x", "", "one day").notes[0]) == "no name, one day"


def test_from_nothing_to_a_description(desktop: Desktop, dock: AcquisitionDock) -> None:
    assert "Nothing is mandatory" in dock.empty.text()
    assert (dock.empty.isHidden(), dock.tabs.isHidden()) == (False, True)
    data = desktop.session.open(DATA / MITOSIS)
    pump(80)
    assert dock.empty.isHidden()
    assert dock.head.share.text() == "19 of 27 answered: 19 in the file, 0 by hand"
    assert texts(dock.tree, "numerical_aperture") == ["Numerical aperture|1.4|in the file"]
    dock.tree.setCurrentItem(dock.tree.rows["specimen"])
    assert dock.detail.fill.text() == "Fill in"
    type_in(dock.tree, "HeLa Kyoto")
    assert dock.head.share.text() == "20 of 27 answered: 19 in the file, 1 by hand"
    assert "By hand: HeLa Kyoto  (A. Robert" in dock.detail.note.text()
    smooth = desktop.session.run("gaussian", data)
    desktop.viewer.layers.selection.active = desktop.layer_of(smooth)
    pump(80)
    assert dock.head.name.text() == MITOSIS
    assert "comes from it" in dock.head.origin.text()
    both = desktop.session.run("add", smooth, desktop.session.run("gaussian", desktop.session.open(DATA / MITOSIS)))
    desktop.viewer.layers.selection.active = desktop.layer_of(both)
    pump(80)
    assert dock.head.files.count() == 1, "the same image twice is one"
    desktop.session.snapshot(None, Image(np.zeros((9, 9), "uint8"), "YX"), cause="a test", name="drawn")
    pump(80)
    assert "No file stands behind" in dock.empty.text()


def test_editing(desktop: Desktop, dock: AcquisitionDock, nuclei: Path) -> None:
    desktop.session.open(nuclei)
    pump(80)
    tree = dock.tree
    tree.setCurrentItem(tree.rows["pixel_size"])
    type_in(tree, "0.49 µm by a stage micrometer")
    assert [line.split("|")[1] for line in texts(tree, "pixel_size")] == [
        "0.5 µm", "by hand: 0.49 µm by a stage micrometer"
    ]  # fmt: skip
    type_in(tree, "never kept", Qt.Key.Key_Escape)
    assert "never kept" not in "".join(texts(tree, "pixel_size"))
    tree.setFocus()
    QTest.keyClick(tree, Qt.Key.Key_Delete)
    assert len(texts(tree, "pixel_size")) == 1
    tree.setCurrentItem(tree.rows["notebook"])
    type_in(tree, "page 42")
    assert "takes a link" in dock.notice.text
    editor = edited(tree)
    assert editor.text() == "page 42", "what was typed is not lost"
    editor.setText("https://notebook.example.org/42")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    pump()
    assert dock.notice.text == ""
    assert 'href="https://notebook.example.org/42"' in dock.detail.note.text()
    dock.detail.remove.click()
    assert texts(tree, "notebook") == ["Laboratory notebook|not said|not said"]


def test_where_a_number_belongs_words_alone_do_not_count(desktop: Desktop, dock: AcquisitionDock, nuclei: Path) -> None:
    desktop.session.open(nuclei)
    pump(80)
    tree, share = dock.tree, dock.head.share.text()
    tree.setCurrentItem(tree.rows["numerical_aperture"])
    type_in(tree, "abc")
    assert dock.notice.text == "A number is expected: Numerical aperture.\nGive it as 1.4."
    assert dock.head.share.text() == share
    editor = edited(tree)
    assert editor.text() == "abc", "what was typed is not lost"
    editor.setText("high")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert dock.notice.text
    tree.setCurrentItem(tree.rows["specimen"])
    assert dock.notice.text == "", "it was said of another item"
    tree.setCurrentItem(tree.rows["numerical_aperture"])
    editor = edited(tree)
    editor.setText("1.4, oil")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    pump()
    assert dock.notice.text == ""
    assert "By hand: 1.4, oil" in dock.detail.note.text()


def test_filling_in_for_all_files_of_a_series(desktop: Desktop, dock: AcquisitionDock, tmp_path: Path) -> None:
    for time in range(3):
        tifffile.imwrite(tmp_path / f"t{time}.tif", np.full((8, 9), time, np.uint8))
    desktop.session.open_series([tmp_path / f"t{time}.tif" for time in range(3)])
    pump(80)
    tree, files, for_all = dock.tree, dock.head.files, dock.head.for_all
    tree.setCurrentItem(tree.rows["specimen"])
    assert (for_all.text(), for_all.accessibleName()) == ("Fill in for all 3", "For all 3 raw images of this layer")
    assert (for_all.isVisible(), for_all.isChecked()) == (True, False)
    type_in(tree, "HeLa")
    for_all.click()
    type_in(tree, "HeLa Kyoto")
    assert dock.notice.text == "Filled in for all 3 raw images. Of 1 of them it said something else before."
    for place in range(3):
        files.setCurrentIndex(place)
        assert texts(tree, "specimen") == ["Specimen|by hand: HeLa Kyoto|by hand"]
        assert "By hand: HeLa Kyoto  (A. Robert" in dock.detail.note.text()
    dock.detail.remove.click()
    files.setCurrentIndex(0)
    assert texts(tree, "specimen") == ["Specimen|missing|missing"]
    desktop.session.open(tmp_path / "t1.tif")
    pump(80)
    assert (for_all.isVisible(), for_all.isChecked()) == (False, False)


def test_many_words_do_not_make_the_window_higher(desktop: Desktop, dock: AcquisitionDock) -> None:
    desktop.session.open(DATA / MITOSIS)
    pump(80)
    dock.tree.setCurrentItem(dock.tree.rows["illumination"])
    dock.fill_in("illumination", "what was on that day " * 40)
    dock.notice.say("Something to mind. " * 10)
    desktop.main_window.resize(1280, 690)
    pump(50)
    assert desktop.main_window.height() <= 690
    assert dock.detail.verticalScrollBar().maximum() > 0, "the rest can be scrolled to"


def test_a_double_click_anywhere_in_a_row_edits_the_value(desktop: Desktop, dock: AcquisitionDock) -> None:
    data = desktop.session.open(DATA / MITOSIS)
    pump(80)
    tree = dock.tree
    tree.resize(700, 400)
    row = tree.rows["specimen"]
    for column, said in ((TITLE, "HeLa"), (VALUE, "HeLa Kyoto"), (WHENCE, "HeLa H2B")):
        tree.setColumnHidden(WHENCE, False)
        place = tree.visualRect(tree.indexFromItem(row, column)).center()
        QTest.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=place)
        QTest.mouseDClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=place)
        editor = tree.viewport().findChildren(QLineEdit)[-1]
        assert editor.accessibleName() == "Specimen, by hand"
        editor.setText(said)
        QTest.keyClick(editor, Qt.Key.Key_Return)
        pump()
        assert row.text(TITLE) == "Specimen"
        assert f"By hand: {said}  (A. Robert" in dock.detail.note.text()
    dock.head.text.setText("aperture")
    assert dock.detail.isHidden(), "its item is hidden too"
    dock.head.text.clear()
    assert dock.detail.isVisible()
    pump(50)
    assert dock.detail.verticalScrollBar().maximum() == 0, "the list gives way first"
    other = desktop.session.run("gaussian", data)
    desktop.viewer.layers.selection = {desktop.layer_of(each) for each in (data, other)}
    pump(80)
    assert dock.empty.text().startswith("Several layers are selected. Select one layer")


def test_a_line_is_cut_where_nothing_was_searched_for(dock: AcquisitionDock, desktop: Desktop) -> None:
    desktop.session.open(DATA / MITOSIS)
    pump(80)
    dock.head.text.setText("bleach")
    option = QStyleOptionViewItem()
    option.rect = QRect(0, 0, 200, 24)
    index = dock.raw.lines.index(0, 1)
    delegate = dock.raw.itemDelegateForColumn(1)
    assert isinstance(delegate, HitDelegate)
    delegate.initStyleOption(option, index)
    assert option.text.startswith("…BleachSetup|")
    option.rect = QRect(0, 0, 2000, 24)
    delegate.initStyleOption(option, index)
    assert option.text == dock.raw.lines.lines[0].text


def test_search_goes_through_both(desktop: Desktop, dock: AcquisitionDock) -> None:
    desktop.session.open(DATA / MITOSIS)
    pump(80)
    total = dock.raw.lines.count()
    dock.head.text.setText("LensNA")
    assert [dock.tabs.tabText(tab) for tab in (0, 1)] == ["Description (1)", "Microscope's text (1)"]
    dock.tabs.setCurrentIndex(1)
    dock.raw.selectRow(0)
    assert dock.line.text().endswith("LensNA #1 = 1.4000000000000001")
    QTest.keySequence(dock.raw, "Ctrl+C")
    assert QGuiApplication.clipboard().text() == dock.line.text()
    dock.head.text.setText("no such thing")
    assert (dock.raw.isHidden(), dock.tree.isHidden(), dock.none_fits.isHidden()) == (True, True, False)
    dock.head.text.clear()
    assert dock.raw.lines.count() == total > 500
    dock.head.scope.setCurrentIndex(1)
    hidden = {id for id, row in dock.tree.rows.items() if row.isHidden()}
    assert "numerical_aperture" in hidden
    assert "medium" not in hidden


def test_widgets_alone(qtbot: QtBot) -> None:
    entries = describe(CELLS, None, NOTES).entries
    tree, detail = EntryTree(PALETTE), EntryDetail(PALETTE)
    qtbot.addWidget(tree)
    qtbot.addWidget(detail)
    tree.resize(700, 400)
    tree.show()
    tree.show_entries(entries)
    assert texts(tree, "specimen") == ["Specimen|HeLa|by hand"]
    assert texts(tree, "numerical_aperture") == ["Numerical aperture|1.4|in the file", "|1.42|by hand"]
    detail.show_entry(next(entry for entry in entries if entry.item.id == "notebook"))
    assert "&lt;2&gt;" in detail.note.text()
    assert "<2>" not in detail.note.text(), "what a person says is no mark-up"
