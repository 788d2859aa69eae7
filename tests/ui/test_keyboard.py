"""Without a mouse: Tab walks every dock and window as one reads it, Return presses, Escape leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from bims_desktop.ui import Desktop
from bims_desktop.ui.acquisition.dock import open_acquisition
from bims_desktop.ui.history_line import HistoryLine
from bims_desktop.ui.ledger.browser import open_ledger_browser
from bims_desktop.ui.ledger.settings import open_ledger_settings
from bims_desktop.ui.macro_player import open_macro_player
from bims_desktop.ui.save_dialog import open_save_dialog
from bims_desktop.ui.table_dock import open_tables
from bims_desktop.ui.verify_dialog import open_verify_dialog
from tests.ui.conftest import pump_until
from tests.ui.tab_order import ring


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    return tmp_path / "labels.ome.tif"


@pytest.fixture
def worked(desktop: Desktop, nuclei: Path, saved: Path) -> Desktop:
    """A window in which something was measured and saved."""
    session = desktop.session
    cells = session.open(nuclei)
    labels = session.run("label", session.run("threshold_otsu", cells))
    session.run("regionprops_table", labels, cells)
    session.save(labels, saved)
    desktop.wait()
    desktop.main_window.activateWindow()
    return desktop


def walk(face: QWidget) -> Iterator[QWidget]:
    """Where Tab stops within `face`, in its order."""
    for stop in ring(face):
        inside = face.isAncestorOf(stop) and stop.window() is face.window() and stop.focusProxy() is None
        wanted = stop.isVisible() and stop.isEnabled() and not stop.visibleRegion().isEmpty()
        if inside and wanted and stop.focusPolicy() & Qt.FocusPolicy.TabFocus:
            yield stop


def place(stop: QWidget, face: QWidget) -> QRect:
    return QRect(stop.mapTo(face, QPoint(0, 0)), stop.size())


def out_of_order(face: QWidget) -> list[str]:
    """Stops that stand above the one before them, or left of it in the same line."""
    stops = list(walk(face))
    assert stops, f"Tab finds nothing in {type(face).__name__}"
    found = []
    for before, after in pairwise(stops):
        one, other = place(before, face), place(after, face)
        same_line = (
            min(one.bottom(), other.bottom()) - max(one.top(), other.top()) > min(one.height(), other.height()) / 2
        )
        back = other.left() < one.left() if same_line else other.center().y() < one.center().y()
        column = other.left() >= one.right()  # the top of the next column
        if back and not column:
            found.append(f"{told(before)} {one.getRect()} -> {told(after)} {other.getRect()} in {told(face)}")
    return found


def told(widget: QWidget) -> str:
    words = widget.accessibleName() or getattr(widget, "text", str)()
    return f"{type(widget).__name__} “{words}”"


def test_tab_walks_every_dock_and_window_as_one_reads_it(
    worked: Desktop, saved: Path, pump: Callable[..., None]
) -> None:
    desktop, labels = worked, worked.data_of(worked.viewer.layers[-1])
    assert labels is not None
    tables, acquisition = open_tables(desktop), open_acquisition(desktop)
    pump_until(acquisition.isVisible)
    faults = [fault for operation in FORMS for fault in in_panel(desktop, operation, pump)]
    tables.notice.say("Saved.", "good")
    acquisition.tree.setCurrentItem(acquisition.tree.topLevelItem(0).child(0))
    pump(60)
    faults += out_of_order(tables) + out_of_order(acquisition)
    acquisition.tabs.setCurrentIndex(1)
    pump(60)
    faults += out_of_order(acquisition)
    desktop._raise(1)
    desktop.log.table.selectRow(1)
    pump(60)
    faults += out_of_order(desktop.log)
    for open_face in (
        lambda: open_save_dialog(desktop, labels),
        lambda: open_verify_dialog(desktop, [saved]),
        lambda: open_macro_player(desktop, saved),
        lambda: open_ledger_browser(desktop),
        lambda: open_ledger_settings(desktop),
    ):
        dialog = open_face()
        desktop.wait()
        pump(60)
        faults += out_of_order(dialog)
        dialog.close()
    assert not faults, "\n" + "\n".join(faults)


FORMS = ("gaussian", "regionprops_table", "crop")


def in_panel(desktop: Desktop, operation: str, pump: Callable[..., None]) -> list[str]:
    desktop.choose(operation)
    pump(60)
    return [f"{operation}: {fault}" for fault in out_of_order(desktop.panel)]


def test_return_presses_the_button_that_has_the_focus_and_escape_leaves(
    worked: Desktop, saved: Path, pump: Callable[..., None]
) -> None:
    desktop = worked
    tables = open_tables(desktop)
    pump_until(tables.copy_button.isVisible)
    press(tables.copy_button, Qt.Key.Key_Return)
    assert tables.notice.text.startswith("Copied")
    desktop.choose("gaussian")
    press(desktop.panel.head.star, Qt.Key.Key_Return)
    assert desktop.panel.head.preferences.favourites == ("gaussian",)
    assert not desktop.panel.job.busy
    desktop.open([saved])
    pump_until(lambda: bool(desktop.main_window.findChildren(HistoryLine)))
    (line,) = desktop.main_window.findChildren(HistoryLine)
    pump_until(line.show_steps.isVisible)
    press(line.show_steps, Qt.Key.Key_Return)
    assert line.show_steps.isChecked()
    assert line.rows.count() == 3
    press(line.show_steps, Qt.Key.Key_Escape)
    pump_until(lambda: not desktop.main_window.findChildren(HistoryLine))
    dialog = open_ledger_settings(desktop)
    pump_until(dialog.isVisible)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    pump_until(lambda: not desktop.main_window.findChildren(type(dialog)))


def press(widget: QWidget, key: Qt.Key) -> None:
    widget.setFocus()
    assert QApplication.focusWidget() is widget
    QTest.keyClick(widget, key)
