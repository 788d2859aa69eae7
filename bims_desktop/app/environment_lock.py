"""`Requirements`: what an installer has to get for an environment, with hashes where this program knows them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bims_desktop.app.environment import APART, PROGRAM, name_in, needs, used_packages
from bims_desktop.app.environment_facts import Facts

FILE = "requirements.lock"
_PACKAGE = Path(__file__).parents[1]
_PIN = re.compile(r"([\w.-]+)==([^\s;\\]+)")
_HASH = re.compile(r"--hash=(sha256:[0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Pin:
    """One package at one version, with the hashes that its files may have; none where nobody here knows them."""

    name: str
    version: str
    hashes: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.name}=={self.version}"


@dataclass(frozen=True, slots=True)
class Requirements:
    """What an environment is built of.

    Parameters
    ----------
    facts : Facts
        What the record says.
    pins : tuple of Pin
        The packages that it states, this program apart.
    chosen : tuple of str
        What is needed besides and what the record does not state: the installer chooses its version.
    """

    facts: Facts
    pins: tuple[Pin, ...]
    chosen: tuple[str, ...]

    @classmethod
    def of(cls, facts: Facts) -> Requirements:
        """What the environment of `facts` is built of."""
        lock = own_lock()
        stated = sorted((name, version) for name, version in facts.packages.items() if name != PROGRAM)
        pins = tuple(Pin(name, version, lock.get((name, version), ())) for name, version in stated)
        return cls(facts, pins, tuple(_chosen(facts)))

    @property
    def unlocked(self) -> tuple[str, ...]:
        """Packages whose hashes are not known here, at that version."""
        return tuple(pin.name for pin in self.pins if not pin.hashes)

    @property
    def hashed(self) -> bool:
        """Whether every package is held against a hash; pip takes them for all or for none."""
        return bool(self.pins) and not self.unlocked

    def strangers(self, trusted: Collection[str] = ()) -> tuple[str, ...]:
        """Packages that this program would not install for itself, and that nobody trusted."""
        own = {*used_packages(), *APART, *(name for name, _ in own_lock()), *map(name_in, trusted)}
        return tuple(sorted({*self.facts.packages, *self.facts.called} - own))

    def text(self) -> str:
        """The requirements as pip reads them."""
        return "".join(f"{_line(pin) if self.hashed else pin}\n" for pin in self.pins)


@cache
def own_lock() -> dict[tuple[str, str], tuple[str, ...]]:
    """Hashes by name and version, from the lock of the running program; empty where it came without."""
    places = (_PACKAGE / "resources" / FILE, _PACKAGE.parent / FILE)
    found = next((place for place in places if place.is_file()), None)
    blocks = re.split(r"\n(?=\S)", found.read_text("utf-8")) if found else []
    pins = ((_PIN.match(block), tuple(_HASH.findall(block))) for block in blocks)
    return {(name_in(pin[1]), pin[2]): hashes for pin, hashes in pins if pin}


def _line(pin: Pin) -> str:
    return " \\\n".join([str(pin), *(f"    --hash={value}" for value in pin.hashes)])


def _chosen(facts: Facts) -> Iterator[str]:
    for requirement in needs(PROGRAM):
        name = name_in(requirement)
        # A third-party step runs beside the window's libraries, offscreen.
        wanted = facts.called if name in ("napari", "pyside6") else name not in APART
        if wanted and name not in facts.packages:
            yield requirement
    for name, version in sorted(facts.called.items()):
        if name not in facts.packages:
            yield f"{name}=={version}"
