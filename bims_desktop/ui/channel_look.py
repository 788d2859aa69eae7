"""How the channels that one image was split into are shown: in their colours, all at once."""

from __future__ import annotations

from typing import Any

from napari.utils.colormaps import CYMRGB, MAGENTA_GREEN

from bims_desktop.app.data import Data
from bims_desktop.app.session import Session


def split_channels(session: Session, version: int) -> tuple[int, ...]:
    """The versions that came of one image of several channels together with `version`, this one among them.

    None where it came otherwise.
    """
    step = session.actions[session.recorder.writers[version] - 1]
    sources = [session.data(source) for source in step.arguments.values()]
    parts = [session.data(part) for part in step.writes]
    split = len(sources) == 1 and len(parts) > 1 and _has_channels(sources[0]) and all(map(_is_channel, parts))
    return step.writes if split else ()


def channel_settings(session: Session, version: int) -> dict[str, Any]:
    """What napari is told of a channel that was split off: to add it to the first, and a colour of its own.

    The first covers what lies below: added to that, or to a white canvas, the others would not be seen. The colours are
    napari's, for images whose file names none.
    """
    parts = split_channels(session, version)
    if not parts:
        return {}
    colours = MAGENTA_GREEN if len(parts) == 2 else CYMRGB
    own = any(channel.color for channel in session.data(version).image.channels)
    place = parts.index(version)
    blending = {"blending": "additive"} if place else {}
    return blending | ({} if own else {"colormap": colours[place % len(colours)]})


def _has_channels(data: Data) -> bool:
    return data.table is None and (data.image.kind == "rgb" or "C" in data.image.axes)


def _is_channel(data: Data) -> bool:
    return data.table is None and data.image.kind == "intensity" and "C" not in data.image.axes
