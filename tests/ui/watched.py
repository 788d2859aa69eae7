"""A list that notes which of its items were looked at: how much work is done can be counted where time cannot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from bims_desktop.provenance.action import Action


class Watched(list[Action]):
    """Actions, and in `seen` the index of each that was read since it was cleared."""

    def __init__(self, actions: Sequence[Action]) -> None:
        super().__init__(actions)
        self.seen: list[int] = []

    def __getitem__(self, index: Any) -> Any:
        self.seen += range(*index.indices(len(self))) if isinstance(index, slice) else [index % len(self)]
        return super().__getitem__(index)

    def __iter__(self) -> Iterator[Action]:
        for index in range(len(self)):
            yield self[index]
