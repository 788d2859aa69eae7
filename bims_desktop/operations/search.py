"""Find operations by words: of the title first, then of id, other names, menu, description, parameters and units."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import accumulate

from bims_desktop.model.image import Kind
from bims_desktop.operations import registry
from bims_desktop.operations.aliases import ALIASES, folded
from bims_desktop.operations.spec import Operation

_NOWHERE = 10_000


def offered() -> list[Operation]:
    """What a person chooses from; the others are run by other means: the brush, the layer list."""
    return [operation for operation in registry.operations() if operation.menu]


def find(text: str, operations: Iterable[Operation], kind: Kind | None = None) -> list[Operation]:
    """Operations that hold every word of `text`, the best first, of equal ones that with the shorter title.

    Those with words that begin so come before those that merely hold the letters. Of those found in the same text the
    one whose id it is comes first, then the ones that are made for images of `kind`, if given, and of equal ones those
    that take it at all; but of those whose titles begin so it is the shortest, whatever the image.

    Examples
    --------
    >>> [operation.id for operation in find("otsu thresh", offered())][0]
    'threshold_otsu'

    A word may be half typed, in either spelling.

    >>> find("equalis", offered()) == find("equaliz", offered()) != []
    True
    >>> [operation.id for operation in find("um", offered())][0]
    'set_scale'
    >>> [find("grey", offered(), kind)[0].id for kind in ("intensity", "rgb")]
    ['opening', 'rgb2gray']

    >>> [find(typed, offered(), "labels")[0].id for typed in ("gaussian", "gauss", "label")]
    ['gaussian', 'gaussian', 'label']
    """
    words = text.casefold().split()
    ranked = ((_rank(words, operation), operation) for operation in operations)
    fitting = [(rank, operation) for rank, operation in ranked if rank is not None]

    def place(found: tuple[tuple[int, int], Operation]) -> tuple[int, ...]:
        (within, depth), operation = found
        made, lacking = _made_for(operation, kind), depth > 0 and not _takes(operation, kind)
        named = "_".join(words) == operation.id
        called = _called_so(words, operation)
        return within, max(depth, 1), not named, not made, depth, lacking, called, len(operation.title)

    return [operation for _, operation in sorted(fitting, key=place)]


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


def _made_for(operation: Operation, kind: Kind | None) -> bool:
    """Whether it takes nothing else; what takes intensities alone is no better at them than what takes more."""
    return kind != "intensity" and bool(operation.arguments) and operation.arguments[0].kinds == (kind,)


def _takes(operation: Operation, kind: Kind | None) -> bool:
    kinds = operation.arguments[0].kinds if operation.arguments else ()
    return kind is None or not kinds or kind in kinds


def _called_so(words: list[str], operation: Operation) -> int:
    """Where `words` stand among its other names: what it is called first is what most people mean."""
    names = folded(ALIASES.get(operation.id, ""))
    place = names.find(folded(" ".join(words)))
    return _NOWHERE if place < 0 else place


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
