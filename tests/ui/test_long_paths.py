"""Long paths: short where the own folder begins them, broken where a line ends, never widening a window."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QLocale, QRect, Qt
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QLabel, QStyleOptionViewItem, QTableView
from pytestqt.qtbot import QtBot

from bims_desktop.errors import MissingInput
from bims_desktop.ui.rows import take_lines
from bims_desktop.ui.verdict_card import VerdictCard
from bims_desktop.ui.verdict_table import VerdictTable
from bims_desktop.ui.words import homely
from tests.ui.palette import PALETTE

DEEP = Path("data", *["a_folder_with_a_rather_long_name"] * 8)
FOLDER_TEXTS = {
    "/people/ada": "~",
    "/people/ada/cells.tif": "~/cells.tif",
    "There is no folder /people/ada/data; choose another.": "There is no folder ~/data; choose another.",
    "here: /people/ada/a.tif and /people/ada/b.tif": "here: ~/a.tif and ~/b.tif",
    "/people/adam/cells.tif": "/people/adam/cells.tif",
    "/people/ada-old/cells.tif": "/people/ada-old/cells.tif",
    "/mnt/people/ada/cells.tif": "/mnt/people/ada/cells.tif",
}


@pytest.fixture
def at_home(monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", "/people/ada")
    return Path("/people/ada")


@pytest.mark.usefixtures("at_home")
@pytest.mark.parametrize("text", FOLDER_TEXTS)
def test_the_own_folder_is_a_tilde(text: str) -> None:
    assert homely(text) == FOLDER_TEXTS[text]


def test_a_home_that_is_the_root_is_no_tilde(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/")
    assert homely("/data/cells.tif") == "/data/cells.tif"


def test_a_card_of_a_deep_file_stays_narrow(qtbot: QtBot, at_home: Path) -> None:
    path = at_home / DEEP / f"{'cells_' * 20}.tif"
    card = VerdictCard(path, MissingInput(f"There is no file {path}.", "Check its name."), PALETTE)
    qtbot.addWidget(card)
    assert card.minimumSizeHint().width() < 500
    texts = [label.text().replace("\u200b", "") for label in card.findChildren(QLabel)]
    assert str(Path("~") / DEEP) in texts
    assert not any("/people" in text for text in texts)


def test_the_table_says_where_a_file_lies(qtbot: QtBot, at_home: Path) -> None:
    table = VerdictTable()
    qtbot.addWidget(table)
    table.add(at_home / "cells.tif", MissingInput("There is no file.", "Check its name."), PALETTE)
    item = table.item(0, 0)
    assert item is not None
    assert "~/cells.tif" in item.toolTip()


def test_a_sentence_of_two_lines_breaks_within_a_file_name(qtbot: QtBot) -> None:
    table = QTableView()
    qtbot.addWidget(table)
    take_lines(table)
    shown = table.itemDelegate().displayText("Smoothed xy_8bit__nuclei.tif", QLocale.c())  # type: ignore[attr-defined]
    assert shown == "Smoothed xy_\u200b8bit__\u200bnuclei.tif"


@pytest.mark.parametrize("width", [170, 210, 900])
def test_a_long_file_name_leaves_room_for_the_number_behind_it(qtbot: QtBot, width: int) -> None:
    table = QTableView()
    qtbot.addWidget(table)
    take_lines(table)
    sentence = "Smoothed xy_8bit__nuclei_PLK1_control.tif with a Gaussian, sigma 2 px"
    option: Any = QStyleOptionViewItem()
    option.rect = QRect(0, 0, width, 40)
    model = QStandardItemModel(1, 1)
    model.setData(model.index(0, 0), sentence)
    delegate: Any = table.itemDelegate()
    delegate.initStyleOption(option, model.index(0, 0))
    shown = option.text.replace("\u200b", "")
    assert shown.startswith("Smoothed xy")
    assert shown.endswith("ol.tif with a Gaussian, sigma 2 px")
    assert (shown == sentence) == (width == 900)
    assert model.index(0, 0).data() == sentence


@pytest.mark.parametrize(
    ("sentence", "value"),
    [
        ("Labelled the connected objects of remove_small_objects_1, found 13", "found 13"),
        ("Took the median of xy_8bit__nuclei_PLK1_control.tif over a square of radius 2 px", "radius 2 px"),
        ("Removed 0 objects of at most 725 pixels from binary_fill_holes_1", "at most 725 pixels from bi…_holes_1"),
        ("Smoothed a file of very many short words in its name and none of them long.tif, sigma 2 px", "sigma 2 px"),
        ("Rescaled the intensities of cells_of_day_1.tif to 0.166667 and 12345.678", "to 0.166667 and 12345.678"),
    ],
)
def test_names_are_shortened_before_values(qtbot: QtBot, sentence: str, value: str) -> None:
    table = QTableView()
    qtbot.addWidget(table)
    take_lines(table)
    option: Any = QStyleOptionViewItem()
    option.rect = QRect(0, 0, 180, 40)
    model = QStandardItemModel(1, 1)
    model.setData(model.index(0, 0), sentence)
    delegate: Any = table.itemDelegate()
    delegate.initStyleOption(option, model.index(0, 0))
    shown = option.text.replace("\u200b", "")
    assert shown.endswith(value), shown
    wanted = Qt.TextFlag.TextWordWrap
    assert option.fontMetrics.boundingRect(option.rect, wanted, option.text).height() <= 2 * option.fontMetrics.height()


@pytest.mark.parametrize(
    ("sentence", "end"),
    [
        ("Resampled max_projection_1 to voxels of 0.0852 µm, Y 263, X 263", "to voxels of 0.0852 µm, Y 263, X 263"),
        ("Resampled xy_3d.tif to voxels of 0.1 x 0.0852 x 0.0852 µm (Z, Y, X), Z 211, Y 263, X 263", "Y 263, X 263"),
    ],
)
def test_a_number_takes_a_third_line_and_a_sentence_stays_one(qtbot: QtBot, sentence: str, end: str) -> None:
    table = QTableView()
    qtbot.addWidget(table)
    take_lines(table)
    option: Any = QStyleOptionViewItem()
    option.rect = QRect(0, 0, 190, table.verticalHeader().defaultSectionSize())
    model = QStandardItemModel(1, 1)
    model.setData(model.index(0, 0), sentence)
    delegate: Any = table.itemDelegate()
    delegate.initStyleOption(option, model.index(0, 0))
    shown = option.text.replace("\u200b", "")
    assert shown.endswith(end), shown
    assert " to voxels of 0." in shown
    assert (
        option.fontMetrics.boundingRect(option.rect, Qt.TextFlag.TextWordWrap, option.text).height()
        <= option.rect.height()
    )
