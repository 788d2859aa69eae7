"""An image of several channels: one line, once it is opened, that leads to all of them in colour."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile

from bims_desktop.ui import Desktop
from bims_desktop.ui.channels_line import ChannelsLine
from tests.ui.conftest import pump_until


@pytest.fixture
def two(tmp_path: Path) -> Path:
    path = tmp_path / "two.tif"
    pixels = np.arange(2 * 8 * 8, dtype=np.uint16).reshape(2, 8, 8)
    tifffile.imwrite(path, pixels, imagej=True, metadata={"axes": "CYX"})
    return path


def lines(desktop: Desktop) -> list[ChannelsLine]:
    return [line for line in desktop.main_window.findChildren(ChannelsLine) if line.isVisible()]


def opened(desktop: Desktop, *paths: Path) -> Any:
    before = len(desktop.viewer.layers)
    desktop.open(paths)
    pump_until(lambda: len(desktop.viewer.layers) == before + len(paths) and not desktop.jobs.running)
    return desktop.viewer.layers[-1]


def test_it_leads_to_the_channels_in_colour(desktop: Desktop, two: Path) -> None:
    layer = opened(desktop, two)
    pump_until(lambda: bool(lines(desktop)))
    (line,) = lines(desktop)
    assert line.notice.text == "two.tif has 2 channels; the slider c below goes through them."
    line.split.click()
    pump_until(lambda: len(desktop.viewer.layers) == 3 and not desktop.jobs.running)
    assert [other.visible for other in desktop.viewer.layers] == [False, True, True]
    assert layer is desktop.viewer.layers[0]
    assert [action.operation for action in desktop.session.actions] == ["load", "split_channels"]
    assert lines(desktop) == []


def test_it_is_said_of_the_newest_only_and_of_nothing_else(desktop: Desktop, nuclei: Path, two: Path) -> None:
    opened(desktop, nuclei)
    assert lines(desktop) == []
    opened(desktop, two)
    other = two.with_name("other.tif")
    other.write_bytes(two.read_bytes())
    opened(desktop, other)
    pump_until(lambda: [line.notice.text.split()[0] for line in lines(desktop)] == ["other.tif"])
    (line,) = lines(desktop)
    line.notice.answer.click()
    pump_until(lambda: lines(desktop) == [])


def test_what_is_gone_meanwhile_is_not_split(desktop: Desktop, two: Path) -> None:
    layer = opened(desktop, two)
    pump_until(lambda: bool(lines(desktop)))
    (line,) = lines(desktop)
    desktop.viewer.layers.remove(layer)
    line.split.click()
    pump_until(lambda: lines(desktop) == [])
    assert not desktop.jobs.running
    assert not any(action.operation == "split_channels" for action in desktop.session.actions)
