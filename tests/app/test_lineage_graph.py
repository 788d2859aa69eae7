"""The graph around a record: up to the raw data, down to what was made of it, bounded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bims_desktop.app import lineage_graph
from bims_desktop.app.home import Home
from bims_desktop.app.lineage_graph import graph
from bims_desktop.app.submit import submit
from tests.app.forge import saved

UNKNOWN = "sha256:" + 64 * "f"


def data(number: int) -> str:
    return f"sha256:{number:064x}"


def made(home: Home, result: int, *inputs: int, parent: str = "") -> str:
    """A record of another science: data `result` made from `inputs`."""
    document: dict[str, Any] = {
        "subject": [{"kind": "table", "name": f"{result}.csv", "digest": data(result)}],
        "inputs": [{"name": f"{n}.csv", "digest": data(n), **({"parent": parent} if parent else {})} for n in inputs],
        "steps": [{"operation": "join"}],
        "created": "2026-01-31T12:00:00Z",
    }
    return submit(document, home).record


def test_images_up_to_the_raw_file(home: Home, cells: Path, tmp_path: Path) -> None:
    first = saved(home, cells, tmp_path / "first.ome.tif")
    second = saved(home, first.path, tmp_path / "second.ome.tif", sigma=2.0)
    found = graph(home, second.record_digest)
    assert {node.digest: (node.kind, node.known) for node in found.nodes if node.kind == "record"} == {
        first.record_digest: ("record", True), second.record_digest: ("record", True),
    }  # fmt: skip
    assert (first.record_digest, first.pixel_digest) in found.edges
    assert (first.pixel_digest, second.record_digest) in found.edges
    assert not found.truncated
    raw = [node for node in found.nodes if node.kind == "data" and not node.known]
    assert [node.label for node in raw] == ["cells"]
    assert "gaussian" in next(node.label for node in found.nodes if node.digest == second.record_digest)
    assert set(graph(home, first.record_digest).edges) == set(found.edges), "down gives the same graph as up"


def test_branches_join(home: Home) -> None:
    left, right, both = made(home, 2, 1), made(home, 3, 1), made(home, 4, 2, 3)
    found = graph(home, both)
    assert {node.digest for node in found.nodes} == {left, right, both, *map(data, (1, 2, 3, 4))}
    assert len(found.edges) == 7
    assert [node.digest for node in found.nodes if node.kind == "data" and not node.known] == [data(1)]


def test_a_parent_that_no_ledger_holds_is_shown_as_unknown(home: Home) -> None:
    record = made(home, 2, 1, parent=UNKNOWN)
    (node,) = [node for node in graph(home, record).nodes if node.digest == UNKNOWN]
    assert (node.kind, node.known) == ("record", False)
    assert (UNKNOWN, data(1)) in graph(home, record).edges


def test_an_unknown_record_is_a_graph_of_one(home: Home) -> None:
    found = graph(home, UNKNOWN)
    assert [(node.digest, node.known) for node in found.nodes] == [(UNKNOWN, False)]
    assert (found.edges, found.truncated) == ((), False)


def test_depth_is_bounded(home: Home) -> None:
    chain = [made(home, n + 1, n) for n in range(1, 7)]
    found = graph(home, chain[0], depth=2)
    assert [node.digest for node in found.nodes if node.kind == "record"] == chain[:3]
    assert found.truncated
    assert not graph(home, chain[0], depth=5).truncated


def test_width_is_bounded(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lineage_graph, "MOST_NODES", 8)
    records = [made(home, 2, 1), *(made(home, n, 2) for n in range(3, 30)), made(home, 31, 3)]
    found = graph(home, records[0])
    assert found.truncated
    assert len(found.nodes) <= 8
    assert {end for edge in found.edges for end in edge} <= {node.digest for node in found.nodes}


def test_a_circle_ends(home: Home) -> None:
    """Data may be said to come of themselves: records are other people's words."""
    record, other = made(home, 1, 2), made(home, 2, 1)
    found = graph(home, record)
    assert {node.digest for node in found.nodes} == {record, other, data(1), data(2)}
