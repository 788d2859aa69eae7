"""Slice of a log of 100,000 actions, and the same with the reason of every action put into words."""

from __future__ import annotations

import statistics

import numpy as np
from timing import row, seconds

from bims_desktop.provenance.action import Action
from bims_desktop.provenance.lineage import slice_of

ACTIONS = 100_000


def log() -> tuple[list[Action], dict[int, int]]:
    """Opens, then operations that read one or two earlier versions, a third of them display changes."""
    random = np.random.default_rng(0)
    actions, writers, recent = [Action(1, "load", writes=(1,))], {1: 1}, [1]
    for number in range(2, ACTIONS + 1):
        reads = {f"image{i}": int(v) for i, v in enumerate(random.choice(recent[-50:], 2))}
        if random.random() < 1 / 3:
            actions.append(Action(number, "display", arguments=reads, effect="display"))
            continue
        actions.append(Action(number, "add", arguments=reads, writes=(number,)))
        writers[number] = number
        recent.append(number)
    return actions, writers


def main() -> None:
    actions, writers = log()
    target = max(writers)

    def explain() -> None:
        found = slice_of(target, actions, writers)
        assert len(found.kept) + len(found.dropped) == ACTIONS

    def explain_all() -> None:
        found = slice_of(target, actions, writers)
        assert all(step.reason for steps in (found.kept, found.dropped) for step in steps)

    for name, work in (("kept and dropped", explain), ("every reason in words", explain_all)):
        times = [seconds(work) * 1e3 for _ in range(9)]
        print(row(f"slice of {ACTIONS:,} actions, {name}", statistics.median(times), "ms", "≤ 100 ms", times))


if __name__ == "__main__":
    main()
