"""Display changes are noted once they come to rest; a change of pixel size is a change of data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

if TYPE_CHECKING:
    from bims_desktop.ui import Desktop


@pytest.mark.parametrize(
    ("setting", "value", "recorded"),
    [
        ("contrast_limits", (0, 100), [0.0, 100.0]),
        ("colormap", "green", "green"),
        ("opacity", 0.5, 0.5),
        ("visible", False, False),
        ("gamma", 0.7, 0.7),
        ("blending", "additive", "additive"),
        ("translate", (3, 4), [3.0, 4.0]),
    ],
)
def test_settings(desktop: Desktop, nuclei: Path, setting: str, value: Any, recorded: Any) -> None:
    desktop.session.open(nuclei)
    setattr(desktop.viewer.layers[0], setting, value)
    desktop.settle()
    (action,) = desktop.session.actions[1:]
    assert (action.effect, action.parameters["setting"]) == ("display", setting)
    assert action.parameters["value"] == recorded


def test_a_slider_that_moves_is_one_action(desktop: Desktop, nuclei: Path, pump: Any) -> None:
    desktop.session.open(nuclei)
    # Nothing else that the window does may fall between two moves.
    desktop._capture.self_test.finish()
    for upper in range(100, 200, 5):
        desktop.viewer.layers[0].contrast_limits = (0, upper)
        pump(5)
    assert len(desktop.session.actions) == 1
    pump(800)
    (action,) = desktop.session.actions[1:]
    assert action.parameters["value"] == [0.0, 195.0]


def test_what_is_held_back_comes_before_the_next_action(desktop: Desktop, nuclei: Path) -> None:
    desktop.session.open(nuclei)
    desktop.viewer.layers[0].gamma = 0.5
    desktop.viewer.layers[0].name = "cells"
    desktop.settle()
    assert {action.operation for action in desktop.session.actions} == {"load", "display", "rename"}


def test_pixel_size(desktop: Desktop, nuclei: Path) -> None:
    cells = desktop.session.open(nuclei)
    layer = desktop.viewer.layers[0]
    layer.scale = (0.25, 0.25)
    data = desktop.data_of(layer)
    assert data.image.scale == (0.25, 0.25)
    assert data.image.units == cells.image.units
    assert np.array_equal(data.image.array(), cells.image.array())
    assert desktop.session.actions[-1].status == "snapshot"
    desktop.undo()
    assert tuple(layer.scale) == (0.5, 0.5)


def test_opening_and_running_is_not_display(desktop: Desktop, nuclei: Path, pump: Any) -> None:
    cells = desktop.session.open(nuclei)
    desktop.session.run("gaussian", cells, sigma=1)
    pump(700)
    assert {action.effect for action in desktop.session.actions} == {"pixels"}
