"""Open Recent, and several files as one series."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from napari._app_model import get_app_model
from napari.settings import get_settings
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QLabel

from bims_desktop.app.recent import recent
from bims_desktop.ui import Desktop
from bims_desktop.ui.offer import put_above
from bims_desktop.ui.recent import MENU
from bims_desktop.ui.series_offer import SeriesOffer
from bims_desktop.ui.unopened_line import UnopenedLine
from tests.ui.conftest import pump_until
from tests.ui.tab_order import across, leaps


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Eleven small planes, t0 to t10, and a note that is no image."""
    folder = tmp_path / "run 1"
    folder.mkdir()
    for time in range(11):
        tifffile.imwrite(folder / f"t{time}.tif", np.full((8, 9), time, np.uint8))
    (folder / "notes.txt").write_text("no image")
    return folder


def offered() -> list[str]:
    items = get_app_model().menus.get_menu(MENU)
    return [item.command.title for item in items if item.command.id != "bims.recent.clear"]


def bar(desktop: Desktop) -> SeriesOffer | None:
    return desktop.main_window.findChild(SeriesOffer)


def drop(desktop: Desktop, paths: list[Path], stack: bool = False) -> None:
    desktop.viewer.window._qt_viewer._qt_open([str(path) for path in paths], stack=stack)
    desktop.wait()


def test_what_was_opened_is_offered_again(desktop: Desktop, nuclei: Path, stack: Path, pump: Any) -> None:
    assert offered() == []
    for path in (nuclei, stack):
        desktop.session.open(path)
        pump(20)
    assert offered() == [f"{path.name}, in {path.parent.name}" for path in (stack, nuclei)]
    assert get_settings().application.open_history[0] == str(stack.parent)
    get_app_model().commands.execute_command("bims.recent.1")
    desktop.wait()
    pump(20)
    assert [layer.name for layer in desktop.viewer.layers] == ["nuclei.tif", "stack.tif", "nuclei.tif [1]"]
    assert offered()[0].startswith("nuclei.tif")
    get_app_model().commands.execute_command("bims.recent.clear")
    assert offered() == []
    assert recent(desktop.session.home) == ()


def test_what_napari_reads_is_offered_too(desktop: Desktop, tmp_path: Path, pump: Any) -> None:
    path = tmp_path / "plane.npy"
    np.save(path, np.zeros((4, 5)))
    desktop.viewer.open(path)
    pump(20)
    assert offered() == [f"plane.npy, in {tmp_path.name}"]


def test_a_folder_becomes_one_series_when_asked(
    desktop: Desktop, folder: Path, tmp_path: Path, pump: Callable[..., None]
) -> None:
    drop(desktop, [folder])
    offer = bar(desktop)
    assert offer is not None
    assert offer.text.startswith("Opened 11 files of one size")
    assert list(offer.buttons) == ["T", "Z"]
    offer.buttons["T"].click()
    desktop.wait()
    pump(50)
    (layer,) = desktop.viewer.layers
    assert layer.data[:, 0, 0].tolist() == list(range(11))
    assert bar(desktop) is None
    data = desktop.data_of(layer)
    assert data is not None
    kept = [action.operation for action, _ in desktop.session.explain(data).kept]
    assert kept.count("load") == 11
    assert set(kept) == {"load", "stack", "concatenate"}
    assert (layer.name, data.name) == ("run 1", "run 1")
    assert not any(action.operation == "remove" for action in desktop.session.actions)
    desktop.undo()
    pump(20)
    assert [each.name for each in desktop.viewer.layers] == [f"t{time}.tif" for time in range(11)]
    desktop.redo()
    pump(20)
    assert [each.name for each in desktop.viewer.layers] == ["run 1"]


def test_what_nobody_reads_stops_no_other_file(
    desktop: Desktop, nuclei: Path, stack: Path, folder: Path, pump: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    array, note = folder / "plane.npy", folder / "notes.txt"
    np.save(array, np.zeros((4, 5)))
    told: list[Exception] = []
    monkeypatch.setattr(desktop.notifier, "show_error", told.append)
    drop(desktop, [nuclei, note, array, stack])
    pump_until(lambda: len(desktop.viewer.layers) == 3)
    assert {layer.name for layer in desktop.viewer.layers} == {"nuclei.tif", "plane", "stack.tif"}
    drop(desktop, [note])
    (line,) = desktop.main_window.findChildren(UnopenedLine)
    said = [line.rows.item(row).text() for row in range(line.rows.count())]
    todo = "BIMS Desktop reads TIFF, PNG and JPEG; no plugin that is installed reads this."
    assert said == [f"notes.txt was not opened. {todo}", f"1 of 4 files could not be opened: notes.txt. {todo}"]
    assert line.notice.text == said[0]
    line.show_all.click()
    assert line.rows.isVisible()
    assert told == [], "it is said once"
    line.notice.answer.click()
    pump_until(lambda: not desktop.main_window.findChildren(UnopenedLine))


def test_left_apart_nothing_more_is_recorded(desktop: Desktop, folder: Path, pump: Any) -> None:
    drop(desktop, [folder / "t10.tif", folder / "t9.tif"], stack=True)
    assert [layer.name for layer in desktop.viewer.layers] == ["t9.tif", "t10.tif"]
    before = desktop.session.actions
    offer = bar(desktop)
    assert offer is not None
    pump(50)
    assert across(offer) == ["One series of times (T)", "One series of depths (Z)", "Leave them"]
    assert leaps(offer) == []
    offer.apart.click()
    pump()
    assert bar(desktop) is None
    assert desktop.session.actions == before


def test_files_that_differ_and_single_ones_are_not_asked_about(
    desktop: Desktop, nuclei: Path, folder: Path, stack: Path
) -> None:
    drop(desktop, [nuclei, folder / "t1.tif"])
    drop(desktop, [stack])
    assert bar(desktop) is None


def test_stacks_can_only_become_times_and_lines_stand_one_below_the_other(
    desktop: Desktop, stack: Path, pump: Any
) -> None:
    drop(desktop, [stack, stack])
    first, second = bar(desktop), QLabel("Another line")
    assert first is not None
    assert list(first.buttons) == ["T"]
    put_above(desktop, second, "Second")
    pump(50)
    above, below = (line.mapTo(desktop.main_window, QPoint()) for line in (first, second))
    assert above.x() == below.x()
    assert below.y() >= above.y() + first.height()
