"""Images with and without a pixel size side by side: one line, once an image, and none of napari's warnings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import tifffile
from napari.utils.notifications import Notification, notification_manager, show_warning

from bims_desktop.app.data import Data
from bims_desktop.ui import Desktop
from bims_desktop.ui.units_line import UnitsLine
from tests.ui.conftest import pump, pump_until


@pytest.fixture
def warned() -> Iterator[list[str]]:
    heard: list[str] = []

    def hear(notification: Notification) -> None:
        heard.append(notification.message)

    notification_manager.notification_ready.connect(hear)
    yield heard
    notification_manager.notification_ready.disconnect(hear)


def lines(desktop: Desktop) -> list[UnitsLine]:
    return [line for line in desktop.main_window.findChildren(UnitsLine) if line.isVisible()]


def test_it_is_said_once_and_leads_to_the_way_out(
    desktop: Desktop, nuclei: Path, tmp_path: Path, warned: list[str]
) -> None:
    plain = tmp_path / "plain.tif"
    tifffile.imwrite(plain, np.zeros((20, 20), np.uint8))
    desktop.viewer.add_points(np.zeros((1, 2)), name="marks")
    cells = desktop.session.open(nuclei)
    pump(100)
    assert lines(desktop) == []
    desktop.session.open(plain)
    pump_until(lambda: bool(lines(desktop)))
    (line,) = lines(desktop)
    assert line.notice.text == (
        "plain.tif has no pixel size, other layers do, so they are not drawn to one scale. Set pixel size gives it one."
    )
    line.set_size.click()
    active, chosen = desktop.viewer.layers.selection.active, desktop.panel.operation
    assert chosen is not None
    assert (active.name, chosen.id) == ("plain.tif", "set_scale")
    pump(20)
    desktop.session.run("invert", cells)
    pump(100)
    assert lines(desktop) == []
    assert warned == []
    show_warning("something else")
    assert warned == ["something else"]


def test_later_images_are_added_and_bring_it_back(desktop: Desktop, nuclei: Path, tmp_path: Path) -> None:
    def opened(name: str) -> Data:
        tifffile.imwrite(tmp_path / name, np.full((20, 20), len(name), np.uint8))
        return desktop.session.open(tmp_path / name)

    desktop.session.open(nuclei)
    first = opened("one.tif")
    pump_until(lambda: bool(lines(desktop)))
    opened("three.tif")
    pump_until(lambda: lines(desktop)[0].notice.text.startswith("three.tif, one.tif have no pixel size"))
    lines(desktop)[0].notice.answer.click()
    pump_until(lambda: not lines(desktop))
    desktop.session.run("gaussian", first)
    pump(100)
    assert lines(desktop) == [], "of what it was made from it was said"
    opened("another.tif")
    pump_until(lambda: bool(lines(desktop)))
    assert lines(desktop)[0].notice.text.startswith("another.tif has no pixel size")
