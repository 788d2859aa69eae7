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
        return tuple(Explained(self.actions[n - 1], self._why_kept(n)) for n in sorted(self.needed))

    @cached_property
    def dropped(self) -> tuple[Explained, ...]:
        needed = self.needed
        return tuple(Explained(a, self._why_dropped(a)) for a in self.actions if a.number not in needed)

    def reason(self, action: Action) -> str:
        """Why `action` was kept or dropped, as words."""
        return self._why_kept(action.number) if action.number in self.needed else self._why_dropped(action)

    def _why_kept(self, number: int) -> str:
        reader = self.needed[number]
        return "made this image" if reader == number else f"step {reader} used its result"

    def _why_dropped(self, action: Action) -> str:
        if action.number in self.undone:
            return "undone"
        return DROPPED.get(action.effect, "belongs to another layer")


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
    pending = [last]
    while pending:
        reader = pending.pop()
        for version in actions[reader - 1].reads:
            writer = writers[version]
            if writer not in needed:
                needed[writer] = reader
                pending.append(writer)
    return Slice(target, actions, needed, undone)
