"""Our docks: what is closed comes back as it was, from wherever it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from napari._app_model import get_app_model
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget

from bims_desktop.ui.acquisition.dock import open_acquisition
from bims_desktop.ui.docks import NAMES
from bims_desktop.ui.table_dock import open_tables
from tests.ui.conftest import pump_until

if TYPE_CHECKING:
    from bims_desktop.ui import Desktop


def command(id: str) -> Callable[[], object]:
    return lambda: get_app_model().commands.execute_command(id).result()


@pytest.fixture
def close(desktop: Desktop, qtbot: Any) -> Callable[[str], QDockWidget]:
    """Closes a dock by the cross in its title bar."""

    def close(name: str) -> QDockWidget:
        dock: Any = desktop.main_window.findChild(QDockWidget, name)
        dock.raise_()
        pump_until(dock.title.close_button.isVisible)
        qtbot.mouseClick(dock.title.close_button, Qt.MouseButton.LeftButton)
        pump_until(lambda: not dock.isVisible())
        return dock  # type: ignore[no-any-return]

    return close


def test_what_is_closed_comes_back(desktop: Desktop, close: Callable[[str], QDockWidget], nuclei: Path) -> None:
    desktop.session.open(nuclei)
    tables, acquisition = open_tables(desktop), open_acquisition(desktop)
    menu = desktop.viewer.window.window_menu
    ways = {
        "Operation": [command("bims.search"), command("bims.operation.gaussian"), command("bims.repeat")],
        "Action log": [],
        "Measurements": [command("bims.tables")],
        "Acquisition": [command("bims.acquisition")],
    }
    assert tuple(ways) == NAMES
    for name, others in ways.items():
        action = menu.findAction(f"bims.window.{name.lower().replace(' ', '_')}")
        assert action.text() == name
        for way in (action.trigger, command(action.objectName()), *others):
            dock = close(name)
            menu.aboutToShow.emit()
            assert not action.isChecked()
            way()
            pump_until(dock.isVisible)
            menu.aboutToShow.emit()
            assert action.isChecked()
        action.trigger()
        assert not dock.isVisible()
        action.trigger()
    assert (open_tables(desktop), open_acquisition(desktop)) == (tables, acquisition), "the same as before"
    assert desktop.panel.isVisible()


def test_a_dock_that_floated_is_only_hidden_too(desktop: Desktop, close: Callable[[str], QDockWidget]) -> None:
    dock = desktop.main_window.findChild(QDockWidget, "Operation")
    dock.setFloating(True)
    assert close("Operation") is dock
    desktop.choose("gaussian")
    pump_until(dock.isVisible)
