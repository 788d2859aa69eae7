"""The slice: which actions a version depends on, and why each action was kept or dropped."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import compress
from operator import not_
from typing import Any, NamedTuple, overload

from bims_desktop.provenance.action import Action
from bims_desktop.provenance.reasons import why_dropped, why_kept


class Explained(NamedTuple):
    """An action and why it was kept or dropped."""

    action: Action
    reason: str


class Steps(Sequence[Explained]):
    """Actions with their reasons; a reason is put into words when it is looked at."""

    def __init__(self, actions: Sequence[Action], reason: Callable[[Action], str]) -> None:
        self.actions = actions
        self._reason = reason

    @overload
    def __getitem__(self, index: int) -> Explained: ...
    @overload
    def __getitem__(self, index: slice) -> Steps: ...
    def __getitem__(self, index: int | slice) -> Explained | Steps:
        found = self.actions[index]
        return Explained(found, self._reason(found)) if isinstance(found, Action) else Steps(found, self._reason)

    def __len__(self) -> int:
        return len(self.actions)

    def __repr__(self) -> str:
        return f"<Steps {[action.number for action in self.actions]}>"


@dataclass(frozen=True, eq=False)
class Slice:
    """What of a log one version depends on.

    Parameters
    ----------
    target : int
        The version.
    actions : sequence of Action
        The whole log, in order of their numbers.
    readers : sequence of int
        For each action in turn, the number of the action that read what it wrote; its own at the end,
        0 where nothing needs it.
    writers : mapping of int to int
        Number of the action that wrote each version.
    undone : collection of int
        Numbers of actions that were undone.
    tables : collection of int
        Versions that are tables.
    homes : mapping of int to int
        Id of the layer that each version was shown on.
    """

    target: int
    actions: Sequence[Action]
    readers: Sequence[int]
    writers: Mapping[int, int]
    undone: Collection[int] = ()
    tables: Collection[int] = ()
    homes: Mapping[int, int] = field(default_factory=dict)

    @cached_property
    def kept(self) -> Steps:
        return Steps(tuple(compress(self.actions, self.readers)), self.reason)

    @cached_property
    def dropped(self) -> Steps:
        return Steps(tuple(compress(self.actions, map(not_, self.readers))), self.reason)

    def reason(self, action: Action) -> str:
        """Why `action` was kept or dropped, as words."""
        return (why_kept if self.readers[action.number - 1] else why_dropped)(self, action)


def slice_of(target: int, actions: Sequence[Action], writers: Mapping[int, int], **known: Any) -> Slice:
    """Backward reachability from version `target` over writes, action, reads.

    Parameters
    ----------
    target : int
        The version to explain.
    actions : sequence of Action
        The log; action number n stands at n - 1.
    writers : mapping of int to int
        Number of the action that wrote each version.
    **known
        `undone`, `tables` and `homes` of the `Slice`, for the reasons alone.

    References
    ----------
    Weiser, M. (1984). Program slicing. IEEE Trans. Softw. Eng. SE-10(4).

    Examples
    --------
    >>> log = [Action(1, "load", writes=(1,)), Action(2, "invert", arguments={"image": 1}, writes=(2,))]
    >>> [reason for _, reason in slice_of(1, log, {1: 1, 2: 2}).dropped]
    ['made another layer from this layer']
    """
    last = writers[target]
    readers = [0] * len(actions)
    readers[last - 1] = last
    # An action reads only what earlier ones wrote, so one pass backwards meets every reader before its writers.
    for number in range(last, 0, -1):
        if readers[number - 1]:
            for version in actions[number - 1].arguments.values():
                writer = writers[version] - 1
                readers[writer] = readers[writer] or number
    return Slice(target, actions, readers, writers, **known)
