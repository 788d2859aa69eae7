"""Find operations by words: of the title first, then of id, other names, menu, description, parameters and units."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import accumulate

from bims_desktop.operations import registry
from bims_desktop.operations.aliases import ALIASES, folded
from bims_desktop.operations.spec import Operation


def offered() -> list[Operation]:
    """What a person chooses from; the others are run by other means: the brush, the layer list."""
    return [operation for operation in registry.operations() if operation.menu]


def find(text: str, operations: Iterable[Operation]) -> list[Operation]:
    """Operations that hold every word of `text`, the best first, of equal ones that with the shorter title.

    Those with words that begin so come before those that merely hold the letters.

    Examples
    --------
    >>> [operation.id for operation in find("otsu thresh", offered())][0]
    'threshold_otsu'

    A word may be half typed, in either spelling.

    >>> find("equalis", offered()) == find("equaliz", offered()) != []
    True
    >>> [operation.id for operation in find("um", offered())][0]
    'set_scale'
    """
    words = text.casefold().split()
    ranked = ((_rank(words, operation), operation) for operation in operations)
    fitting = [(rank, operation) for rank, operation in ranked if rank is not None]
    return [operation for _, operation in sorted(fitting, key=lambda pair: (pair[0], len(pair[1].title)))]


def summary(operation: Operation) -> str:
    """The first line of the operation's own description."""
    return (operation.function.__doc__ or operation.title).strip().splitlines()[0]


def _rank(words: list[str], operation: Operation) -> tuple[int, int] | None:
    """Whether they are found within other words only, and how many of the texts it takes to find all of them.

    Both are 0 where the title begins with them.
    """
    if not words:
        return None
    texts = _texts(operation)
    if texts[0].startswith(folded(" ".join(words))):
        return 0, 0
    seen = list(accumulate(texts, "{} {}".format))
    ranks = (
        (within, depth)
        for within, finds in enumerate((_begins, _holds))
        for depth, text in enumerate(seen, 1)
        if all(finds(text, word) for word in words)
    )
    return next(ranks, None)


def _holds(text: str, word: str) -> bool:
    return word in text or folded(word) in text


def _begins(text: str, word: str) -> bool:
    return any(form in text and re.search(rf"(?<!\w){re.escape(form)}", text) for form in (word, folded(word)))


@lru_cache(maxsize=512)
def _texts(operation: Operation) -> tuple[str, ...]:
    settings = (f"{p.name} {p.name.replace('_', ' ')} {p.bounds.unit}" for p in operation.parameters)
    described = inspect.cleandoc(operation.function.__doc__ or "").partition("\n\nParameters")[0]
    called = f"{operation.id} {ALIASES.get(operation.id, '')}"
    texts = (operation.title, called, operation.menu, described, " ".join(settings))
    # Half a word has no spelling yet: both are looked through.
    return tuple(f"{folded(text)} {text.casefold()}" for text in texts)
