"""The lineage graph: where its nodes stand, and how to walk through them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from bims_desktop.app.lineage_graph import Graph, Node
from bims_desktop.ui.ledger.lineage_layout import places
from bims_desktop.ui.ledger.lineage_view import LineageView
from tests.ui.palette import PALETTE

RAW, FIRST, MIDDLE, SECOND, OTHER = (f"sha256:{64 * letter}" for letter in "abcde")
GRAPH = Graph(
    nodes=(
        Node(FIRST, "record", "gaussian, Ada, 2026-01-31T12:00:00Z", True),
        Node(SECOND, "record", "threshold_otsu, Ada, 2026-01-31T12:10:00Z", True),
        Node(OTHER, "record", "", False),
        Node(RAW, "data", "cells.tif", False),
        Node(MIDDLE, "data", "smooth.ome.tif", True),
    ),
    edges=((RAW, FIRST), (FIRST, MIDDLE), (MIDDLE, SECOND), (MIDDLE, OTHER)),
    truncated=False,
)

CASES = [
    ([], [], {}),
    (["a"], [], {"a": (0, 0)}),
    (["c", "b", "a"], [("a", "b"), ("b", "c")], {"a": (0, 0), "b": (1, 0), "c": (2, 0)}),
    (["a", "b", "c"], [("a", "b"), ("a", "c")], {"a": (0, 0), "b": (1, 0), "c": (1, 1)}),
    (["a", "b"], [("a", "b"), ("a", "gone")], {"a": (0, 0), "b": (1, 0)}),
    (["r", "a", "b"], [("r", "a"), ("a", "b"), ("b", "a")], {"r": (0, 0), "a": (1, 0), "b": (1, 1)}),
]


@pytest.mark.parametrize(("nodes", "edges", "expected"), CASES)
def test_places(nodes: list[str], edges: list[tuple[str, str]], expected: dict[str, tuple[int, int]]) -> None:
    assert places(nodes, edges) == expected


def test_lines_do_not_cross_where_they_need_not() -> None:
    found = places(["a", "b", "y", "x"], [("a", "x"), ("b", "y")])
    assert (found["x"], found["y"]) == ((1, 0), (1, 1))


@pytest.fixture
def view(qtbot) -> LineageView:  # type: ignore[no-untyped-def]
    view = LineageView(PALETTE)
    qtbot.addWidget(view)
    view.resize(640, 480)
    view.show_graph(GRAPH, SECOND)
    view.show()
    return view


def test_every_node_is_there_and_says_what_it_is(view: LineageView) -> None:
    assert set(view.nodes) == {node.digest for node in GRAPH.nodes}
    assert "raw, or of unknown origin" in view.nodes[RAW].words
    assert "not in this ledger" in view.nodes[OTHER].words
    assert "31 Jan 2026" in view.nodes[FIRST].words
    assert "Threshold by Otsu" in view.accessibleName()


def test_arrow_keys_walk_and_enter_chooses(view: LineageView) -> None:
    chosen: list[str] = []
    view.chosen.connect(chosen.append)
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Up):
        QTest.keyClick(view, key)
    assert "Gaussian smoothing" in view.accessibleName()
    QTest.keyClick(view, Qt.Key.Key_Return)
    QTest.keyClick(view, Qt.Key.Key_Up)
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert chosen == [FIRST], "data cannot be chosen, records can"


def test_left_and_right_stay_in_the_generation(view: LineageView) -> None:
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert "not in this ledger" in view.accessibleName()
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert "not in this ledger" in view.accessibleName()


def test_a_click_chooses(view: LineageView) -> None:
    chosen: list[str] = []
    view.chosen.connect(chosen.append)
    place = view.mapFromScene(view.nodes[FIRST].sceneBoundingRect().center())
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(place.x(), place.y()))
    assert chosen == [FIRST]


def test_a_record_that_the_ledger_does_not_hold_cannot_be_chosen(view: LineageView) -> None:
    chosen: list[str] = []
    view.chosen.connect(chosen.append)
    QTest.keyClick(view, Qt.Key.Key_Right)
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert chosen == []
