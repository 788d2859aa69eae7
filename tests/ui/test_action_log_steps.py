"""What one does with the steps of the log: see which matter, copy, jump, export; quick with ten thousand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from bims_desktop.model.image import Image
from bims_desktop.provenance.action import Action
from bims_desktop.ui import Desktop
from bims_desktop.ui.action_table import NUMBER, PICTURE, SENTENCE, ActionTable
from bims_desktop.ui.bar_delegate import BAR_ROLE
from bims_desktop.ui.picture_delegate import PICTURE_ROLE
from tests.ui.palette import PALETTE
from tests.ui.watched import Watched

ROLES = 12
"""That a view and its delegates ask for, a cell."""


def work(desktop: Desktop, nuclei: Path, pump: Callable[..., None]) -> dict[str, Any]:
    session = desktop.session
    cells = session.open(nuclei)
    smooth = session.run("gaussian", cells, sigma=2)
    inverted = session.run("invert", cells)
    mask = session.run("threshold_otsu", smooth)
    pump(80)
    desktop.log.refresh()
    return {"cells": cells, "smooth": smooth, "inverted": inverted, "mask": mask}


def highlighted(desktop: Desktop) -> list[int]:
    model = desktop.log.model
    rows = range(model.rowCount())
    marked = [row for row in rows if model.data(model.index(row, NUMBER), BAR_ROLE)]
    assert not any(model.data(model.index(row, NUMBER), Qt.ItemDataRole.BackgroundRole) for row in rows)
    return [model.action(row).number for row in marked]


def entry(number: int, **fields: Any) -> Action:
    return Action(number, "gaussian", sentence=f"Did step {number}", started="2026-11-20T10:00:00.250Z", **fields)


def test_steps_of_the_selected_layer_are_highlighted(desktop: Desktop, nuclei: Path, pump: Any) -> None:
    made = work(desktop, nuclei, pump)
    for name, numbers in (("mask", [1, 2, 4]), ("inverted", [1, 3]), ("cells", [1])):
        desktop.viewer.layers.selection.active = desktop.layer_of(made[name])
        pump()
        assert highlighted(desktop) == numbers
    desktop.viewer.layers.selection.clear()
    pump()
    assert highlighted(desktop) == []


def test_a_highlight_is_told_in_words_too(desktop: Desktop, nuclei: Path, pump: Callable[..., None]) -> None:
    made = work(desktop, nuclei, pump)
    desktop.viewer.layers.selection.active = desktop.layer_of(made["mask"])
    pump()
    model = desktop.log.model
    needed, other = model.index(1, SENTENCE), model.index(2, SENTENCE)
    assert "depends on it" in needed.data(Qt.ItemDataRole.AccessibleTextRole)
    assert "depends on it" not in other.data(Qt.ItemDataRole.AccessibleTextRole)
    assert model.index(1, NUMBER).data(Qt.ItemDataRole.FontRole).bold()
    desktop.log.table.selectRow(1)
    assert "kept: step 4 used its result" in desktop.log.detail.facts.text()
    desktop.log.table.selectRow(2)
    assert "kept" not in desktop.log.detail.facts.text()


def test_each_result_has_a_picture_drawn_beside_the_window(desktop: Desktop, nuclei: Path, pump: Any) -> None:
    work(desktop, nuclei, pump)
    desktop.session.rename(desktop.session.data(1), "other")
    pump(100)
    desktop.log.refresh()
    model = desktop.log.model
    first = [model.index(row, PICTURE).data(PICTURE_ROLE) for row in range(model.rowCount())]
    for _ in range(20):
        if model.index(3, PICTURE).data(PICTURE_ROLE) is not None:
            break
        pump(100)
    drawn = [model.index(row, PICTURE).data(PICTURE_ROLE) for row in range(model.rowCount())]
    assert [picture is not None for picture in drawn] == [True, True, True, True, False]
    assert all(picture is None or not picture.isNull() for picture in first)
    desktop.log.table.selectRow(1)
    assert not desktop.log.detail.picture.pixmap().isNull()


def test_measurements_have_no_picture(desktop: Desktop, nuclei: Path, pump: Callable[..., None]) -> None:
    made = work(desktop, nuclei, pump)
    desktop.session.run("regionprops_table", desktop.session.run("label", made["mask"]))
    table, labels = desktop.session.actions[-1], desktop.session.actions[-2]
    for _ in range(20):
        if desktop.log.thumbnails.of(labels) is not None:
            break
        pump(100)
    assert desktop.log.thumbnails.of(labels) is not None
    assert desktop.log.thumbnails.of(table) is None


def test_the_store_of_pictures_stays_small(desktop: Desktop, monkeypatch: pytest.MonkeyPatch, pump: Any) -> None:
    from bims_desktop.ui import thumbnails

    monkeypatch.setattr(thumbnails, "_KEPT", 3)
    for number in range(6):
        image = Image(np.full((4, 4), number, np.uint8), "YX")
        desktop.session.snapshot(None, image, cause="a test", name=f"n{number}")
    for action in desktop.session.actions:
        desktop.log.thumbnails.of(action)
    pump(150)
    desktop.wait()
    pump(20)
    assert len(desktop.log.thumbnails._pictures) == 3


def test_several_steps_are_copied_as_code_and_as_text(desktop: Desktop, nuclei: Path, pump: Any) -> None:
    work(desktop, nuclei, pump)
    desktop.session.undo()
    pump(80)
    desktop.log.refresh()
    desktop.log.table.selectAll()
    actions = desktop.session.actions
    desktop.log.detail.copy.click()
    assert QGuiApplication.clipboard().text() == "\n".join(action.code for action in actions)
    desktop.log.detail.copy_text.click()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0] == "1. Opened nuclei.tif"
    assert lines[3].endswith("(undone)")
    assert desktop.log.detail.sentence.text() == "5 actions selected"


def test_the_keyboard_copies_and_jumps(desktop: Desktop, nuclei: Path, pump: Any, qtbot: Any) -> None:
    work(desktop, nuclei, pump)
    table = desktop.log.table
    desktop.main_window.activateWindow()
    table.setFocus()
    table.selectRow(1)
    qtbot.waitUntil(table.hasFocus)
    qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text().startswith("2. Smoothed")
    qtbot.keyClick(table, Qt.Key.Key_Return)
    assert desktop.viewer.layers.selection.active.name == "gaussian_1"


def test_jumping_selects_the_layer_of_a_step(desktop: Desktop, nuclei: Path, pump: Callable[..., None]) -> None:
    made = work(desktop, nuclei, pump)
    desktop.log.table.selectRow(2)
    desktop.log.detail.jump.click()
    assert desktop.viewer.layers.selection.active is desktop.layer_of(made["inverted"])


def test_a_step_without_a_layer_says_so(desktop: Desktop, nuclei: Path, pump: Callable[..., None]) -> None:
    made = work(desktop, nuclei, pump)
    desktop.session.remove(made["inverted"])
    pump(80)
    desktop.log.refresh()
    desktop.log.table.selectRow(2)
    assert not desktop.log.detail.jump.isEnabled()
    assert "undone or removed" in desktop.log.detail.jump.toolTip()


@pytest.mark.parametrize(
    ("words", "found"),
    [("snapshot", 1), ("undone", 2), ("OTSU gaussian_1", 1), ("invert undone", 1), ("otsu invert", 0)],
)
def test_the_search_takes_every_word(desktop: Desktop, nuclei: Path, pump: Any, words: str, found: int) -> None:
    made = work(desktop, nuclei, pump)
    desktop.session.snapshot(None, made["cells"].image, cause="a test", name="taken")
    desktop.session.undo()
    desktop.session.run("invert", made["smooth"])
    desktop.session.undo()
    pump(80)
    desktop.log.refresh()
    desktop.log.filters.text.setText(words)
    assert desktop.log.model.rowCount() == found


@pytest.mark.parametrize(
    ("suffix", "text"), [(".py", "gaussian_1 = op."), (".md", "- **2** Smoothed"), (".csv", "2,20")]
)
def test_the_shown_steps_are_exported(desktop: Desktop, nuclei: Path, pump: Any, suffix: str, text: str) -> None:
    work(desktop, nuclei, pump)
    desktop.log.filters.text.setText("smoothed")
    path = nuclei.with_name(f"log{suffix}")
    desktop.log.export(path)
    desktop.wait()
    assert text in path.read_text("utf-8")
    assert "Inverted" not in path.read_text("utf-8")


def test_an_export_that_fails_is_said(desktop: Desktop, nuclei: Path, pump: Any, monkeypatch: Any) -> None:
    work(desktop, nuclei, pump)
    shown: list[Any] = []
    monkeypatch.setattr(desktop.notifier, "show_error", shown.append)
    desktop.log.export(nuclei.parent / "missing" / "log.csv")
    desktop.wait()
    assert "could not be written" in shown[0].what


def test_an_empty_log_has_nothing_to_export(desktop: Desktop) -> None:
    assert not desktop.log.filters.files.isEnabled()
    titles = [action.text() for action in desktop.log.filters.files.menu().actions()]
    assert [title.split(",")[0].split()[0] for title in titles] == ["Python", "Markdown", "CSV"]


def test_this_layer_grows_without_a_reset() -> None:
    table = ActionTable(PALETTE)
    resets: list[None] = []
    table.modelReset.connect(lambda: resets.append(None))
    log = [entry(number) for number in range(1, 6)]
    table.update(log[:4], frozenset())
    table.filter(text="", quiet=False, only=frozenset({1, 3}))
    assert len(resets) == 1
    table.update(log, frozenset())
    table.filter(text="", quiet=False, only=frozenset({1, 3, 5}))
    assert [action.number for action in table.shown] == [1, 3, 5]
    assert len(resets) == 1


def test_rows_are_found_by_number_whatever_is_hidden() -> None:
    table = ActionTable(PALETTE)
    table.update([entry(number) for number in range(1, 101)], frozenset())
    table.filter(text="", quiet=False, only=frozenset(range(1, 101, 7)))
    assert [table.row_of(number) for number in (1, 2, 8, 99, 101)] == [0, -1, 1, 14, -1]


def test_ten_thousand_actions_scroll_smoothly(desktop: Desktop, pump: Callable[..., None]) -> None:
    """A frame asks for the cells that are seen and for no other; benchmarks/action_log.py takes the time of it."""
    model, table = desktop.log.model, desktop.log.table
    model.update([entry(number) for number in range(1, 10_001)], frozenset({17}))
    model.highlight(frozenset(range(1, 10_001, 3)))
    table.show()
    pump(50)
    model._shown = shown = Watched(model._shown)
    model._actions = actions = Watched(model._actions)
    bar, most = table.verticalScrollBar(), table.viewport().height() // table.rowHeight(0) + 2
    for place in range(0, bar.maximum(), bar.maximum() // 60):
        shown.seen.clear()
        actions.seen.clear()
        bar.setValue(place)
        table.viewport().grab()  # paints now, whatever the canvas beside it is about
        assert 0 < len(set(shown.seen)) <= most
        assert len(shown.seen) <= most * model.columnCount() * ROLES
        assert actions.seen == []


def test_a_new_action_costs_little_after_ten_thousand() -> None:
    table = ActionTable(PALETTE)
    log = [entry(number) for number in range(1, 10_001)]
    table.update(tuple(log), frozenset())
    table.filter(text="step", quiet=False, only=None)
    table._shown = shown = Watched(table._shown)
    for number in range(10_001, 10_051):
        log.append(entry(number))
        actions = Watched(log)
        table.update(actions, frozenset())
        table.highlight(frozenset(range(1, number, 2)))
        assert (actions.seen, shown.seen) == ([number - 1], [])
    assert table.rowCount() == 10_050
