"""A real napari window for each test, with a home and settings of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import tifffile

if TYPE_CHECKING:
    from bims_desktop.ui import Desktop


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.ui)


@pytest.fixture(autouse=True)
def _first_start() -> None:
    """No test sees the size of another's window, or its theme."""
    from napari.settings import get_settings

    get_settings().reset()


@pytest.fixture
def desktop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desktop]:
    from bims_desktop.ui import Desktop

    monkeypatch.setenv("BIMS_HOME", str(tmp_path / "home"))
    desktop = Desktop()
    desktop.wait()
    yield desktop
    desktop.close()
    pump()


@pytest.fixture
def nuclei(tmp_path: Path) -> Path:
    """Four bright squares on a textured ground, 40 × 50 pixels of 0.5 µm."""
    pixels = np.random.default_rng(0).integers(0, 20, (40, 50)).astype(np.uint8)
    for y, x in ((5, 5), (5, 30), (25, 8), (22, 35)):
        pixels[y : y + 8, x : x + 8] += 150
    path = tmp_path / "nuclei.tif"
    tifffile.imwrite(path, pixels, imagej=True, resolution=(2, 2), metadata={"unit": "um", "axes": "YX"})
    return path


@pytest.fixture
def stack(tmp_path: Path) -> Path:
    """Three planes of 16 × 20 pixels."""
    path = tmp_path / "stack.tif"
    pixels = np.random.default_rng(1).integers(0, 200, (3, 16, 20)).astype(np.uint8)
    tifffile.imwrite(path, pixels, imagej=True, metadata={"axes": "ZYX"})
    return path


def pump(milliseconds: int = 0) -> None:
    """Let the window live for a while."""
    import time

    from PySide6.QtCore import QEventLoop
    from PySide6.QtWidgets import QApplication

    deadline = time.monotonic() + milliseconds / 1000
    for _ in range(5):
        QApplication.processEvents()
    while time.monotonic() < deadline:
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 10)
        time.sleep(0.002)


def pump_until(true: Callable[[], bool], seconds: float = 20) -> None:
    """Let the window live until something is so; a busy machine takes its time."""
    import time

    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        pump(10)
    assert true()


@pytest.fixture(name="pump")
def _pump() -> Callable[..., None]:
    return pump
