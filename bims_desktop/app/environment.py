"""The environment a record was made in: interpreter, platform, packages, CPU features, code of the operations."""

from __future__ import annotations

import platform
import re
from collections.abc import Iterable
from functools import cache
from importlib.metadata import PackageNotFoundError, requires, version
from typing import Any

import numpy as np

from bims_desktop.operations import registry
from bims_desktop.provenance.symbols import is_registered

PROGRAM = "bims-desktop"
# The window and the consortium's ledger: no pixels of a replay come through them.
APART = frozenset(("googleapis-common-protos", "grpcio", "hyperledger-fabric-protos", "napari", "protobuf", "pyside6"))
_NAME = re.compile(r"[\w.-]+")


@cache
def machine() -> dict[str, Any]:
    """What does not change while the program runs."""
    simd = np.show_config(mode="dicts")["SIMD Extensions"]
    return {
        "cpu_features": sorted([*simd["baseline"], *simd["found"]]),
        "packages": used_packages(),
        "platform": platform.platform(),
        "python": platform.python_version(),
    }


def environment(operations: Iterable[str]) -> dict[str, Any]:
    """The machine, and the code hash of each of `operations`."""
    known = sorted({name for name in operations if is_registered(name)})
    return {**machine(), "operations": {name: registry.code_hash(registry.get(name)) for name in known}}


def used_packages() -> dict[str, str]:
    """Version of every installed package that a replay can come through: what the program needs, and what that needs.

    Examples
    --------
    >>> {"numpy", "scikit-image", "lazy-loader"} <= set(used_packages())
    True
    """
    found: dict[str, str] = {}
    waiting = [PROGRAM]
    while waiting:
        name = waiting.pop()
        if name not in found and name not in APART and (installed := installed_version(name)):
            found[name] = installed
            waiting.extend(map(name_in, needs(name)))
    return dict(sorted(found.items()))


def needs(distribution: str) -> list[str]:
    """The requirements of an installed distribution, extras apart, as it states them."""
    return [line for line in requires(distribution) or () if "extra ==" not in line.partition(";")[2]]


def name_in(requirement: str) -> str:
    """The name in a requirement, as indexes write it.

    Examples
    --------
    >>> name_in("PyYAML>=6,<7"), name_in("dask[array]>=2025.1"), name_in("jaraco.classes")
    ('pyyaml', 'dask', 'jaraco-classes')
    """
    found = _NAME.match(requirement)
    return re.sub(r"[-_.]+", "-", found[0]).lower() if found else ""


def installed_version(distribution: str) -> str:
    """Version of an installed distribution, empty where there is none."""
    try:
        return version(distribution)
    except PackageNotFoundError:
        return ""
