"""Who did that: the first caller outside napari, Qt and ourselves."""

from __future__ import annotations

import sys
from functools import cache
from importlib.metadata import packages_distributions, version
from types import FrameType

_OURS = (
    "bims_desktop",
    "napari",
    "magicgui",
    "psygnal",
    "app_model",
    "in_n_out",
    "PySide6",
    "qtpy",
    "superqt",
    "vispy",
)
_CONSOLE = ("napari_console", "IPython", "ipykernel", "qtconsole", "ipython-input")


def culprit() -> str:
    """Name of the module whose code runs now, with its distribution, for a sentence."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        module = str(frame.f_globals.get("__name__", ""))
        top = module.partition(".")[0]
        if top in _CONSOLE or "ipython-input" in frame.f_code.co_filename or "/ipykernel_" in frame.f_code.co_filename:
            return "code typed in the console"
        if module == "__main__":
            return "the running script"
        if top and top not in _OURS and top not in sys.stdlib_module_names:
            return f"{package} ({module})" if (package := package_of(module)) else module
        frame = frame.f_back
    return "napari"


def package_of(module: str) -> str:
    """Distribution and version that provide `module`, such as ``napari-skimage 0.7.1``; empty where none does."""
    names = _distributions().get(module.partition(".")[0], [])
    return f"{names[0]} {version(names[0])}" if names else ""


@cache
def _distributions() -> dict[str, list[str]]:
    return dict(packages_distributions())
