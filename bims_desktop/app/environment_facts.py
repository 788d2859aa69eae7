"""`Facts`: what a record, or an interpreter, says of its environment, read within bounds; and how two differ."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from bims_desktop.app.environment import PROGRAM, environment, installed_version, name_in
from bims_desktop.errors import RecordDamaged
from bims_desktop.macro.record import Record

MAX_ENTRIES = 1000
LONGEST = 300
_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z.!+_-]{0,63}")
_NAME = re.compile(r"[0-9A-Za-z]([0-9A-Za-z._-]{0,98}[0-9A-Za-z])?")
_LIBRARY = re.compile(r"-with-\w+?(?=[\d.]*$)[\d.]*$")
_PROCESSOR = re.compile(r"x86_64|aarch64|arm64|AMD64|ppc64le|s390x|riscv64|i686")


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is other than the record says, and whether pixels may differ by it alone."""

    kind: Literal["python", "package", "code", "machine"]
    text: str
    decides: bool = True


@dataclass(frozen=True, slots=True)
class Facts:
    """An environment, as a record or an interpreter states it.

    Parameters
    ----------
    python, platform : str
        ``3.11.7``, and the platform in Python's words.
    packages : mapping of str to str
        Version of each package, by its name on an index.
    operations : mapping of str to str
        Code hash of each operation that was used.
    cpu_features : frozenset of str
        Vector instructions that NumPy found.
    called : mapping of str to str
        Packages of third-party steps, with their versions.

    Raises
    ------
    RecordDamaged
        A name or version is none.
    """

    python: str
    platform: str = ""
    packages: Mapping[str, str] = field(default_factory=dict)
    operations: Mapping[str, str] = field(default_factory=dict)
    cpu_features: frozenset[str] = frozenset()
    called: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        pairs = [*self.packages.items(), *self.called.items(), ("python", self.python)]
        # Both end in the call of an installer: nothing but names and versions may.
        wrong = [name for name, version in pairs if not (_NAME.fullmatch(name) and _VERSION.fullmatch(version))]
        if wrong := wrong or [name for name in self.operations if not name.isidentifier() or len(name) > LONGEST]:
            what = f"The record names a package, version or operation that is none: {wrong[0][:60]!r}."
            raise RecordDamaged(what, "Ask its maker.")

    @classmethod
    def of_json(cls, told: Any, called: Mapping[str, str] | None = None) -> Facts:
        """The member ``environment`` of a record.

        Raises
        ------
        RecordDamaged
            It is no such thing.
        """
        try:
            return cls(
                str(told["python"]),
                str(told["platform"])[:LONGEST],
                {name_in(name): version for name, version in _texts(told["packages"])},
                dict(_texts(told["operations"])),
                frozenset(str(name)[:LONGEST] for name in told["cpu_features"][:MAX_ENTRIES]),
                called or {},
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise RecordDamaged(
                "The record does not say in which environment it was made.", "Ask its maker."
            ) from error

    @classmethod
    def of_record(cls, record: Record) -> Facts:
        """What a record says."""
        return cls.of_json(record.content.get("environment"), dict(_called(record)))

    def here(self) -> Facts:
        """What this process says of the same operations and packages."""
        told = environment(self.operations)
        called = {name: found for name in self.called if (found := installed_version(name))}
        return Facts.of_json({**told, "packages": {**told["packages"], **called}})

    @property
    def program(self) -> str:
        """Version of this program; empty where it is not stated."""
        return self.packages.get(PROGRAM, "")

    @property
    def series(self) -> str:
        """The Python without its patch release.

        Examples
        --------
        >>> Facts("3.11.7").series
        '3.11'
        """
        return ".".join(self.python.split(".")[:2])

    def differences(self, there: Facts) -> tuple[Difference, ...]:
        """Where `there` is other than these facts.

        Examples
        --------
        >>> recorded = Facts("3.11.7", packages={"numpy": "2.4.6"})
        >>> [each.text for each in recorded.differences(Facts("3.11.2", packages={"numpy": "2.3.1"}))]
        ['Python 3.11.2 instead of 3.11.7', 'numpy 2.3.1 instead of 2.4.6']
        """
        return (*self._python(there), *self._packages(there), *self._code(there), *self._machine(there))

    def _python(self, there: Facts) -> Iterator[Difference]:
        if self.python != there.python:
            text = f"Python {there.python} instead of {self.python}"
            yield Difference("python", text, decides=self.series != there.series)

    def _packages(self, there: Facts) -> Iterator[Difference]:
        for name, version in sorted({**self.packages, **self.called}.items()):
            found = there.packages.get(name)
            if found is None:
                yield Difference("package", f"{name} {version} is missing")
            elif found != version:
                yield Difference("package", f"{name} {found} instead of {version}")

    def _code(self, there: Facts) -> Iterator[Difference]:
        other = sorted(name for name, code in self.operations.items() if there.operations.get(name) != code)
        if other:
            yield Difference("code", f"other code of {', '.join(other)}")

    def _machine(self, there: Facts) -> Iterator[Difference]:
        if _system(self.platform) != _system(there.platform):
            yield Difference("machine", f"{there.platform} instead of {self.platform}", decides=False)
        if lacking := sorted(self.cpu_features - there.cpu_features):
            yield Difference("machine", f"a processor without {', '.join(lacking)}", decides=False)
        if more := sorted(there.cpu_features - self.cpu_features):
            yield Difference("machine", f"a processor with {', '.join(more)} besides", decides=False)


def _called(record: Record) -> Iterator[tuple[str, str]]:
    """Packages of third-party steps: the log holds name and version with a space between."""
    for step in record.content["steps"][:MAX_ENTRIES]:
        try:
            name, _, version = str(step["entry"]["package"]).partition(" ")
        except (KeyError, TypeError) as error:
            raise RecordDamaged("A step of the record cannot be read.", "Use an undamaged copy.") from error
        if version:
            yield name_in(name), version


def _texts(told: Mapping[str, Any]) -> list[tuple[str, str]]:
    if len(told) > MAX_ENTRIES:
        raise RecordDamaged("The record names more packages than anybody needs.", "It may be made to harm.")
    return [(str(name), str(value)) for name, value in told.items()]


def _system(platform: str) -> tuple[str, ...]:
    """System, processor and C library of a platform: releases of the kernel change no pixels."""
    processor, library = _PROCESSOR.search(platform), _LIBRARY.search(platform)
    return platform.partition("-")[0], processor[0] if processor else "", library[0] if library else ""
