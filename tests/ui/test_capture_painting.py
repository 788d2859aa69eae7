"""Brush, bucket and eraser of napari, with its undo and redo, are steps that replay."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

if TYPE_CHECKING:
    from bims_desktop.ui import Desktop


@pytest.fixture
def labels(desktop: Desktop, nuclei: Path) -> Any:
    cells = desktop.session.open(nuclei)
    data = desktop.session.run("label", desktop.session.run("threshold_otsu", cells))
    return desktop.layer_of(data)


def drag(layer: Any, points: list[tuple[float, ...]], value: int) -> None:
    """What napari's mouse binding does for one drag."""
    layer._begin_stroke()
    for point in points:
        layer.paint(point, value, refresh=False)
    layer._commit_stroke()


def agree(desktop: Desktop, layer: Any) -> bool:
    """Whether the record and the screen hold the same pixels, without the audit having had to step in."""
    before = len(desktop.session.actions)
    same = np.array_equal(desktop.data_of(layer).image.array(), layer.data)
    return same and len(desktop.session.actions) == before


def test_one_drag_is_one_manual_action(desktop: Desktop, labels: Any) -> None:
    before = len(desktop.session.actions)
    drag(labels, [(10, 10), (10, 14), (12, 20)], 3)
    (action,) = desktop.session.actions[before:]
    assert (action.operation, action.status) == ("paint", "manual")
    assert "with label 3" in action.sentence
    assert agree(desktop, labels)


@pytest.mark.parametrize(
    "act",
    [
        lambda layer: layer.fill((0, 0), 5),
        lambda layer: layer.fill((8, 8), 0),
        lambda layer: layer.paint_polygon([(1, 1), (1, 12), (12, 6)], 4),
        lambda layer: layer.data_setitem((np.array([1, 2]), np.array([3, 4])), [8, 9]),
        lambda layer: drag(layer, [(20, 20), (0, 0), (39, 49)], 2),
    ],
    ids=["fill", "erase", "polygon", "setitem", "border"],
)
def test_tools_and_their_undo(desktop: Desktop, labels: Any, act: Any) -> None:
    original = labels.data.copy()
    act(labels)
    painted = labels.data.copy()
    stroke = desktop.session.actions[-1]
    assert not np.array_equal(painted, original)
    assert agree(desktop, labels)
    # The step is taken back and brought again: no other one is painted over it.
    labels.undo()
    assert np.array_equal(labels.data, original)
    assert agree(desktop, labels)
    assert desktop.data_of(labels).version == stroke.reads[0]
    assert (desktop.session.actions[-1].operation, stroke.number in desktop.session.undone) == ("undo", True)
    labels.redo()
    assert np.array_equal(labels.data, painted)
    assert agree(desktop, labels)
    assert desktop.data_of(labels).version == stroke.writes[0]
    assert (desktop.session.actions[-1].operation, stroke.number in desktop.session.undone) == ("redo", False)
    assert {action.status for action in desktop.session.actions} == {"replayable", "manual"}


def test_overlapping_strokes_undone_one_by_one(desktop: Desktop, labels: Any) -> None:
    states = [labels.data.copy()]
    for value in (1, 2, 0):
        drag(labels, [(15, 15), (15, 25)], value)
        states.append(labels.data.copy())
    for state in reversed(states[:-1]):
        labels.undo()
        assert np.array_equal(labels.data, state)
        assert agree(desktop, labels)


def test_a_stroke_under_another_step_is_painted_back(desktop: Desktop, labels: Any) -> None:
    original = labels.data.copy()
    drag(labels, [(15, 15), (15, 25)], 3)
    desktop.session.run("invert", desktop.session.data(1))
    labels.undo()
    assert np.array_equal(labels.data, original)
    assert agree(desktop, labels)
    assert [action.operation for action in desktop.session.actions[-3:]] == ["paint", "invert", "paint"]


def test_an_erase_that_changed_nothing_is_not_in_the_way(desktop: Desktop, labels: Any) -> None:
    original = labels.data.copy()
    drag(labels, [(15, 15), (15, 25)], 3)
    drag(labels, [(0, 0)], 0)
    labels.undo()
    assert np.array_equal(labels.data, original)
    assert agree(desktop, labels)
    assert desktop.session.actions[-1].operation == "undo"


def test_a_mask_stays_a_mask(desktop: Desktop, nuclei: Path) -> None:
    mask = desktop.session.run("threshold_otsu", desktop.session.open(nuclei))
    layer = desktop.layer_of(mask)
    drag(layer, [(2, 2)], 7)
    data = desktop.data_of(layer)
    assert data.image.kind == "mask"
    assert data.image.array()[2, 2]
    assert layer.data.max() == 1
    assert desktop.session.actions[-1].status == "manual"
    layer.undo()
    assert np.array_equal(desktop.data_of(layer).image.array(), mask.image.array())


def test_an_erase_that_changes_nothing_is_no_action(desktop: Desktop, labels: Any) -> None:
    before = len(desktop.session.actions)
    drag(labels, [(0, 0)], 0)
    desktop.settle()
    assert len(desktop.session.actions) == before


def test_stacks(desktop: Desktop, stack: Path) -> None:
    data = desktop.session.run("label", desktop.session.run("threshold", desktop.session.open(stack), value=150))
    layer = desktop.layer_of(data)
    desktop.viewer.dims.set_point(0, 1)
    drag(layer, [(1, 8, 8)], 99)
    layer.n_edit_dimensions = 3
    drag(layer, [(1, 4, 4)], 98)
    assert agree(desktop, layer)
    assert (desktop.data_of(layer).image.array() == 98).any(axis=(1, 2)).sum() > 1


def test_session_undo_forgets_napari_strokes(desktop: Desktop, labels: Any) -> None:
    labels.fill((0, 0), 5)
    desktop.session.undo()
    assert labels.data[0, 0] == 0
    before = len(desktop.session.actions)
    labels.undo()
    assert labels.data[0, 0] == 0
    assert len(desktop.session.actions) == before


def test_writing_in_place_before_a_stroke_is_not_lost(desktop: Desktop, labels: Any) -> None:
    labels.data[0, 0] = 44
    labels.fill((8, 8), 5)
    assert desktop.data_of(labels).image.array()[0, 0] == 44
    assert desktop.session.actions[-1].status == "snapshot"
