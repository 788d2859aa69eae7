"""The slice: which actions a version depends on, and why each action was kept or dropped."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from bims_desktop.provenance.action import Action

DROPPED = {
    "display": "only changed how the image looks",
    "view": "only changed the view",
    "session": "changed no pixels",
}


class Explained(NamedTuple):
    """An action and why it was kept or dropped."""

    action: Action
    reason: str


@dataclass(frozen=True, eq=False)
class Slice:
    """What of a log one version depends on.

    Parameters
    ----------
    target : int
        The version.
    actions : sequence of Action
        The whole log, in order of their numbers.
    needed : mapping of int to int
        Number of each kept action, and of the action that read what it wrote (itself at the end).
    undone : collection of int
        Numbers of actions that were undone.
    """

    target: int
    actions: Sequence[Action]
    needed: Mapping[int, int]
    undone: Collection[int]

    @cached_property
    def kept(self) -> tuple[Explained, ...]:
        needed = self.needed
        kept = [action for action in self.actions if action.number in needed]
        reasons = [_why_kept(action.number, needed[action.number]) for action in kept]
        return tuple(map(Explained, kept, reasons))

    @cached_property
    def dropped(self) -> tuple[Explained, ...]:
        needed, undone = self.needed, self.undone
        dropped = [action for action in self.actions if action.number not in needed]
        return tuple(map(Explained, dropped, [_why_dropped(action, undone) for action in dropped]))

    def reason(self, action: Action) -> str:
        """Why `action` was kept or dropped, as words."""
        if action.number in self.needed:
            return _why_kept(action.number, self.needed[action.number])
        return _why_dropped(action, self.undone)


def _why_kept(number: int, reader: int) -> str:
    return "made this image" if reader == number else f"step {reader} used its result"


def _why_dropped(action: Action, undone: Collection[int]) -> str:
    return "undone" if action.number in undone else DROPPED.get(action.effect, "belongs to another layer")


def slice_of(target: int, actions: Sequence[Action], writers: Mapping[int, int], undone: Collection[int] = ()) -> Slice:
    """Backward reachability from version `target` over writes, action, reads.

    Parameters
    ----------
    target : int
        The version to explain.
    actions : sequence of Action
        The log; action number n stands at n - 1.
    writers : mapping of int to int
        Number of the action that wrote each version.
    undone : collection of int
        Numbers of actions that were undone, for the reasons alone.

    References
    ----------
    Weiser, M. (1984). Program slicing. IEEE Trans. Softw. Eng. SE-10(4).

    Examples
    --------
    >>> log = [Action(1, "load", writes=(1,)), Action(2, "invert", arguments={"image": 1}, writes=(2,))]
    >>> [reason for _, reason in slice_of(1, log, {1: 1, 2: 2}).dropped]
    ['belongs to another layer']
    """
    last = writers[target]
    needed = {last: last}
    # An action reads only what earlier ones wrote, so one pass backwards meets every reader before its writers.
    for number in range(last, 0, -1):
        if number in needed:
            for version in actions[number - 1].arguments.values():
                needed.setdefault(writers[version], number)
    return Slice(target, actions, needed, undone)
