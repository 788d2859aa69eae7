"""Images that go into an operation as a row, `x1`, `x2`, `x3` and so on; their order matters: channels, planes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bims_desktop.app.session import Session
from bims_desktop.operations.spec import Argument

_NUMBERED = re.compile(r"x(\d+)")


def number(name: str) -> int:
    """The place of an argument that has no name but its number, from 1; 0 for any other.

    Examples
    --------
    >>> number("x2"), number("image")
    (2, 0)
    """
    found = _NUMBERED.fullmatch(name)
    return int(found[1]) if found else 0


def is_row(arguments: Sequence[Argument]) -> bool:
    """Whether an operation puts images in a row, as many as one likes; two that are added or compared are none."""
    return len(arguments) > 2 and all(number(argument.name) for argument in arguments)


def made_together(session: Session, id: int) -> list[int]:
    """The layers that the same step made as layer `id`, in the order in which it did: the channels of one image."""
    writers = session.recorder.writers
    versions = {layer.id: layer.version for layer in session.layers}
    made = (other for other in versions if writers[versions[other]] == writers[versions[id]])
    return sorted(made, key=lambda other: versions[other])
