"""`LostWork`: what a session that died had done, to tell it from others before it is recovered."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bims_desktop.errors import JournalDamaged
from bims_desktop.provenance import journal

_QUIET = ("display", "view")


@dataclass(frozen=True, slots=True)
class LostWork:
    """Folder of the session, how many steps its journal holds, and the names of the images that it opened.

    None and no names where the journal is damaged.
    """

    folder: Path
    steps: int = 0
    images: tuple[str, ...] = ()


def lost_work(folder: Path) -> LostWork:
    """Read the journal in `folder`; what only changed how images look is no step."""
    try:
        actions = [body["action"] for kind, body in journal.entries(folder) if kind == "action"]
    except JournalDamaged:
        return LostWork(folder)
    opened = (str(action["parameters"]["name"]) for action in actions if action["operation"] == "load")
    steps = sum(action["effect"] not in _QUIET for action in actions)
    return LostWork(folder, steps, tuple(dict.fromkeys(opened)))
