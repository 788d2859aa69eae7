"""The environment a record was made in: interpreter, platform, packages, CPU features, code of the operations."""

from __future__ import annotations

import platform
from collections.abc import Iterable
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np

from bims_desktop.operations import registry
from bims_desktop.provenance.symbols import is_registered

PACKAGES = ("bims-desktop", "dask", "imagecodecs", "numpy", "pillow", "scikit-image", "scipy", "tifffile")


@cache
def machine() -> dict[str, Any]:
    """What does not change while the program runs."""
    found = {name: installed for name in PACKAGES if (installed := installed_version(name))}
    simd = np.show_config(mode="dicts")["SIMD Extensions"]
    return {
        "cpu_features": sorted([*simd["baseline"], *simd["found"]]),
        "packages": found,
        "platform": platform.platform(),
        "python": platform.python_version(),
    }


def environment(operations: Iterable[str]) -> dict[str, Any]:
    """The machine, and the code hash of each of `operations`."""
    known = sorted({name for name in operations if is_registered(name)})
    return {**machine(), "operations": {name: registry.code_hash(registry.get(name)) for name in known}}


def installed_version(distribution: str) -> str:
    """Version of an installed distribution, empty where there is none."""
    try:
        return version(distribution)
    except PackageNotFoundError:
        return ""
