"""`SaveLines`: what is said of a save in the status bar, in one line whatever was heard first."""

from __future__ import annotations

from typing import Literal

News = Literal["proven", "carried"]
ORDER: tuple[News, ...] = ("proven", "carried")


class SaveLines:
    """Sentences on each save: what came of its replay, and whether the consortium has it.

    Examples
    --------
    >>> lines = SaveLines()
    >>> lines.add(3, "carried", "It stands in block 7.")
    'It stands in block 7.'
    >>> lines.add(3, "proven", "It was replayed.")
    'It was replayed. It stands in block 7.'
    """

    def __init__(self) -> None:
        self._said: dict[int, dict[News, str]] = {}

    def add(self, entry: int, news: News, sentence: str) -> str:
        """The line on the save that is `entry` of the ledger, with `sentence` joined to what was said of it before."""
        said = self._said.setdefault(entry, {})
        said[news] = sentence
        return " ".join(said[kind] for kind in ORDER if kind in said)
