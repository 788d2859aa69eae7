"""`Preferences`: operations that the user starred or ran last, and units; a small file in the home folder."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bims_desktop.app.small_file import read_choices, write_choices

FILE = "operations.json"
MAX_FAVOURITES = 50
MAX_RECENT = 8
MAX_ID = 100
MAX_QUANTITIES = 20


@dataclass(frozen=True, slots=True)
class Preferences:
    """Ids of operations; those that this program no longer has stay, for the one that wrote them.

    Parameters
    ----------
    favourites : tuple of str
        In the order in which they were starred.
    recent : tuple of str
        Run last, the latest first.
    physical : tuple of str
        Kinds of quantity, such as length, that are shown in physical units rather than in pixels.

    Examples
    --------
    >>> Preferences().star("gaussian", True).ran("label").ran("invert")
    Preferences(favourites=('gaussian',), recent=('invert', 'label'), physical=())
    """

    favourites: tuple[str, ...] = ()
    recent: tuple[str, ...] = ()
    physical: tuple[str, ...] = ()

    def star(self, id: str, starred: bool) -> Preferences:
        """With `id` among the favourites, or without."""
        rest = tuple(other for other in self.favourites if other != id)
        return replace(self, favourites=(*rest, id)[-MAX_FAVOURITES:] if starred else rest)

    def ran(self, id: str) -> Preferences:
        """With `id` as the latest."""
        rest = tuple(other for other in self.recent if other != id)
        return replace(self, recent=(id, *rest)[:MAX_RECENT])

    def measure(self, quantity: str, physical: bool) -> Preferences:
        """With `quantity` in physical units from now on, or in pixels."""
        rest = tuple(other for other in self.physical if other != quantity)
        return replace(self, physical=(*rest, quantity)[-MAX_QUANTITIES:] if physical else rest)

    @classmethod
    def load(cls, folder: Path) -> Preferences:
        """What `folder` keeps; what cannot be read counts as nothing chosen yet, and the next choice replaces it."""
        kept = read_choices(folder / FILE)
        most = {"favourites": MAX_FAVOURITES, "recent": MAX_RECENT, "physical": MAX_QUANTITIES}
        return cls(**{name: _ids(kept.get(name), count) for name, count in most.items()})

    def save(self, folder: Path) -> None:
        """Keep them in `folder`."""
        chosen = {"favourites": self.favourites, "recent": self.recent, "physical": self.physical}
        write_choices(folder / FILE, {name: list(ids) for name, ids in chosen.items()})


def _ids(value: Any, most: int) -> tuple[str, ...]:
    given = value[:most] if isinstance(value, list) else []
    return tuple(dict.fromkeys(id for id in given if isinstance(id, str) and 0 < len(id) <= MAX_ID))
