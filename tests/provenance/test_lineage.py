"""The slice and its reasons, as a table of small logs."""

from __future__ import annotations

import time
from dataclasses import dataclass

import pytest

from bims_desktop.provenance.action import Action
from bims_desktop.provenance.lineage import slice_of


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
LOOKS, VIEW, SESSION = "only changed how the image looks", "only changed the view", "changed no pixels"
OTHER, MADE = "belongs to another layer", "made this image"


@dataclass(frozen=True)
class Case:
    """A version, and the reason for each action of the log."""

    target: int
    kept: dict[int, str]
    undone: frozenset[int] = frozenset()


CASES = {
    "an input": Case(1, {1: MADE}),
    "one operation": Case(3, {1: "step 3 used its result", 3: MADE}),
    "a branch leaves the other out": Case(
        5, {1: "step 3 used its result", 3: "step 6 used its result", 6: MADE}
    ),
    "two inputs": Case(
        6,
        {
            1: "step 3 used its result", 2: "step 9 used its result", 3: "step 5 used its result",
            5: "step 9 used its result", 9: MADE,
        },
    ),
    "a second result has the same slice": Case(
        7,
        {
            1: "step 3 used its result", 2: "step 9 used its result", 3: "step 5 used its result",
            5: "step 9 used its result", 9: MADE,
        },
    ),
    "painting after an undo": Case(
        9,
        {1: "step 3 used its result", 3: "step 6 used its result", 6: "step 12 used its result", 12: MADE},
        frozenset({10}),
    ),
    "the undone paint itself": Case(
        8,
        {1: "step 3 used its result", 3: "step 6 used its result", 6: "step 10 used its result", 10: MADE},
        frozenset({10}),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_reasons(name: str) -> None:
    case = CASES[name]
    found = slice_of(case.target, LOG, WRITERS, case.undone)
    assert {action.number: reason for action, reason in found.kept} == case.kept
    dropped = {action.number: reason for action, reason in found.dropped}
    expected = {4: LOOKS, 7: SESSION, 8: VIEW, 11: SESSION, 14: SESSION}
    others = {n: "undone" if n in case.undone else OTHER for n in range(1, len(LOG) + 1)}
    assert dropped == {n: expected.get(n, reason) for n, reason in others.items() if n not in case.kept}


@pytest.mark.parametrize("name", CASES)
def test_every_action_has_one_reason(name: str) -> None:
    case = CASES[name]
    found = slice_of(case.target, LOG, WRITERS, case.undone)
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
    start = time.perf_counter()
    found = slice_of(count, log, writers)
    steps = [action.number for action, _ in found.kept]
    assert time.perf_counter() - start < 0.5
    assert steps == sorted({count >> shift for shift in range(17)} - {0})
