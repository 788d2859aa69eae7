"""Who did that: the first caller outside napari, Qt and ourselves."""

from __future__ import annotations

import sys
from types import FrameType

from bims_desktop.macro.plugin import package_of

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
