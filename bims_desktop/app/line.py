"""`Line`: which entry goes next. Entries about the same record keep their order; others overtake freely. Pure."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Collection

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 300.0


def pause_s(failures: int) -> float:
    """Seconds to wait after so many failures in a row: doubled each time, five minutes at most.

    Examples
    --------
    >>> [pause_s(n) for n in (1, 2, 3, 20)]
    [1.0, 2.0, 4.0, 300.0]
    """
    return min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** min(failures - 1, 20))


class Line:
    """Entries that wait, each behind the earlier ones about the same records.

    Examples
    --------
    >>> line = Line()
    >>> line.add(0, ["a"]); line.add(1, ["a"]); line.add(2, ["b"])
    >>> line.take(now=0.0, most=9)
    [0, 2]
    >>> line.end(0)
    >>> line.take(now=0.0, most=9)
    [1]
    """

    def __init__(self) -> None:
        self._records: dict[int, tuple[str, ...]] = {}
        self._behind: dict[str, deque[int]] = {}
        self._ready: list[tuple[float, int]] = []
        self._failures: dict[int, int] = {}
        self._held: set[int] = set()

    @property
    def ready(self) -> int:
        """How many could go but for their pause."""
        return len(self._ready)

    def add(self, index: int, records: Collection[str], *, held: bool = False) -> None:
        """Put an entry, later than all before, behind those about one of its `records`; a held one never goes."""
        self._records[index] = tuple(dict.fromkeys(records))
        for record in self._records[index]:
            self._behind.setdefault(record, deque()).append(index)
        if held:
            self._held.add(index)
        elif self._is_first(index):
            heapq.heappush(self._ready, (0.0, index))

    def hold(self, index: int) -> None:
        """The entry is stuck: it stays, and so do those behind it."""
        self._held.add(index)

    def take(self, now: float, most: int) -> list[int]:
        """Up to `most` entries that may go now, oldest first among equals; each is under way until it comes back."""
        taken: list[int] = []
        while len(taken) < most and self._ready and self._ready[0][0] <= now:
            taken.append(heapq.heappop(self._ready)[1])
        return taken

    def end(self, index: int) -> None:
        """The entry has come to its end: those behind it may go."""
        self._failures.pop(index, None)
        following = set()
        for record in self._records.pop(index):
            line = self._behind[record]
            line.remove(index)
            if line:
                following.add(line[0])
            else:
                del self._behind[record]
        for entry in sorted(following):
            if entry not in self._held and self._is_first(entry):
                heapq.heappush(self._ready, (0.0, entry))

    def again(self, index: int, now: float, *, soon: bool = False) -> None:
        """The entry came to nothing this time: it goes again, at once or after a pause that grows."""
        self._failures[index] = 0 if soon else self._failures.get(index, 0) + 1
        heapq.heappush(self._ready, (now if soon else now + pause_s(self._failures[index]), index))

    def hurry(self) -> None:
        """End every pause."""
        self._failures.clear()
        self._ready = [(0.0, index) for _, index in self._ready]
        heapq.heapify(self._ready)

    def next_at(self) -> float | None:
        """When the next entry may go; None where none may."""
        return self._ready[0][0] if self._ready else None

    def _is_first(self, index: int) -> bool:
        return all(self._behind[record][0] == index for record in self._records[index])
