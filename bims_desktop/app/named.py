"""`name_of` and `named`: who made an entry of a ledger and which files are its own, as far as this computer knows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from bims_desktop.ledger.signing import fingerprint

if TYPE_CHECKING:
    from bims_desktop.app.harvest import Found
    from bims_desktop.app.home import Home

_KEY = "SHA256:"
_LETTERS = 8


def own_keys(home: Home) -> dict[str, str]:
    """The fingerprint of the person's own key, with the name that the settings have."""
    return {fingerprint(home.agent.public_key): home.settings.agent}


def name_of(found: Found, keys: Mapping[str, str]) -> str:
    """The person as the record has it, or the key, or the organisation; whose key is among `keys` is told so.

    These are the person's own, with the name that the settings have: an entry without contents names nobody.
    """
    key = str(found.entry.body.get("agent", ""))
    if key in keys:
        name = keys[key] if found.agent in ("", key) else found.agent
        return f"{name} (you)" if name else "you"
    if found.agent.startswith(_KEY):
        return f"key {found.agent.removeprefix(_KEY)[:_LETTERS]}…"
    return found.agent or found.organisation


def files_known(home: Home, found: Iterable[Found]) -> Mapping[str, tuple[Path, ...]]:
    """The files by which this computer knows the records of entries."""
    return {one.record: home.files_of(one.record, one.subject) for one in found if one.record}


def is_named(files: Iterable[Path], part: str) -> bool:
    """Whether the name of one of `files` has this part, in capitals or not."""
    return any(part.casefold() in file.name.casefold() for file in files)
