"""BIMS Desktop: microscopy image processing that never loses track of what was done.

The names below are the stable interface for other software; everything else may move.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bims_desktop.app.replay import ReplayResult, replay
    from bims_desktop.app.session import Session
    from bims_desktop.app.source import read_record
    from bims_desktop.app.verdicts import Verdicts
    from bims_desktop.app.verify import verify
    from bims_desktop.errors import BimsError

_HOMES = {
    "BimsError": "errors",
    "ReplayResult": "app.replay",
    "Session": "app.session",
    "Verdicts": "app.verdicts",
    "read_record": "app.source",
    "replay": "app.replay",
    "verify": "app.verify",
}

__all__ = ["BimsError", "ReplayResult", "Session", "Verdicts", "read_record", "replay", "verify"]


def __getattr__(name: str) -> Any:
    """Import on first use: `bims --help` shall not wait for scikit-image."""
    if name not in _HOMES:
        raise AttributeError(f"module 'bims_desktop' has no attribute {name!r}")
    return getattr(import_module(f"bims_desktop.{_HOMES[name]}"), name)
