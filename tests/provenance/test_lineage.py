"""The slice and its reasons, as a table of small logs."""

from __future__ import annotations

import time
from dataclasses import dataclass

import pytest

from bims_desktop.provenance.action import Action
from bims_desktop.provenance.lineage import Slice, slice_of


def act(number: int, operation: str, reads: tuple[int, ...] = (), writes: tuple[int, ...] = (), **more: str) -> Action:
    arguments = {f"image_{n}": version for n, version in enumerate(reads)}
    return Action(number, operation, arguments=arguments, writes=writes, **more)  # type: ignore[arg-type]


LOG = (
    act(1, "load", (), (1,)),
    act(2, "load", (), (2,)),
    act(3, "gaussian", (1,), (3,)),
    act(4, "display", (3,), effect="display"),
    act(5, "median", (3,), (4,)),
    act(6, "threshold", (3,), (5,)),
    act(7, "rename", (5,), effect="session"),
    act(8, "view", (), effect="view"),
    act(9, "split", (4, 2), (6, 7)),
    act(10, "paint", (5,), (8,)),
    act(11, "undo", (), effect="session"),
    act(12, "paint", (5,), (9,)),
    act(13, "regionprops_table", (9, 7), (10,)),
    act(14, "save", (9,), effect="session"),
)
WRITERS = {version: action.number for action in LOG for version in action.writes}
TABLES, HOMES = frozenset({10}), {1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6, 7: 7, 8: 5, 9: 5}
ALWAYS = {
    4: "only changed how the image looks", 7: "only gave a layer its name", 8: "only changed the view",
    11: "took a step back", 14: "wrote a file, changed no pixels",
}  # fmt: skip
OPENED, OTHER, MADE = "opened another image", "belongs to another layer", "made this image"
NEW, LATER = "made another layer from this layer", "changed this layer later"
TABLE, ELSEWHERE = "made a table from this layer, changed no pixels", "made a table from another layer"


@dataclass(frozen=True)
class Case:
    """A version, and the reason for each action of the log that has not always the same."""

    target: int
    kept: dict[int, str]
    dropped: dict[int, str]
    undone: frozenset[int] = frozenset()


CASES = {
    "an input": Case(
        1,
        {1: MADE},
        {2: OPENED, 3: NEW, 5: OTHER, 6: OTHER, 9: OTHER, 10: OTHER, 12: OTHER, 13: ELSEWHERE},
    ),
    "one operation": Case(
        3,
        {1: "step 3 used its result", 3: MADE},
        {2: OPENED, 5: NEW, 6: NEW, 9: OTHER, 10: OTHER, 12: OTHER, 13: ELSEWHERE},
    ),
    "a branch leaves the other out": Case(
        5,
        {1: "step 3 used its result", 3: "step 6 used its result", 6: MADE},
        {
            2: OPENED, 5: "made another layer from the result of step 3", 9: OTHER,
            10: LATER, 12: LATER, 13: ELSEWHERE,
        },
    ),
    "two inputs": Case(
        6,
        {
            1: "step 3 used its result", 2: "step 9 used its result", 3: "step 5 used its result",
            5: "step 9 used its result", 9: MADE,
        },
        {
            6: "made another layer from the result of step 3", 10: OTHER, 12: OTHER,
            13: "made a table from the result of step 9, changed no pixels",
        },
    ),
    "a second result has the same slice": Case(
        7,
        {
            1: "step 3 used its result", 2: "step 9 used its result", 3: "step 5 used its result",
            5: "step 9 used its result", 9: MADE,
        },
        {6: "made another layer from the result of step 3", 10: OTHER, 12: OTHER, 13: TABLE},
    ),
    "painting after an undo": Case(
        9,
        {1: "step 3 used its result", 3: "step 6 used its result", 6: "step 12 used its result", 12: MADE},
        {2: OPENED, 5: "made another layer from the result of step 3", 9: OTHER, 10: "undone", 13: TABLE},
        frozenset({10}),
    ),
    "the undone paint itself": Case(
        8,
        {1: "step 3 used its result", 3: "step 6 used its result", 6: "step 10 used its result", 10: MADE},
        {
            2: OPENED, 5: "made another layer from the result of step 3", 9: OTHER,
            12: "changed the result of step 6 later", 13: ELSEWHERE,
        },
        frozenset({10}),
    ),
    "a table": Case(
        10,
        {
            1: "step 3 used its result", 2: "step 9 used its result", 3: "step 6 used its result",
            5: "step 9 used its result", 6: "step 12 used its result", 9: "step 13 used its result",
            12: "step 13 used its result", 13: "made this table",
        },
        {10: "undone"},
        frozenset({10}),
    ),
}  # fmt: skip


def sliced(case: Case) -> Slice:
    return slice_of(case.target, LOG, WRITERS, undone=case.undone, tables=TABLES, homes=HOMES)


@pytest.mark.parametrize("name", CASES)
def test_reasons(name: str) -> None:
    case = CASES[name]
    found = sliced(case)
    assert {action.number: reason for action, reason in found.kept} == case.kept
    assert {action.number: reason for action, reason in found.dropped} == ALWAYS | case.dropped


@pytest.mark.parametrize("name", CASES)
def test_every_action_has_one_reason(name: str) -> None:
    case = CASES[name]
    found = sliced(case)
    listed = {action.number: reason for action, reason in (*found.kept, *found.dropped)}
    assert sorted(listed) == list(range(1, len(LOG) + 1))
    assert listed == {action.number: found.reason(action) for action in LOG}
    assert [action.number for action, _ in found.kept] == sorted(case.kept)


def test_painting_and_erasing_does_not_go_in_circles() -> None:
    """Versions count up even where pixels come back, so that the slice of equal pixels ends."""
    log = [act(1, "load", (), (1,)), *(act(n, "paint", (n - 1,), (n,)) for n in range(2, 3000))]
    found = slice_of(2999, log, {n: n for n in range(1, 3000)})
    assert len(found.kept) == 2999


def test_a_long_log_is_sliced_quickly() -> None:
    count = 100_000
    log = [act(1, "load", (), (1,)), *(act(n, "invert", (max(1, n // 2),), (n,)) for n in range(2, count + 1))]
    writers = {n: n for n in range(1, count + 1)}
    start = time.thread_time()
    found = slice_of(count, log, writers)
    steps = [action.number for action, _ in found.kept]
    assert time.thread_time() - start < 0.5
    assert steps == sorted({count >> shift for shift in range(17)} - {0})
