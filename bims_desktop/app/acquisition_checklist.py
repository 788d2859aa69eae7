"""What a reproducible description of an acquisition needs, after the QUAREP-LiMi checklists.

The items are data: ``resources/checklists/acquisition-1.json``, which also names its sources.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from bims_desktop.model.image import Image

Level = Literal["minimal", "recommended"]
_PACKAGE = Path(__file__).parents[1]
_FILE = Path("resources") / "checklists" / "acquisition-1.json"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a description should say; nothing of it is mandatory.

    Parameters
    ----------
    id, title : str
        For programs, and for people.
    group : str
        ``sample``, ``experiment``, ``microscope``, ``channels`` or ``settings``.
    level : {"minimal", "recommended"}
        How badly it is missed.
    why, example : str
        One sentence, and what might be filled in.
    kind : {"text", "link", "number"}
        What may be filled in; a number may have words beside it.
    needs : str
        Axis that an image must have for the item to make sense; empty for any image.
    unless : str
        Kind of image for which it makes none.
    """

    id: str
    title: str
    group: str
    level: Level
    why: str
    example: str
    kind: Literal["text", "link", "number"] = "text"
    needs: str = ""
    unless: str = ""

    def concerns(self, image: Image | None) -> bool:
        """Whether the item makes sense for `image`; an unknown one may have any axis."""
        if image is None:
            return True
        return (not self.needs or self.needs in image.axes) and self.unless != image.kind


@cache
def checklist() -> tuple[Item, ...]:
    """All items, in the order in which one would write them down.

    Examples
    --------
    >>> [item.id for item in checklist() if item.group == "settings"][:3]
    ['pixel_size', 'z_step', 'time_step']
    """
    return tuple(Item(**told) for told in _document()["items"])


@cache
def item(id: str) -> Item | None:
    """The item called `id`; None where there is none, as in what a newer program wrote."""
    return next((each for each in checklist() if each.id == id), None)


def references() -> tuple[str, ...]:
    """Where the items come from."""
    return tuple(_document()["references"])


@cache
def _document() -> dict[str, Any]:
    inside = _PACKAGE / _FILE
    path = inside if inside.is_file() else _PACKAGE.parent / _FILE
    document: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return document
