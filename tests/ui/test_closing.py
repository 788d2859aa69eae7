"""Closing a window with results that no file holds asks once."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QLabel

from bims_desktop.app.home import Home
from bims_desktop.app.recent import recent
from bims_desktop.app.recover import recover
from bims_desktop.app.unsaved import unsaved
from bims_desktop.model.image import Image
from bims_desktop.operations import registry
from bims_desktop.provenance.journal import entries
from bims_desktop.ui import Desktop
from bims_desktop.ui.closing_question import ClosingQuestion
from bims_desktop.ui.running_question import RunningQuestion
from bims_desktop.ui.save_dialog import SaveDialog
from bims_desktop.ui.table_dock import TableDock
from tests.ui.conftest import pump_until


class FrameEvent(QCloseEvent):
    """As the window manager sends it."""

    def spontaneous(self) -> bool:
        return True


def question(desktop: Desktop) -> ClosingQuestion | None:
    return desktop.main_window.findChild(ClosingQuestion)


def by_frame(desktop: Desktop) -> bool:
    """Whether closing by the frame was let through."""
    event = FrameEvent()
    desktop.main_window.closeEvent(event)
    return event.isAccepted()


@pytest.fixture
def worked(desktop: Desktop, nuclei: Path, pump: Callable[..., None]) -> Desktop:
    cells = desktop.session.open(nuclei)
    labels = desktop.session.run("label", desktop.session.run("threshold_otsu", cells))
    desktop.session.run("regionprops_table", labels)
    pump()
    return desktop


def test_what_is_missed_is_named_once(worked: Desktop, pump: Any) -> None:
    assert not by_frame(worked)
    worked.main_window.close(False, True)
    (asked,) = worked.main_window.findChildren(ClosingQuestion)
    assert asked.text.text() == "2 layers and 1 table were not saved with provenance since the last change."
    listed = [asked.list.item(row).text() for row in range(asked.list.count())]
    assert listed == ["threshold_otsu_1, mask", "label_1, labels", "Measured 4 objects of label_1, table"]
    assert any("What you save now is not replayed" in said.text() for said in asked.findChildren(QLabel))
    asked.answer(0)
    pump()
    assert question(worked) is None
    assert worked.main_window.isVisible()


def test_escape_goes_on_working(worked: Desktop, qtbot: Any, pump: Any) -> None:
    worked.main_window.close(True, True)
    asked = question(worked)
    qtbot.keyClick(asked, Qt.Key.Key_Escape)
    pump()
    assert question(worked) is None
    assert worked.main_window.isVisible()


def test_closed_without_saving_the_work_can_be_run_again(worked: Desktop, pump: Any) -> None:
    folder, home = worked.session.folder, worked.session.home.folder
    digests = [worked.session.data(layer.version).digest for layer in worked.session.layers]
    worked.main_window.close(False, True)
    question(worked).answer(1)  # type: ignore[union-attr]
    pump()
    assert worked._closed
    with recover(folder, Home(home)) as session:
        assert [session.data(layer.version).digest for layer in session.layers] == digests


def test_save_opens_the_dialog_of_the_selected_one(worked: Desktop, pump: Any, monkeypatch: Any) -> None:
    asked_where: list[TableDock] = []
    monkeypatch.setattr(TableDock, "ask_where", lambda dock, then: asked_where.append(dock))
    for row, name in ((1, "label_1"), (2, "")):
        worked.main_window.close(False, True)
        asked = question(worked)
        assert asked is not None
        asked.list.clearSelection()
        asked.list.item(row).setSelected(True)
        asked.answer(2)
        worked.wait()
        pump()
        if name:
            assert worked.main_window.findChild(SaveDialog).data.name == name
    assert [dock.data for dock in asked_where] == list(worked.session.tables)
    assert worked.main_window.isVisible()


def test_what_was_saved_or_only_opened_asks_nothing(desktop: Desktop, nuclei: Path, tmp_path: Path, pump: Any) -> None:
    session = desktop.session
    smooth = session.run("gaussian", session.open(nuclei), sigma=1)
    session.save(smooth, tmp_path / "smooth.ome.tif")
    desktop.main_window._is_close_dialog[False] = False  # napari's own question is not the one under test
    desktop.main_window.close(False, True)
    assert question(desktop) is None
    assert desktop._closed


def test_what_stands_in_a_saved_history_comes_last_and_is_not_selected(
    worked: Desktop, tmp_path: Path, pump: Any
) -> None:
    session = worked.session
    mask, labels = (session.data(layer.version) for layer in session.layers[1:])
    session.run("invert", mask)
    session.save(labels, tmp_path / "labels.ome.tif")
    pump()
    assert not by_frame(worked)
    asked = question(worked)
    assert asked is not None
    assert [asked.list.item(row).text() for row in range(asked.list.count())] == [
        "invert_1, mask",
        "Measured 4 objects of label_1, table",
        "threshold_otsu_1, mask, in the history of what you saved",
    ]
    assert [index.row() for index in asked.list.selectedIndexes()] == [0, 1]
    assert asked.text.text() == (
        "1 layer and 1 table were not saved with provenance since the last change; "
        "1 more is in the history of what you saved."
    )
    asked.list.clearSelection()
    assert not asked.buttons[2].isEnabled()
    asked.answer(0)
    pump()
    session.save_table(session.tables[0], tmp_path / "table.csv")
    session.undo()
    worked.main_window._is_close_dialog[False] = False  # napari's own question is not the one under test
    worked.main_window.close(False, True)
    assert question(worked) is None, "what is left comes again from the records"
    assert worked._closed


def test_the_window_closes_once_all_is_saved(worked: Desktop, tmp_path: Path, pump: Any, monkeypatch: Any) -> None:
    session, home = worked.session, worked.session.home
    worked.main_window._is_close_dialog[False] = False  # napari's own question is not the one under test
    worked.main_window.close(False, True)
    asked = question(worked)
    assert asked is not None
    asked.list.item(2).setSelected(False)
    asked.answer(2)
    dialog = worked.main_window.findChild(SaveDialog)
    worked.wait()
    dialog.close()
    pump(50)
    assert (question(worked), worked._closed) == (None, False), "who saves nothing after all goes on working"

    worked.main_window.close(False, True)
    asked = question(worked)
    assert asked is not None
    asked.list.item(2).setSelected(False)
    asked.answer(2)
    dialog = next(one for one in worked.main_window.findChildren(SaveDialog) if one.isVisible())
    pump_until(dialog.save_button.isEnabled)
    dialog.save_button.click()
    pump_until(lambda: question(worked) is not None)
    left = question(worked)
    assert left is not None
    assert [left.list.item(row).text() for row in range(left.list.count())] == ["Measured 4 objects of label_1, table"]
    monkeypatch.setattr("bims_desktop.ui.table_dock.ask_to_save", lambda *args: str(tmp_path / "areas.csv"))
    left.answer(2)
    pump_until(lambda: worked._closed)
    saved = [path.name for path in recent(home)[:3]]
    assert saved == ["areas.csv", "label_1.ome.tif", "threshold_otsu_1.ome.tif"], "they are offered to be opened again"
    assert session.saved[session.tables[0].version] == tmp_path / "areas.csv"


def test_what_a_saved_file_holds_is_not_missed(worked: Desktop, tmp_path: Path) -> None:
    session = worked.session
    mask, labels = (session.data(layer.version) for layer in session.layers[1:])
    again = session.run("label", mask)
    session.save(labels, tmp_path / "labels.ome.tif")
    assert again.digest == labels.digest
    assert [one.name for one in unsaved(session)] == ["threshold_otsu_1", "regionprops_table_1"]
    wide = session.run("set_scale", again, physical_size_x=3.0)
    assert wide.digest == labels.digest
    assert wide in unsaved(session), "its pixel size is in no file"


def test_a_change_after_the_save_asks_again(worked: Desktop, tmp_path: Path, pump: Any) -> None:
    session = worked.session
    for layer in session.layers[1:]:
        session.save(session.data(layer.version), tmp_path / f"{layer.name}.ome.tif")
    session.save_table(session.tables[0], tmp_path / "table.csv")
    worked.viewer.layers[-1].fill((0, 0), 9)
    assert not by_frame(worked)
    asked = question(worked)
    assert asked is not None
    assert [asked.list.item(row).text() for row in range(asked.list.count())] == ["label_1, labels"]


def test_closing_by_code_asks_nothing(worked: Desktop) -> None:
    worked.viewer.close()
    assert worked._closed


def test_an_operation_that_runs_is_asked_for_before_its_result(
    desktop: Desktop, nuclei: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    through = threading.Event()

    def invert(image: Image, *, signed_float: bool = False) -> Image:
        through.wait(20)
        return image

    def running() -> list[RunningQuestion]:
        return [one for one in desktop.main_window.findChildren(RunningQuestion) if one.isVisible()]

    def begin() -> None:
        through.clear()
        pump_until(desktop.panel.run_button.isEnabled)
        desktop.panel.run()
        desktop.main_window.close(False, True)

    monkeypatch.setitem(registry._operations, "invert", replace(registry.get("invert"), function=invert))
    desktop.session.open(nuclei)
    pump_until(lambda: bool(desktop.viewer.layers))
    desktop.panel.choose("invert")
    begin()
    (asked,) = running()
    assert asked.text.text() == "1 operation still runs: Invert."
    assert not by_frame(desktop), "asked once"
    assert (len(running()), question(desktop)) == (1, None)
    through.set()
    pump_until(lambda: not running())
    assert desktop.main_window.isVisible(), "nobody said that it shall close"

    begin()
    running()[0].answer(2)
    assert (running(), question(desktop)) == ([], None)
    through.set()
    pump_until(lambda: question(desktop) is not None)
    listed = question(desktop)
    assert listed is not None
    assert listed.list.count() == 2, "what came meanwhile is among them"
    listed.answer(0)
    pump_until(lambda: question(desktop) is None)

    begin()
    running()[0].answer(1)
    pump_until(lambda: question(desktop) is not None)
    assert len(desktop.viewer.layers) == 3, "it was stopped"
    desktop.session.run("gaussian", desktop.session.data(desktop.session.layers[0].version))
    question(desktop).answer(1)  # type: ignore[union-attr]
    (later,) = [one for one in desktop.main_window.findChildren(ClosingQuestion) if one.isVisible()]
    assert later.list.count() == 3, "so is what came since it was asked"
    through.set()
    later.answer(1)
    pump_until(lambda: desktop._closed)


def test_operations_that_look_at_nothing_do_not_keep_the_program(nuclei: Path, tmp_path: Path) -> None:
    """One was cancelled, one still runs, neither ever ends; the program does, with all else closed in order."""
    settings = {"BIMS_HOME": str(tmp_path / "home"), "NAPARI_CONFIG": str(tmp_path / "napari.yaml")}
    command = [sys.executable, "-X", "faulthandler", "-m", "tests.ui.close_worker", str(nuclei)]
    done = subprocess.run(command, env=os.environ | settings, capture_output=True, text=True, timeout=150, check=False)
    assert (done.returncode, done.stdout.splitlines()) == (0, ["closing while 2 compute", "visible: False"])
    assert not re.search("Fatal|Traceback|terminate", done.stderr)
    (session,) = (tmp_path / "home" / "sessions").iterdir()
    assert [kind for kind, _ in entries(session)][-1] == "end"
    assert [body["action"]["operation"] for kind, body in entries(session) if kind == "action"] == ["load"]
