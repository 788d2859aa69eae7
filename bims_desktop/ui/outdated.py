"""`is_outdated`: whether what a table was measured in is another image by now."""

from __future__ import annotations

from bims_desktop.app.session import Session


def is_outdated(session: Session, version: int) -> bool:
    """Whether the layer that showed `version` is still there, and shows another one."""
    home = session.recorder.home_of(version)
    return home is not None and home.version != version
